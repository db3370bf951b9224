"""Where sessions are kept: in PostgreSQL, each with the person it belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Self, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import transaction
from django.utils import timezone

from accounts.models import Session, User
from config.database.rows import read_row

# Holds the id of an account that was made during this visit and is not confirmed yet.
PROMISED_TO = "promised_to"
# All that an old key still opens, for a minute, when a visit goes on under a new one.
MOVED = "moved"
MOVED_FOR = timedelta(minutes=1)


class SessionStore(DatabaseStore):
    """Keep sessions as Django does, note the person, and lose nothing of another request's.

    Requests of one visit overlap. Django writes back all that a request read, so what another one
    kept meanwhile would be gone: here a request changes only what it has changed itself.
    """

    _known = ""  # what this request last read or wrote, encoded

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @classmethod
    def promised_to(cls, user: User) -> list[Self]:
        """Return the visits during which somebody signed up for this account."""
        kept = [
            cls(key) for key in Session.objects.filter(user_id=user.pk).values_list("pk", flat=True)
        ]
        return [each for each in kept if each.get(PROMISED_TO) == user.pk]

    def load(self) -> dict[str, Any]:
        visit = read_row(Session, self.session_key)
        if visit is None or visit.expire_date <= timezone.now():
            self._session_key = None
            return {}
        self._known = visit.session_data
        return self.decode(visit.session_data)

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        with transaction.atomic():
            if not must_create and self._catch_up() and MOVED in self:
                raise UpdateError  # as Django does for a visit that ended
            super().save(must_create)

    def cycle_key(self) -> None:
        """Go on under a new key, with all that was kept under the old one.

        Requests that are still on their way with the old key find that the visit has moved: were
        there nothing, they would be given a visit of their own, and its cookie would end this one.
        """
        with transaction.atomic():
            old_key = self.session_key if self._catch_up() else None
            self.pop(MOVED, None)
            super().cycle_key()
            if old_key is not None:
                Session.objects.create(
                    session_key=old_key,
                    session_data=self.encode({MOVED: True}),
                    expire_date=timezone.now() + MOVED_FOR,
                )

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast("Session", super().create_model_instance(data))
        user_id = data.get(SESSION_KEY) or data.get(PROMISED_TO)
        session.user_id = int(user_id) if user_id else None
        self._known = session.session_data
        return session

    @contextmanager
    def held(self) -> Iterator[None]:
        """Change what a visit holds while its other requests wait, and save it at the end.

        A new visit has nobody to wait for. Raises SessionInterrupted for a visit that ended or
        moved meanwhile.
        """
        self.get(PROMISED_TO)  # a key that stands for no visit is dropped when it is loaded
        is_new = self.session_key is None
        with transaction.atomic():
            if is_new:
                self.create()
            elif not self._catch_up() or MOVED in self:
                raise SessionInterrupted("The visit ended before its request did.")
            yield
            super().save()
        # The middleware sends a cookie for a new visit; a second save could only lose something.
        self.modified = is_new

    def _catch_up(self) -> bool:
        """Add what other requests kept since this one read, and let them wait from here on.

        Return False for a visit that is not kept, or no longer.
        """
        mine = dict(self.items())
        row = Session.objects.select_for_update().filter(pk=self.session_key).first()
        if row is None:
            return False
        before = self.decode(self._known) if self._known else {}
        theirs = self.decode(row.session_data)
        kept = {key: theirs[key] for key in theirs if key in mine or key not in before}
        changed = {key: mine[key] for key in mine if key not in before or mine[key] != before[key]}
        self._session_cache = {**kept, **changed}
        self._known = row.session_data
        return True
