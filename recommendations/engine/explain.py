"""Turn exact accounts into reasons: ratings for and against, shared content, people alike, moves.

What would be different without a rating is recomputed in `counterfactuals`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import FloatArray
from recommendations.engine.explanation import Explanation
from recommendations.engine.history import History
from recommendations.engine.models.als import Als
from recommendations.engine.models.content import Content
from recommendations.engine.ranking.moves import Move
from recommendations.engine.ranking.ranked import RankedList
from recommendations.engine.taste_groups import Opinion, TasteGroups


@dataclass(frozen=True, kw_only=True)
class RatingEffect:
    """What one rating of the history gave to a score."""

    item_index: int
    stars: float
    value: float


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The ratings that raised a score most, and those that lowered it most, strongest first."""

    supportive: tuple[RatingEffect, ...]
    opposed: tuple[RatingEffect, ...]


def strongest_ratings(explanation: Explanation, history: History, *, limit: int) -> Effects:
    """Return at most `limit` ratings for and against, ties by the order of the history.

    The explanation must be of this very history; events are left out.
    """
    shares = explanation.contributions[: history.n_ratings]
    return Effects(
        supportive=_strongest(shares, history, limit=limit, sign=1),
        opposed=_strongest(shares, history, limit=limit, sign=-1),
    )


def _strongest(
    shares: FloatArray, history: History, *, limit: int, sign: int
) -> tuple[RatingEffect, ...]:
    order = np.argsort(-sign * shares, kind="stable")[:limit]
    return tuple(
        RatingEffect(
            item_index=int(history.item_indices[position]),
            stars=float(history.values[position]),
            value=float(shares[position]),
        )
        for position in order
        if sign * shares[position] > 0
    )


def sum_by_model(explanation: Explanation) -> Mapping[str, float]:
    """Return what each model of a stack gave: parts summed by the first word of their name."""
    totals: dict[str, float] = {}
    for part in explanation.parts:
        model = part.name.partition(".")[0]
        totals[model] = totals.get(model, 0.0) + part.value
    return totals


@dataclass(frozen=True, kw_only=True, eq=False)
class PlaceAccount:
    """Why an item stands where it does: its score by model and rating, its place, its move.

    Places count from 0. `place` is None for an item that is not in the list, `place_by_score`
    for one that the list knows nothing of; `move` is None where the score alone decides.
    """

    explanation: Explanation
    by_model: Mapping[str, float]
    effects: Effects
    place: int | None
    place_by_score: int | None
    move: Move | None


def account_for_place(
    explanation: Explanation, history: History, ranked: RankedList, *, limit: int
) -> PlaceAccount:
    """Return the whole account of an item in a list, at most `limit` ratings for and against."""
    item = explanation.item_index
    places = np.flatnonzero(ranked.items == item)
    return PlaceAccount(
        explanation=explanation,
        by_model=sum_by_model(explanation),
        effects=strongest_ratings(explanation, history, limit=limit),
        place=int(places[0]) if len(places) else None,
        place_by_score=ranked.places_by_score.get(item),
        move=ranked.move_of(item),
    )


@dataclass(frozen=True, kw_only=True)
class SharedContent:
    """What an item has in common with one that was rated: (field, term), weightiest first."""

    item_index: int
    terms: tuple[tuple[str, str], ...]


def shared_content(
    content: Content, item_index: int, effects: Effects, *, limit: int
) -> tuple[SharedContent, ...]:
    """Return what the item shares with each rating that supports it, those with nothing left out.

    At most `limit` terms are named for each.
    """
    shared = (
        SharedContent(
            item_index=effect.item_index,
            terms=tuple(content.shared_terms(item_index, effect.item_index, limit=limit)),
        )
        for effect in effects.supportive
    )
    return tuple(each for each in shared if each.terms)


def people_alike(
    groups: TasteGroups, factors: Als, history: History, item_index: int
) -> Opinion | None:
    """Return what the people of the history's taste think of an item, in aggregate.

    Returns None for a history without a taste yet, and where too few of the group rated it.
    """
    vector, _ = factors.fold_in(history)
    group = groups.of(vector)
    return None if group is None else groups.opinion(group, item_index)
