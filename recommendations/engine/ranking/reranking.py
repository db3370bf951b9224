"""The best by score in another order: boosts, variety, the genres wanted, and what stands out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.history import History
from recommendations.engine.ranking.boosts import decade_boost, period_boost
from recommendations.engine.ranking.calibration import GenreFit, genre_mix
from recommendations.engine.ranking.diversity import Sameness, put_on_unit_scale
from recommendations.engine.ranking.features import ItemFeatures
from recommendations.engine.ranking.greedy import (
    Boost,
    Choice,
    Force,
    causes_of,
    choose,
    nudges_of,
)
from recommendations.engine.ranking.knowledge import Knowledge
from recommendations.engine.ranking.likeness import NO_TRAITS
from recommendations.engine.ranking.moves import Why
from recommendations.engine.ranking.plan import ListPlan
from recommendations.engine.ranking.ranked import Draft
from recommendations.engine.ranking.scored import Head, Scored
from recommendations.engine.ranking.standouts import StandOut
from recommendations.engine.ranking.varied import choose_varied

_LEAST_RELEVANCE = 1e-9
_SHARE_NEAR = 10  # one in so many items of a catalogue is near enough to stand out


@dataclass(frozen=True, kw_only=True, eq=False)
class _Candidates:
    """Items that may be chosen, in order of score, and what pulls at each: all of shape (n,).

    `relevance` is the score on 0..1 by its weight; boosts and what stands out are on that scale.
    """

    items: IndexArray
    relevance: FloatArray
    boosts: Sequence[Boost]
    stand_out: StandOut | None

    @property
    def worth(self) -> FloatArray:
        """Return relevance and boosts together."""
        if not self.boosts:
            return self.relevance
        return np.asarray(self.relevance + np.sum([each.values for each in self.boosts], axis=0))


def rerank(
    head: Head,
    scored: Scored,
    *,
    allowed: BoolArray,
    plan: ListPlan,
    history: History,
    known: Knowledge,
) -> Draft:
    """Return the best by score, `head`, in the order that the plan asks for.

    With boosts others of the allowed items, a mask of shape (n_items,), may come up.
    """
    unchanged = Draft(ranking=head.items, causes={})
    if not len(head.items):
        return unchanged
    boosts = _boosts(scored, plan=plan, features=known.features, allowed=allowed)
    best = _lifted(scored, boosts, plan=plan, allowed=allowed) if boosts else head
    candidates = _pull(best.first(plan.reranked), scored, boosts=boosts, plan=plan, known=known)
    choice = _choose(candidates, plan=plan, history=history, features=known.features)
    if choice is None:
        return unchanged
    rest = _rest(candidates, choice)
    ranking = candidates.items[np.concatenate([choice.positions, rest])]
    others = head.items[~np.isin(head.items, ranking)] if boosts else head.items[len(ranking) :]
    return Draft(
        ranking=np.concatenate([ranking, others]),
        causes={**_static_causes(candidates, rest), **causes_of(choice, candidates.items)},
        find_nudges=partial(nudges_of, choice, candidates.items),
    )


def _boosts(
    scored: Scored, *, plan: ListPlan, features: ItemFeatures | None, allowed: BoolArray
) -> list[Boost]:
    """Return what the plan adds to all items, on the scale of the scores."""
    if features is None or not (plan.popularity or plan.newness or plan.decade is not None):
        return []
    period = np.zeros(scored.n_items, dtype=np.float64)
    if plan.newness:
        period += period_boost(features.years, newness=plan.newness)
    if plan.decade is not None:
        period += decade_boost(features.years, decade=plan.decade, strength=plan.decade_boost)
    boosts = [
        Boost(why="popularity", values=plan.popularity * features.popularity),
        Boost(why="period", values=period),
    ]
    deviation = float(scored.values[allowed].std())
    return [
        replace(boost, values=deviation * boost.values) for boost in boosts if boost.values.any()
    ]


def _lifted(scored: Scored, boosts: Sequence[Boost], *, plan: ListPlan, allowed: BoolArray) -> Head:
    """Return the best by score and boosts, in order of score."""
    values = np.sum([scored.values, *(boost.values for boost in boosts)], axis=0)
    items = replace(scored, values=values).best(plan.reranked, allowed=allowed).items
    scores = scored.of(items)
    order = np.lexsort((items, -scores))
    return Head(items=items[order], scores=scores[order])


def _pull(
    best: Head, scored: Scored, *, boosts: Sequence[Boost], plan: ListPlan, known: Knowledge
) -> _Candidates:
    """Put on one scale what counts for each of the best."""
    weight = max((1.0 - plan.diversity) * (1.0 - plan.calibration), _LEAST_RELEVANCE)
    scale = weight / (float(np.ptp(best.scores)) or 1.0)
    stand_out = None
    if plan.standouts and known.usual is not None:
        far_out = known.usual.stand_out(best.scores, best.items, deviation=scored.deviation)
        n_near = min(plan.standout_pool, max(plan.varied, scored.n_items // _SHARE_NEAR))
        far_out[n_near:] = far_out.min()
        # On the scale of the candidates' values one deviation of the person's scores is this.
        stand_out = StandOut(far_out * (scored.deviation * scale), shares=plan.standouts)
    return _Candidates(
        items=best.items,
        relevance=weight * put_on_unit_scale(best.scores),
        boosts=[replace(boost, values=boost.values[best.items] * scale) for boost in boosts],
        stand_out=stand_out,
    )


def _choose(
    candidates: _Candidates, *, plan: ListPlan, history: History, features: ItemFeatures | None
) -> Choice | None:
    """Return what is chosen for the varied places, None where nothing pulls."""
    if plan.calibration:
        return _choose_calibrated(candidates, plan=plan, history=history, features=features)
    strength = 0.0 if features is None else plan.diversity
    if not (strength or candidates.boosts or candidates.stand_out):
        return None
    return choose_varied(
        candidates.relevance,
        k=plan.varied,
        boosts=candidates.boosts,
        stand_out=candidates.stand_out,
        items=candidates.items,
        traits=NO_TRAITS if features is None else features.traits(taste_share=plan.taste_share),
        strength=strength,
    )


def _choose_calibrated(
    candidates: _Candidates, *, plan: ListPlan, history: History, features: ItemFeatures | None
) -> Choice | None:
    forces: list[Force] = list(candidates.boosts)
    if features is not None and plan.diversity:
        likeness = features.likeness(candidates.items, taste_share=plan.taste_share)
        strength = plan.diversity * (1.0 - plan.calibration)
        forces.append(Sameness(likeness, n_candidates=len(candidates.items), strength=strength))
    if features is not None:
        wanted = genre_mix(history, features.membership(history.entry_items))
        if wanted is not None:
            strength = plan.calibration * (1.0 - plan.diversity)
            membership = features.membership(candidates.items)
            forces.append(GenreFit(membership, wanted, strength=strength))
    if candidates.stand_out is not None:
        forces.append(candidates.stand_out)
    return choose(candidates.relevance, k=plan.varied, forces=forces) if forces else None


def _rest(candidates: _Candidates, choice: Choice) -> IndexArray:
    """Return the positions that were not chosen, by relevance and boosts."""
    is_left = np.ones(len(candidates.items), dtype=np.bool_)
    is_left[choice.positions] = False
    left = np.flatnonzero(is_left).astype(np.int64)
    if not candidates.boosts:  # they are in order of score
        return left
    return left[np.argsort(-candidates.worth[left], kind="stable")]


def _static_causes(candidates: _Candidates, rest: IndexArray) -> Mapping[int, Why]:
    """Return for each item not chosen the boost that moves it most, up or down."""
    if not candidates.boosts or not len(rest):
        return {}
    strongest = np.abs([boost.values[rest] for boost in candidates.boosts]).argmax(axis=0)
    items = candidates.items[rest].tolist()
    return {
        item: candidates.boosts[row].why
        for item, row in zip(items, strongest.tolist(), strict=True)
    }
