"""A person's recommendations as programs get them: with ranks, scores and reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from movies.services.curation import read_curation_revision
from movies.services.naming import NamedMovie, name_movies
from recommendations.services.personal import read_personal_lists
from recommendations.services.picks import Pick
from recommendations.services.reasons import GUESS, acclaimed, cited_ratings, rated


@dataclass(frozen=True, slots=True)
class CitedRating:
    """A rating of the person's own that a reason speaks of."""

    movie: NamedMovie
    stars: float


@dataclass(frozen=True, slots=True)
class RecommendationReason:
    """Why a movie is recommended."""

    kind: str
    text: str
    cited: Sequence[CitedRating]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A movie that somebody might like; ranks count from 1."""

    movie: NamedMovie
    rank: int
    score: float
    predicted_rating: float | None
    reasons: Sequence[RecommendationReason]


@dataclass(frozen=True, slots=True)
class Recommendations:
    """Part of a person's list, and what the list was made from; no version without a model."""

    model_version: int | None
    profile_revision: int
    generated_at: datetime
    count: int
    results: Sequence[Recommendation]


def recommend_for(*, user: User, limit: int, offset: int = 0) -> Recommendations:
    """Return the best movies for a person, as fresh as everything the person has done."""
    lists = read_personal_lists(user=user, curation_revision=read_curation_revision())
    top = lists.top
    cited_ids = {movie_id for cited in top.cited for movie_id in cited or ()}
    # Those of the whole list, too: curators may just have hidden one, and then it does not count.
    movies = name_movies(movie_ids=cited_ids.union(top.movie_ids))
    places = [place for place, movie_id in enumerate(top.movie_ids) if movie_id in movies]
    shown = [top[place] for place in places[offset : offset + limit]]
    return Recommendations(
        model_version=lists.freshness.model_version or None,
        profile_revision=lists.freshness.profile_revision,
        generated_at=datetime.fromisoformat(lists.generated_at),
        count=len(places),
        results=[
            Recommendation(
                movie=movies[pick.movie_id],
                rank=rank,
                score=pick.score,
                predicted_rating=pick.predicted,
                reasons=_reasons(pick, movies=movies, stars_of=lists.stars_of),
            )
            for rank, pick in enumerate(shown, start=offset + 1)
        ],
    )


def _reasons(
    pick: Pick, *, movies: Mapping[int, NamedMovie], stars_of: Mapping[int, float]
) -> list[RecommendationReason]:
    if pick.reason.kind == "guess":
        return [RecommendationReason("guess", str(GUESS), [])]
    cited = cited_ratings(pick.reason, movies=movies, stars_of=stars_of)
    if cited:
        reason, named = rated(cited)
        ratings = [CitedRating(movie, stars) for movie, stars in named]
        return [RecommendationReason("rated", str(reason), ratings)]
    movie = movies[pick.movie_id]
    said = acclaimed(mean=movie.mean, count=movie.rating_count)
    return [RecommendationReason("acclaimed", str(said), [])] if said else []
