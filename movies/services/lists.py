"""Watchlists and dismissals."""

from django.db import transaction

from accounts.models import User
from movies.models import Dismissal, Event, WatchlistEntry
from movies.services.profile import bump_profile, read_revision
from movies.services.ratings import lock_movie


@transaction.atomic
def add_to_watchlist(*, user: User, movie_id: int) -> int:
    """Put a movie on the watchlist; return the revision of the profile after it."""
    lock_movie(movie_id=movie_id)
    _, is_new = WatchlistEntry.objects.get_or_create(user=user, movie_id=movie_id)
    if not is_new:
        return read_revision(user_id=user.pk)
    Dismissal.objects.filter(user=user, movie_id=movie_id).delete()
    Event.objects.create(user=user, movie_id=movie_id, kind=Event.Kind.WATCHLISTED)
    return bump_profile(user_id=user.pk)


@transaction.atomic
def remove_from_watchlist(*, user: User, movie_id: int) -> int:
    """Take a movie off the watchlist; return the revision of the profile after it."""
    deleted, _ = WatchlistEntry.objects.filter(user=user, movie_id=movie_id).delete()
    return bump_profile(user_id=user.pk) if deleted else read_revision(user_id=user.pk)


@transaction.atomic
def dismiss_movie(*, user: User, movie_id: int) -> int:
    """Never recommend this movie again; return the revision of the profile after it."""
    lock_movie(movie_id=movie_id)
    _, is_new = Dismissal.objects.get_or_create(user=user, movie_id=movie_id)
    if not is_new:
        return read_revision(user_id=user.pk)
    WatchlistEntry.objects.filter(user=user, movie_id=movie_id).delete()
    Event.objects.create(user=user, movie_id=movie_id, kind=Event.Kind.DISMISSED)
    return bump_profile(user_id=user.pk)


@transaction.atomic
def restore_movie(*, user: User, movie_id: int) -> int:
    """Allow a dismissed movie again; return the revision of the profile after it."""
    deleted, _ = Dismissal.objects.filter(user=user, movie_id=movie_id).delete()
    return bump_profile(user_id=user.pk) if deleted else read_revision(user_id=user.pk)
