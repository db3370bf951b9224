"""Rate movies, and take ratings back."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from movies.errors import MovieNotFoundError, StarsError
from movies.models import Movie, Rating
from movies.services.profile import bump_profile, read_revision

MOST_HALF_STARS = 10

RATING_COLUMNS = ("id", "user_id", "movie_id", "half_stars", "rated_at")
# A first rating takes three statements instead of Django's ten. The movie is locked as by
# `lock_movie`; nothing comes back where it may not be rated, or has been.
ADD = """
    INSERT INTO movies_rating (user_id, movie_id, half_stars, rated_at)
    SELECT %s, movie.id, %s, %s FROM movies_movie AS movie
    WHERE movie.id = %s AND NOT movie.is_hidden FOR NO KEY UPDATE
    ON CONFLICT (user_id, movie_id) DO NOTHING
    RETURNING id, user_id, movie_id, half_stars, rated_at
"""
UNLIST = """
    WITH unlisted AS (DELETE FROM movies_watchlistentry WHERE user_id = %s AND movie_id = %s)
    DELETE FROM movies_dismissal WHERE user_id = %s AND movie_id = %s
"""


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
    rating = _add(user=user, movie_id=movie_id, half_stars=half_stars)
    is_new = rating is not None
    if rating is None:
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
    with connection.cursor() as cursor:
        cursor.execute(UNLIST, [user.pk, movie_id, user.pk, movie_id])
    return RatingOutcome(rating, bump_profile(user_id=user.pk), is_new)


def _add(*, user: User, movie_id: int, half_stars: int) -> Rating | None:
    """Save a rating of a visible movie that has none by this person; return None otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(ADD, [user.pk, half_stars, timezone.now(), movie_id])
        row = cursor.fetchone()
    return None if row is None else Rating.from_db(connection.alias, RATING_COLUMNS, row)


@transaction.atomic
def remove_rating(*, user: User, movie_id: int) -> int:
    """Take a rating back, if there is one; return the revision of the profile after it."""
    deleted, _ = Rating.objects.filter(user=user, movie_id=movie_id).delete()
    return bump_profile(user_id=user.pk) if deleted else read_revision(user_id=user.pk)
