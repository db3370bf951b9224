"""Implicit feedback that changes no list at once."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from movies.models import Event

SAME_VISIT = timedelta(minutes=30)


def record_view(*, user: User, movie_id: int) -> None:
    """Note that a person looked at a movie's page, once a visit.

    The profile's revision stays: a look is weak evidence, and waits for the next refresh.
    """
    recent = Event.objects.filter(
        user=user,
        movie_id=movie_id,
        kind=Event.Kind.VIEWED,
        occurred_at__gt=timezone.now() - SAME_VISIT,
    )
    if not recent.exists():
        Event.objects.create(user=user, movie_id=movie_id, kind=Event.Kind.VIEWED)
