"""Reasons as sentences."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from movies.cards import Reason, Segment, Titled
from movies.charts import format_stars
from movies.models import Movie
from recommendations.services.picks import PickReason

LONGEST_ON_A_CARD = 90
GUESS = Reason((Segment("A guess outside your usual."),))


Named = TypeVar("Named", bound=Titled)


def reason_sentence(
    *, reason: PickReason, movie: Movie, movies: Mapping[int, Movie], stars_of: Mapping[int, float]
) -> Reason | None:
    """Return the sentence for a reason; None if what it speaks of is gone or not known."""
    cited = cited_ratings(reason, movies=movies, stars_of=stars_of)
    if reason.kind == "rated" and cited:
        return rated(cited)[0]
    if reason.kind == "close" and cited:
        return _close(movie, *cited[0])
    if reason.kind == "guess":
        return GUESS
    return acclaimed(mean=movie.stats.mean, count=movie.stats.rating_count)


def cited_ratings(
    reason: PickReason, *, movies: Mapping[int, Named], stars_of: Mapping[int, float]
) -> list[tuple[Named, float]]:
    """Return the movies that a reason speaks of and their stars, as far as both are known."""
    return [
        (movies[movie_id], stars_of[movie_id])
        for movie_id in reason.movie_ids
        if movie_id in movies and movie_id in stars_of
    ]


def rated(cited: Sequence[tuple[Named, float]]) -> tuple[Reason, Sequence[tuple[Named, float]]]:
    """Return the sentence for cited ratings and those it names: the first alone if all are long."""
    reason = because(cited)
    if len(cited) > 1 and len(str(reason)) > LONGEST_ON_A_CARD:
        return because(cited[:1]), cited[:1]
    return reason, cited


def because(cited: Sequence[tuple[Titled, float]]) -> Reason:
    """Because you gave Interstellar 4½ and Arrival 5."""
    segments = [Segment("Because you gave ")]
    for place, (movie, stars) in enumerate(cited):
        segments += [Segment(" and ")] if place else []
        segments += [Segment(movie.title, movie), Segment(f" {format_stars(stars)}")]
    return Reason((*segments, Segment(".")))


def _close(movie: Movie, source: Movie, stars: float) -> Reason:
    """Name what the two share, if they share a director; else only the likeness."""
    shared = next((name for name in movie.director_names if name in source.director_names), None)
    if shared:
        return Reason(
            (Segment(f"Also by {shared}, who made "), Segment(source.title, source), Segment("."))
        )
    return Reason(
        (
            Segment("Close to "),
            Segment(source.title, source),
            Segment(f", which you gave {format_stars(stars)}."),
        )
    )


def acclaimed(*, mean: float | None, count: int) -> Reason | None:
    """Say what everybody's ratings come to; None while there are none."""
    if mean is None:
        return None
    people = "one person" if count == 1 else f"{count:,} people"
    return Reason((Segment(f"{people.capitalize()} gave it {mean:.1f} on average."),))
