"""The demo person and the demo curator, ready to be tried out."""

from dataclasses import dataclass
from pathlib import Path

from accounts.models import User
from accounts.services.demo import ensure_demo_accounts
from movies.models import Movie, Rating
from movies.services.curators import ensure_curators_group
from movies.services.ratings import rate_movie


@dataclass(frozen=True, slots=True)
class Liking:
    """What the demo person gives to the best known films of a genre."""

    genre: str
    stars: tuple[float, ...]


TASTE = (
    Liking("sci-fi", (5.0, 4.5, 4.0)),
    Liking("mystery", (4.5, 4.0)),
    Liking("romance", (2.0,)),
    Liking("horror", (1.5,)),
)


def prepare_demo_accounts(*, kept_in: Path) -> int:
    """Make or mend both accounts; return how many movies were rated for the demo person."""
    accounts = ensure_demo_accounts(kept_in=kept_in)
    accounts.curator.groups.add(ensure_curators_group())
    return rate_a_handful(user=accounts.person)


def rate_a_handful(*, user: User) -> int:
    """Rate a few well-known films to one taste, for whoever has rated none; return how many."""
    if Rating.objects.filter(user=user).exists():
        return 0
    rated: list[int] = []
    for liking in TASTE:
        movies = Movie.objects.visible().filter(genres__slug=liking.genre).exclude(pk__in=rated)
        movie_ids = movies.most_rated_first().values_list("pk", flat=True)[: len(liking.stars)]
        for movie_id, stars in zip(movie_ids, liking.stars, strict=False):
            rate_movie(user=user, movie_id=movie_id, stars=stars)
            rated.append(movie_id)
    return len(rated)
