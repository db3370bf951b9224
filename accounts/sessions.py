"""Where sessions are kept: in PostgreSQL, each with the person it belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import transaction
from django.utils import timezone

from accounts.models import Session, User
from config.database.rows import read_row

# Holds the id of an account that was made during this visit and is not confirmed yet.
PROMISED_TO = "promised_to"


class SessionStore(DatabaseStore):
    """Keep sessions as Django does, and note the person."""

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
        return self.decode(visit.session_data)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast("Session", super().create_model_instance(data))
        user_id = data.get(SESSION_KEY) or data.get(PROMISED_TO)
        session.user_id = int(user_id) if user_id else None
        return session

    @contextmanager
    def held(self) -> Iterator[None]:
        """Change what a visit holds while its other requests wait, and save it at the end.

        Otherwise the later of two requests would write back what it had read before the earlier
        one came. A new visit has nobody to wait for. Raises SessionInterrupted for a visit that
        ended meanwhile.
        """
        self.get(PROMISED_TO)  # a key that stands for no visit is dropped when it is loaded
        is_new = self.session_key is None
        with transaction.atomic():
            if is_new:
                self.create()
            else:
                self._read_again()
            yield
            self.save()
        # The middleware sends a cookie for a new visit; a second save could only lose something.
        self.modified = is_new

    def _read_again(self) -> None:
        row = Session.objects.select_for_update().filter(pk=self.session_key).first()
        if row is None:
            raise SessionInterrupted("The visit ended before its request did.")
        self._session_cache = self.decode(row.session_data)
