"""Display names that are fit to show, and handles that nobody else has."""

import re
import secrets
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from accounts.models import User

HANDLE_LENGTH = 40
SUFFIX_DIGITS = 5
NAMELESS = "film-fan"
RESERVED = frozenset({"admin", "api", "curator", "marquee", "me", "staff", "support"})
# "ml-1m-17" is rater 17 of the data set "ml-1m": imports may need any of these.
OF_DATA_SETS = ("ml-", "demo-")


def clean_display_name(name: str) -> str:
    """Return the name as it is shown; raise ValidationError if it cannot be shown."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if "@" in name:
        raise ValidationError(
            "Everybody can see this name, so please choose one that is not an e-mail address."
        )
    if any(unicodedata.category(character).startswith("C") for character in name):
        raise ValidationError("This name has characters in it that cannot be shown.")
    if not any(character.isalnum() for character in name):
        raise ValidationError("Please choose a name with at least one letter or digit in it.")
    return name


def is_free(handle: str, *, but_for: User | None = None) -> bool:
    """Tell whether a person may take a handle."""
    if handle in RESERVED or handle.startswith(OF_DATA_SETS):
        return False
    others = User.objects.exclude(pk=but_for.pk) if but_for else User.objects.all()
    return not others.filter(handle=handle).exists()


def free_handle(display_name: str) -> str:
    """Return a handle nobody has, made from the display name and never from the address."""
    base = re.sub(r"[-_]+", "-", slugify(display_name)).strip("-") or NAMELESS
    if f"{base}-".startswith(OF_DATA_SETS):
        base = f"the-{base}"
    handle = base[:HANDLE_LENGTH].rstrip("-")
    stem = base[: HANDLE_LENGTH - SUFFIX_DIGITS - 1].rstrip("-")
    while not is_free(handle):
        handle = f"{stem}-{secrets.randbelow(10**SUFFIX_DIGITS):0{SUFFIX_DIGITS}}"
    return handle
