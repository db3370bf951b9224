"""The two people whom a trial installation can be entered as."""

import json
import logging
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction

from accounts.models import User
from accounts.services.people import create_confirmed_user

logger = logging.getLogger(__name__)

PERSON_EMAIL = "demo@marquee.example"
CURATOR_EMAIL = "curator@marquee.example"
DEMO_EMAILS = frozenset({PERSON_EMAIL, CURATOR_EMAIL})
ROLES = ("person", "curator")


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one demo account signs in."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoAccounts:
    """The demo person and the demo curator."""

    person: User
    curator: User


def is_demo_account(user: User) -> bool:
    return user.email in DEMO_EMAILS


def ensure_demo_accounts(*, kept_in: Path) -> DemoAccounts:
    """Make the demo accounts, or make sure that the passwords in the file open them."""
    sign_ins = read_sign_ins(kept_in) or make_sign_ins()
    write_sign_ins(sign_ins, kept_in)
    return DemoAccounts(
        person=ensure_account(sign_ins["person"], display_name="Robin Demo"),
        curator=ensure_account(sign_ins["curator"], display_name="Kim Curator", is_staff=True),
    )


def make_sign_ins() -> dict[str, SignIn]:
    return {
        "person": SignIn(PERSON_EMAIL, secrets.token_urlsafe(12)),
        "curator": SignIn(CURATOR_EMAIL, secrets.token_urlsafe(12)),
    }


def read_sign_ins(path: Path) -> dict[str, SignIn] | None:
    """Return what an earlier run has kept, if it can be read."""
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text())
        return {role: SignIn(**kept[role]) for role in ROLES}
    except (ValueError, TypeError, KeyError) as error:
        logger.warning("%s is of no use and is written anew: %s", path, type(error).__name__)
        return None


def write_sign_ins(sign_ins: dict[str, SignIn], path: Path) -> None:
    """Write the file for its owner's eyes only, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes the file with mode 0600: at no time can others read it.
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            json.dump({role: asdict(sign_in) for role, sign_in in sign_ins.items()}, file, indent=2)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


@transaction.atomic
def ensure_account(sign_in: SignIn, *, display_name: str, is_staff: bool = False) -> User:
    user = User.objects.filter(email=sign_in.email).first()
    if user is None:
        return create_confirmed_user(
            email=sign_in.email,
            display_name=display_name,
            password=sign_in.password,
            is_staff=is_staff,
        )
    if not user.check_password(sign_in.password):
        user.set_password(sign_in.password)
        user.save(update_fields=["password"])
    return user
