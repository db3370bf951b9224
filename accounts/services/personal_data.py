"""Everything we keep about a person: how they get a copy, and how it is erased.

Each app registers its part in `AppConfig.ready`; accounts itself knows none of the others.
"""

from dataclasses import dataclass
from typing import Protocol

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.errors import AccountKeptError
from accounts.models import Session, User
from accounts.services.demo import is_demo_account


class Export(Protocol):
    """Return what one part keeps about a person, ready for JSON."""

    def __call__(self, *, user: User) -> object: ...


class Erase(Protocol):
    """Erase what one part keeps about a person and would not go with the account's row."""

    def __call__(self, *, user: User) -> None: ...


@dataclass(frozen=True, slots=True)
class PersonalDataPart:
    """What one app keeps about people."""

    name: str
    export: Export
    erase: Erase


_parts: dict[str, PersonalDataPart] = {}


def register_personal_data(*, name: str, export: Export, erase: Erase) -> None:
    """Add an app's part to every copy and every erasure; the same name again replaces it."""
    _parts[name] = PersonalDataPart(name, export, erase)


def export_personal_data(*, user: User) -> dict[str, object]:
    """Return all that we keep about a person, by part, as JSON can say it."""
    parts = {part.name: part.export(user=user) for part in _parts.values()}
    return {"exported_at": timezone.now(), **parts}


@transaction.atomic
def erase_person(*, user: User) -> None:
    """Delete a person and everything that is theirs, at once and for good."""
    if is_demo_account(user):
        raise AccountKeptError("The demo accounts are shared, so they cannot be deleted.")
    if user.is_staff:
        raise AccountKeptError(
            "You look after this site. Ask another administrator to take that role from you"
            " first, so that its log stays complete."
        )
    for part in reversed(_parts.values()):
        part.erase(user=user)
    User.objects.get(pk=user.pk).delete()


def export_account(*, user: User) -> dict[str, object]:
    """Return what accounts keeps about a person; secrets are only digests, and stay out."""
    addresses = EmailAddress.objects.filter(user_id=user.pk).order_by("pk")
    return {
        "email": user.email,
        "display_name": user.display_name,
        "handle": user.handle,
        "joined_at": user.date_joined,
        "last_signed_in_at": user.last_login,
        "taste_last_changed_at": user.profile_changed_at,
        "age_band": user.get_age_band_display(),
        "gender": user.get_gender_display(),
        "occupation": user.get_occupation_display(),
        "addresses": list(addresses.values("email", "verified", "primary")),
        "tokens": list(user.api_tokens.values("name", "created_at", "last_used_at")),
    }


def erase_account(*, user: User) -> None:
    """End every session of the person; addresses and tokens go with the account's row."""
    Session.objects.filter(user_id=user.pk).delete()
