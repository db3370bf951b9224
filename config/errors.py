"""Which errors mean that a service is out of reach."""

from django.db import InterfaceError, OperationalError

DATABASE_GONE = (OperationalError, InterfaceError)
RETRY_AFTER_SECONDS = 10

# SQLSTATE of a connection that failed, and of a server that stops or starts.
_AWAY_STATES = ("08", "57P")


def is_away(error: BaseException | None) -> bool:
    """Return whether PostgreSQL was out of reach, not only unable to do what it was asked."""
    if not isinstance(error, DATABASE_GONE):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_AWAY_STATES)
