"""A person's recommendations as programs get them: with ranks, scores and reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from movies.cards import Reason
from movies.models import Movie
from movies.services.curation import read_curation_revision
from recommendations.services.personal import read_personal_lists
from recommendations.services.picks import Pick
from recommendations.services.reasons import reason_sentence


@dataclass(frozen=True, slots=True)
class CitedRating:
    """A rating of the person's own that a reason speaks of."""

    movie: Movie
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

    movie: Movie
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
    visible = _visible_ids(lists.top)
    picks = [pick for pick in lists.top if pick.movie_id in visible]
    shown = picks[offset : offset + limit]
    cited_ids = {movie_id for pick in shown for movie_id in pick.reason.movie_ids}
    wanted = cited_ids | {pick.movie_id for pick in shown}
    movies = Movie.objects.visible().for_cards().in_bulk(wanted)
    return Recommendations(
        model_version=lists.freshness.model_version or None,
        profile_revision=lists.freshness.profile_revision,
        generated_at=datetime.fromisoformat(lists.generated_at),
        count=len(picks),
        results=[
            Recommendation(
                movie=movies[pick.movie_id],
                rank=rank,
                score=pick.score,
                predicted_rating=pick.predicted,
                reasons=_reasons(pick, movies=movies, stars_of=lists.stars_of),
            )
            for rank, pick in enumerate(shown, start=offset + 1)
            if pick.movie_id in movies
        ],
    )


def _visible_ids(picks: Sequence[Pick]) -> frozenset[int]:
    """Return which movies of a list may be shown now: curators may just have hidden one."""
    visible = Movie.objects.visible().filter(pk__in=[pick.movie_id for pick in picks])
    return frozenset(visible.values_list("pk", flat=True))


def _reasons(
    pick: Pick, *, movies: Mapping[int, Movie], stars_of: Mapping[int, float]
) -> list[RecommendationReason]:
    movie = movies[pick.movie_id]
    said: Reason | None = reason_sentence(
        reason=pick.reason, movie=movie, movies=movies, stars_of=stars_of
    )
    if said is None:
        return []
    named = [segment.movie for segment in said.segments if segment.movie is not None]
    cited = [CitedRating(each, stars_of[each.pk]) for each in named if each.pk in stars_of]
    if pick.reason.kind == "guess":
        return [RecommendationReason("guess", str(said), [])]
    return [RecommendationReason("rated" if cited else "acclaimed", str(said), cited)]
