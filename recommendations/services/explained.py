"""The exact account of one recommendation: what its score is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from accounts.models import User
from movies.errors import MovieNotFoundError
from movies.models import Movie
from movies.services.curation import read_curation_revision
from recommendations.engine.explanation import Explanation, Part
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.errors import MovieUnknownToModelError
from recommendations.services.histories import read_history
from recommendations.services.neighbours import find_index
from recommendations.services.personal import read_personal_lists
from recommendations.services.picks import PersonalLists, PickMove
from recommendations.services.store import store


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the person's own rating of a movie, and looks at it, gave to the score."""

    movie_id: int
    rating: float | None
    value: float


@dataclass(frozen=True, slots=True)
class ExplainedStars:
    """Predicted stars and the parts that sum to them."""

    value: float
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Account:
    """A score and the parts that sum to it, as if the person had not rated the movie.

    The values of all parts without their constants are what all contributions sum to.
    """

    movie: Movie
    model_version: int
    profile_revision: int
    own_rating: float | None
    rank: int | None
    score: float
    parts: Sequence[Part]
    contributions: Sequence[Contribution]
    moves: Sequence[PickMove]
    stars: ExplainedStars


def explain_recommendation(*, user: User, movie_id: int) -> Account:
    """Return the account of a movie's score for a person.

    Raises ModelNotReadyError without a model, and MovieUnknownToModelError for a movie that came
    after it was trained.
    """
    movie = Movie.objects.visible().filter(pk=movie_id).first()
    if movie is None:
        raise MovieNotFoundError(movie_id)
    served = store.get()
    index = find_index(movie_id, served.model)
    if index is None:
        raise MovieUnknownToModelError(movie_id)
    lists = read_personal_lists(user=user, curation_revision=read_curation_revision())
    person = read_history(
        user=user,
        items=served.model.known_items,
        as_of=datetime.fromisoformat(lists.generated_at),  # as the place was worked out
    )
    history = person.history.without_item(index)
    placed = served.model.explain(history, index)
    stars = served.model.explain_stars(history, index)
    rank, moves = _place(movie_id, lists)
    return Account(
        movie=movie,
        model_version=served.number,
        profile_revision=user.profile_revision,
        own_rating=person.stars_of.get(movie_id),
        rank=rank,
        score=placed.score,
        parts=placed.parts,
        contributions=_by_movie(placed, history=history, items=served.model.known_items),
        moves=moves,
        stars=ExplainedStars(stars.score, stars.parts),
    )


def _place(movie_id: int, lists: PersonalLists) -> tuple[int | None, Sequence[PickMove]]:
    """Return where a movie stands in the person's list, and the rules that moved it there."""
    for rank, pick in enumerate(lists.top, start=1):
        if pick.movie_id == movie_id:
            return rank, [pick.move] if pick.move else []
    return None, []


def _by_movie(
    explanation: Explanation, *, history: History, items: ItemIndex
) -> list[Contribution]:
    """Sum what ratings and events gave by the movie they are about, the largest first."""
    indices, entries = np.unique(history.entry_items, return_inverse=True)
    sums = np.bincount(entries, weights=explanation.contributions, minlength=len(indices))
    rated = dict(zip(history.item_indices.tolist(), history.values.tolist(), strict=True))
    largest_first = np.argsort(-np.abs(sums), kind="stable")
    return [
        Contribution(
            movie_id=int(items.ids[indices[place]]),
            rating=rated.get(int(indices[place])),
            value=float(sums[place]),
        )
        for place in largest_first
    ]
