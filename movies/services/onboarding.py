"""Which films to ask a newcomer about: well known, and of every kind and time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from movies.guests import Guest, Viewer
from movies.models import Movie

HANDFUL = 10
KNOWN_MOVIES = 300
WINDOW = 40  # places that a film may be brought forward for variety
REPEAT_COST = 15  # places lost for each film before it, in its ten, with all of its traits


@dataclass(frozen=True, slots=True)
class Handful:
    """Films to rate, and where in the sequence the next ones begin."""

    movies: list[Movie]
    next_skip: int


def movies_to_rate(*, viewer: Viewer, limit: int = HANDFUL) -> list[Movie]:
    """Return the first well-known films that somebody has neither rated nor dismissed."""
    return pick_handful(viewer=viewer, limit=limit).movies


def pick_handful(*, viewer: Viewer, limit: int = HANDFUL, skip: int = 0) -> Handful:
    """Return films that somebody has neither rated nor dismissed, from one fixed sequence.

    `skip` counts places of the sequence, which is the same for everybody: what somebody rates in
    between does not move the films behind it. At its end it starts over.
    """
    settled = _settled_ids(viewer)
    ahead: list[tuple[int, int]] = []
    behind: list[tuple[int, int]] = []
    for place, movie in enumerate(_varied(_known_movies()), start=1):
        if movie.pk not in settled:
            (ahead if place > skip else behind).append((place, movie.pk))
        if len(ahead) == limit:
            break
    picked = (ahead + behind)[:limit]
    movies = Movie.objects.for_cards().in_bulk([movie_id for _, movie_id in picked])
    return Handful(
        movies=[movies[movie_id] for _, movie_id in picked],
        next_skip=picked[-1][0] if picked else 0,
    )


def _settled_ids(viewer: Viewer) -> set[int]:
    if isinstance(viewer, Guest):
        return viewer.settled_ids
    rated = set(viewer.ratings.values_list("movie_id", flat=True))
    return rated.union(viewer.dismissals.values_list("movie_id", flat=True))


def _known_movies() -> list[Movie]:
    movies = Movie.objects.visible().most_rated_first().only("year").prefetch_related("genres")
    return list(movies[:KNOWN_MOVIES])


def _varied(movies: Sequence[Movie]) -> Iterator[Movie]:
    """Give the movies best known first, but within each ten unlike the ones before.

    A generator: whoever wants ten does not pay for ordering three hundred.
    """
    left = [(rank, movie, _traits(movie)) for rank, movie in enumerate(movies)]
    seen: Counter[str] = Counter()
    given = 0
    while left:
        if given % HANDFUL == 0:
            seen.clear()
        window = left[:WINDOW]
        costs = [
            rank + REPEAT_COST * sum(seen[trait] for trait in traits) / len(traits)
            for rank, _, traits in window
        ]
        _, movie, traits = left.pop(costs.index(min(costs)))
        seen.update(traits)
        given += 1
        yield movie


def _traits(movie: Movie) -> list[str]:
    decade = "unknown" if movie.year is None else f"{movie.year // 10}0s"
    return [decade, *(genre.slug for genre in movie.genres.all())]
