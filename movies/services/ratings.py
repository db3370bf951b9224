"""Rate movies, and take ratings back."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from movies.errors import MovieNotFoundError, StarsError
from movies.models import Dismissal, Movie, Rating, WatchlistEntry
from movies.services.profile import bump_profile, read_revision

MOST_HALF_STARS = 10


@dataclass(frozen=True, slots=True)
class RatingOutcome:
    """What rating a movie came to: the row and the revision that includes it."""

    rating: Rating
    profile_revision: int
    is_new: bool


def half_stars_from(stars: float) -> int:
    """Return stars as a whole number of halves; raise StarsError for anything else."""
    halves = stars * 2
    if not (1 <= halves <= MOST_HALF_STARS and halves == int(halves)):
        raise StarsError(stars)
    return int(halves)


def lock_movie(*, movie_id: int) -> None:
    """Make sure that a visible movie stays until the transaction ends."""
    visible = Movie.objects.filter(pk=movie_id, is_hidden=False)
    if not visible.select_for_update(no_key=True, of=("self",)).exists():
        raise MovieNotFoundError(movie_id)


@transaction.atomic
def rate_movie(*, user: User, movie_id: int, stars: float) -> RatingOutcome:
    """Save what a person thinks of a movie; the same stars again change nothing.

    A rated movie leaves the watchlist and is no longer dismissed.
    """
    half_stars = half_stars_from(stars)
    lock_movie(movie_id=movie_id)
    rating, is_new = Rating.objects.select_for_update().get_or_create(
        user=user, movie_id=movie_id, defaults={"half_stars": half_stars}
    )
    if not is_new:
        if rating.half_stars == half_stars:
            return RatingOutcome(rating, read_revision(user_id=user.pk), is_new=False)
        rating.half_stars = half_stars
        rating.rated_at = timezone.now()
        rating.save(update_fields=["half_stars", "rated_at"])
    WatchlistEntry.objects.filter(user=user, movie_id=movie_id).delete()
    Dismissal.objects.filter(user=user, movie_id=movie_id).delete()
    return RatingOutcome(rating, bump_profile(user_id=user.pk), is_new)


@transaction.atomic
def remove_rating(*, user: User, movie_id: int) -> int:
    """Take a rating back, if there is one; return the revision of the profile after it."""
    deleted, _ = Rating.objects.filter(user=user, movie_id=movie_id).delete()
    return bump_profile(user_id=user.pk) if deleted else read_revision(user_id=user.pk)
