"""The revision of a person's history, which tells fresh lists from stale ones."""

from accounts.models import User
from accounts.services.people import count_change
from movies.errors import AccountGoneError
from movies.signals import profile_changed


def bump_profile(*, user_id: int) -> int:
    """Count one change of the history, announce it, and return the new revision.

    Belongs in the transaction that makes the change; the row stays locked until it ends.
    Raises AccountGoneError for somebody who has been deleted meanwhile.
    """
    try:
        revision = count_change(user_id=user_id)
    except User.DoesNotExist as error:
        raise AccountGoneError from error
    profile_changed.send(sender=User, user_id=user_id)
    return revision


def read_revision(*, user_id: int) -> int:
    """Return the present revision of a person's history; raise AccountGoneError without one."""
    try:
        return User.objects.values_list("profile_revision", flat=True).get(pk=user_id)
    except User.DoesNotExist as error:
        raise AccountGoneError from error
