"""Make people and change what they say about themselves."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.errors import HandleTakenError
from accounts.models import User
from accounts.services.handles import clean_display_name, free_handle

NAME_OF_A_PROGRAM = "Somebody's program"
# What `profile_change` sets, for one person and in a third of the time.
COUNT_CHANGE = """
    UPDATE accounts_user
    SET profile_revision = profile_revision + 1, profile_changed_at = statement_timestamp()
    WHERE id = %s RETURNING profile_revision
"""


@transaction.atomic
def create_confirmed_user(
    *,
    email: str,
    display_name: str = NAME_OF_A_PROGRAM,
    password: str | None = None,
    is_staff: bool = False,
) -> User:
    """Make a person whose address needs no confirmation; without a password nobody signs in."""
    name = clean_display_name(display_name)
    user = User.objects.create_user(
        email, password, display_name=name, handle=free_handle(name), is_staff=is_staff
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def update_profile(*, user: User, display_name: str, handle: str) -> None:
    """Change the names that others see; raise HandleTakenError if somebody was quicker."""
    user.display_name = display_name
    user.handle = handle
    try:
        with transaction.atomic():
            user.save(update_fields=["display_name", "handle"])
    except IntegrityError as error:
        raise HandleTakenError from error


def profile_change() -> dict[str, Any]:
    """Return what to set with everything that changes what is known of people, for `update`."""
    return {"profile_revision": F("profile_revision") + 1, "profile_changed_at": Now()}


def count_change(*, user_id: int) -> int:
    """Count one change of what is known of a person; return the new revision.

    Raises User.DoesNotExist for somebody who is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNT_CHANGE, [user_id])
        row = cursor.fetchone()
    if row is None:
        raise User.DoesNotExist(f"There is no person {user_id}.")
    revision: int = row[0]
    return revision


def update_demographics(
    *, user: User, age_band: int | None, gender: str | None, occupation: int | None
) -> None:
    """Change what a person says about themselves; first lists are made anew."""
    said = {"age_band": age_band, "gender": gender, "occupation": occupation}
    User.objects.filter(pk=user.pk).update(**said, **profile_change())
    user.refresh_from_db(fields=[*said, "profile_revision"])


def erase_demographics(*, user: User) -> None:
    """Forget age band, gender and occupation."""
    update_demographics(user=user, age_band=None, gender=None, occupation=None)
