"""From scores to a list: filters, boosts, re-ranking and exploration, with the account of it all.

Scores stay what the model gave. What is added on the way is added to the value items are ranked
by; every item that ends elsewhere than its score puts it has a move that says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from recommendations.engine.arrays import BoolArray, Float32Array, FloatArray, IndexArray
from recommendations.engine.history import History
from recommendations.engine.ranking.boosts import decade_boost, period_boost
from recommendations.engine.ranking.calibration import GenreFit, genre_mix
from recommendations.engine.ranking.cold_start import spread_out
from recommendations.engine.ranking.diversity import Sameness, put_on_unit_scale
from recommendations.engine.ranking.exploration import Posterior, explore, insert_at, open_slots
from recommendations.engine.ranking.features import ItemFeatures
from recommendations.engine.ranking.filters import Rule, apply_rules
from recommendations.engine.ranking.greedy import (
    Boost,
    Choice,
    Force,
    causes_of,
    choose,
    nudges_of,
    within_reach,
)
from recommendations.engine.ranking.moves import Nudge, Why
from recommendations.engine.ranking.ranked import RankedList
from recommendations.engine.ranking.standouts import StandOut, UsualScores
from recommendations.engine.ranking.top import places_of, top_k

_LEAST_RELEVANCE = 1e-9
_LEAST_POOL = 5  # with fewer to guess from it is no guess
_SHARE_NEAR = 10  # one in so many items of a catalogue is near enough to stand out


@dataclass(frozen=True, kw_only=True)
class ListPlan:
    """How a list is made; as it stands, by score alone.

    `diversity` and `calibration` run from 0 (off) to 1 (nothing else counts). `popularity` and
    `newness` run from −1 to 1: the little known or the widely known, the old or the new; they are
    boosts in deviations of the scores for one deviation of log count or year. `decade` (1970 for
    the seventies) is lifted by `decade_boost` deviations.
    With `newcomer_variety` the list of somebody without a rating is spread over genres and periods
    instead. `taste_share` is how much likeness of
    taste counts against that of content. The best `reranked` items are reordered, the first
    `varied` places with variety, calibration and `standouts`: for each place, over and over, how
    much it counts that an item stands out for this person against its score (0 to below 1). Only
    the best `standout_pool`, and a tenth of a small catalogue, may stand out. Places count from 0:
    at `exploration_places` stands a draw from what comes after the varied places, up
    to `exploration_pool`, with a chance that is half gone after `exploration_half_length` entries.
    """

    diversity: float = 0.0
    calibration: float = 0.0
    popularity: float = 0.0
    newness: float = 0.0
    decade: int | None = None
    decade_boost: float = 0.5
    newcomer_variety: float = 0.0
    taste_share: float = 0.5
    reranked: int = 500
    varied: int = 30
    standouts: tuple[float, ...] = ()
    standout_pool: int = 300
    exploration_places: tuple[int, ...] = ()
    exploration_pool: int = 500
    exploration_half_length: float = 50.0


EXPLORATION_PLACES = (4, 8)
# Chosen on validation people; the figures stand in docs/engine.md.
SITE_PLAN = ListPlan(
    diversity=0.05,
    newcomer_variety=0.5,
    standouts=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.7, 0.9),
    exploration_places=(11, 19),
    exploration_half_length=10.0,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Taste:
    """What exploration draws from: a posterior over the space of `item_vectors`, (n_items, d).

    `offsets`, shape (n_items,), are added to every drawn score.
    """

    posterior: Posterior
    item_vectors: Float32Array
    offsets: FloatArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Knowledge:
    """What re-ranking may use; a part of a plan that lacks what it needs does nothing.

    `taste` is called only if there is a place to explore.
    """

    features: ItemFeatures | None = None
    usual: UsualScores | None = None
    taste: Callable[[], Taste] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Draft:
    ranking: IndexArray
    causes: Mapping[int, Why]
    find_nudges: Callable[[], Mapping[int, tuple[Nudge, ...]]] = dict
    explored: tuple[int, ...] = ()

    def insert(self, items: IndexArray, places: Sequence[int], *, why: Why) -> "_Draft":
        return replace(
            self,
            ranking=insert_at(self.ranking, items, places),
            causes={**self.causes, **dict.fromkeys(items.tolist(), why)},
        )


def make_list(
    scores: FloatArray,
    *,
    k: int,
    plan: ListPlan,
    history: History,
    rules: Sequence[Rule] = (),
    knowledge: Knowledge | None = None,
    seed: int = 0,
    deviation: float | None = None,
    near: IndexArray | None = None,
) -> RankedList:
    """Return the `k` best items for a person by a plan: filter, re-rank the best, explore.

    `scores` has shape (n_items,). Nothing that `rules` take out appears; what the person has seen
    needs a rule too. Items far from the best may have −∞ as score if `deviation` is that of all
    scores as they are; `near` are then the others, ascending. Exploration draws
    from `seed` (see `seed_of`): the same arguments give the same list. Ties go to the lower item
    index. A list is shorter where there are fewer items.
    """
    known = Knowledge() if knowledge is None else knowledge
    allowed = apply_rules(len(scores), rules)
    by_score = top_k(scores, max(k, plan.reranked), candidates=allowed, among=near)
    if plan.newcomer_variety and not history.n_ratings:
        draft = _spread(scores, by_score, plan=plan, features=known.features)
    else:
        draft = _rerank(
            scores,
            by_score,
            allowed=allowed,
            plan=plan,
            history=history,
            known=known,
            deviation=float(scores.std()) if deviation is None else deviation,
        )
    draft = _explore(draft, k=k, plan=plan, history=history, taste=known.taste, seed=seed)
    return _as_list(draft, by_score, k=k, scores=scores, allowed=allowed)


def _spread(
    scores: FloatArray, by_score: IndexArray, *, plan: ListPlan, features: ItemFeatures | None
) -> _Draft:
    if features is None:
        return _Draft(ranking=by_score, causes={})
    candidates = by_score[: plan.reranked]
    chosen = spread_out(
        candidates,
        scores=scores[candidates],
        membership=features.membership(candidates),
        years=features.years[candidates],
        likeness=features.likeness(candidates, taste_share=plan.taste_share),
        k=plan.varied,
        variety=plan.newcomer_variety,
    )
    return _Draft(
        ranking=np.concatenate([chosen, by_score[~np.isin(by_score, chosen)]]),
        causes=dict.fromkeys(chosen.tolist(), "variety"),
    )


def _rerank(
    scores: FloatArray,
    by_score: IndexArray,
    *,
    allowed: BoolArray,
    plan: ListPlan,
    history: History,
    known: Knowledge,
    deviation: float,
) -> _Draft:
    boosts = _boosts(scores, plan=plan, features=known.features, allowed=allowed)
    candidates = by_score[: plan.reranked]
    if boosts and len(candidates):
        values = np.sum([scores, *(boost.values for boost in boosts)], axis=0)
        near = top_k(values, plan.reranked, candidates=allowed)
        candidates = near[np.lexsort((near, -scores[near]))]
    weight = max((1.0 - plan.diversity) * (1.0 - plan.calibration), _LEAST_RELEVANCE)
    spread = float(np.ptp(scores[candidates])) if len(candidates) else 0.0
    scale = weight / (spread or 1.0)
    static = [replace(boost, values=boost.values[candidates] * scale) for boost in boosts]
    stand_out = _stand_out(scores, candidates, plan=plan, known=known, deviation=deviation)
    if stand_out is not None:
        # On the scale of the candidates' values one deviation of the person's scores is this.
        stand_out *= deviation * scale
    relevance = weight * put_on_unit_scale(scores[candidates])
    choice = _choose(
        relevance,
        candidates,
        static=static,
        stand_out=stand_out,
        plan=plan,
        history=history,
        features=known.features,
    )
    if choice is None:
        return _Draft(ranking=by_score, causes={})
    rest = _rest(relevance, choice, static)
    ranking = candidates[np.concatenate([choice.positions, rest])]
    others = by_score[~np.isin(by_score, ranking)] if boosts else by_score[len(ranking) :]
    return _Draft(
        ranking=np.concatenate([ranking, others]),
        causes={**_static_causes(candidates, rest, static), **causes_of(choice, candidates)},
        find_nudges=partial(nudges_of, choice, candidates),
    )


def _stand_out(
    scores: FloatArray,
    candidates: IndexArray,
    *,
    plan: ListPlan,
    known: Knowledge,
    deviation: float,
) -> FloatArray | None:
    """Return how far each candidate stands out, those far from the best not at all."""
    if not plan.standouts or known.usual is None or not len(candidates):
        return None
    stand_out = known.usual.stand_out(scores, candidates, deviation=deviation)
    n_near = min(plan.standout_pool, max(plan.varied, len(scores) // _SHARE_NEAR))
    stand_out[n_near:] = stand_out.min()
    return stand_out


def _choose(
    relevance: FloatArray,
    candidates: IndexArray,
    *,
    static: Sequence[Boost],
    stand_out: FloatArray | None,
    plan: ListPlan,
    history: History,
    features: ItemFeatures | None,
) -> Choice | None:
    """Return what is chosen for the varied places, None where nothing pulls."""
    near: IndexArray = np.arange(len(candidates))
    if not plan.calibration:  # what calibration adds has no bound as near as that of variety
        pulls = [boost.values for boost in static]
        kinds = [(plan.varied, np.zeros(len(relevance)))]
        if stand_out is not None:
            kinds = StandOut(stand_out, shares=plan.standouts).kinds(plan.varied)
        base = np.sum([relevance, *pulls], axis=0)
        near = within_reach(base, k=plan.varied, kinds=kinds, most_off=plan.diversity)
    forces: list[Force] = [replace(boost, values=boost.values[near]) for boost in static]
    forces += _forces(candidates[near], plan=plan, history=history, features=features)
    if stand_out is not None:
        forces.append(StandOut(stand_out[near], shares=plan.standouts))
    if not forces or not len(candidates):
        return None
    choice = choose(relevance[near], k=plan.varied, forces=forces)
    return replace(choice, positions=near[choice.positions], leaders=near[choice.leaders])


def _boosts(
    scores: FloatArray, *, plan: ListPlan, features: ItemFeatures | None, allowed: BoolArray
) -> list[Boost]:
    """Return what the plan adds to all items, on the scale of the scores."""
    if features is None or not (plan.popularity or plan.newness or plan.decade is not None):
        return []
    period = np.zeros(len(scores), dtype=np.float64)
    if plan.newness:
        period += period_boost(features.years, newness=plan.newness)
    if plan.decade is not None:
        period += decade_boost(features.years, decade=plan.decade, strength=plan.decade_boost)
    boosts = [
        Boost(why="popularity", values=plan.popularity * features.popularity),
        Boost(why="period", values=period),
    ]
    deviation = float(scores[allowed].std()) if allowed.any() else 0.0
    return [
        replace(boost, values=deviation * boost.values) for boost in boosts if boost.values.any()
    ]


def _forces(
    candidates: IndexArray, *, plan: ListPlan, history: History, features: ItemFeatures | None
) -> list[Force]:
    """Return variety and calibration, as far as the plan asks for them."""
    forces: list[Force] = []
    if features is None:
        return forces
    if plan.diversity:
        likeness = features.likeness(candidates, taste_share=plan.taste_share)
        strength = plan.diversity * (1.0 - plan.calibration)
        forces.append(Sameness(likeness, n_candidates=len(candidates), strength=strength))
    if plan.calibration:
        wanted = genre_mix(history, features.membership(history.entry_items))
        if wanted is not None:
            strength = plan.calibration * (1.0 - plan.diversity)
            forces.append(GenreFit(features.membership(candidates), wanted, strength=strength))
    return forces


def _rest(relevance: FloatArray, choice: Choice, static: Sequence[Boost]) -> IndexArray:
    """Return the positions that were not chosen, by relevance and boosts."""
    if not static:  # candidates are in order of score
        is_left = np.ones(len(relevance), dtype=np.bool_)
        is_left[choice.positions] = False
        return np.flatnonzero(is_left).astype(np.int64)
    values = np.sum([relevance, *(boost.values for boost in static)], axis=0)
    values[choice.positions] = -np.inf
    n_left = len(values) - len(choice.positions)
    return np.argsort(-values, kind="stable")[:n_left].astype(np.int64)


def _static_causes(
    candidates: IndexArray, rest: IndexArray, static: Sequence[Boost]
) -> dict[int, Why]:
    """Return for each item not chosen the boost that moves it most, up or down."""
    if not static or not len(rest):
        return {}
    strongest = np.abs([boost.values[rest] for boost in static]).argmax(axis=0)
    return {
        int(item): static[row].why for item, row in zip(candidates[rest], strongest, strict=True)
    }


def _explore(
    draft: _Draft,
    *,
    k: int,
    plan: ListPlan,
    history: History,
    taste: Callable[[], Taste] | None,
    seed: int,
) -> _Draft:
    rng = np.random.default_rng(seed)
    wanted = [place for place in sorted(plan.exploration_places) if place < k]
    places = open_slots(
        wanted, n_entries=history.n_entries, half_length=plan.exploration_half_length, rng=rng
    )
    if taste is None or not places:
        return draft
    # What the first places are made of is no guess; a small catalogue has half of itself to guess.
    head = max(min(plan.varied, len(draft.ranking) // 2), places[-1] + 1)
    pool = draft.ranking[head : plan.exploration_pool]
    if len(pool) < _LEAST_POOL:
        return draft
    known = taste()
    found = explore(
        pool,
        posterior=known.posterior,
        item_vectors=known.item_vectors[pool],
        offsets=None if known.offsets is None else known.offsets[pool],
        n_items=len(places),
        rng=rng,
    )
    explored = draft.insert(found, places[: len(found)], why="exploration")
    return replace(explored, explored=tuple(found.tolist()))


def _as_list(
    draft: _Draft, by_score: IndexArray, *, k: int, scores: FloatArray, allowed: BoolArray
) -> RankedList:
    shown = draft.ranking[:k]
    return RankedList(
        items=shown,
        scores=scores[shown],
        explored=frozenset(draft.explored),
        places_by_score=_places_by_score(shown, by_score, scores=scores, allowed=allowed),
        causes=draft.causes,
        find_nudges=draft.find_nudges,
    )


def _places_by_score(
    shown: IndexArray, by_score: IndexArray, *, scores: FloatArray, allowed: BoolArray
) -> dict[int, int]:
    places = {item: place for place, item in enumerate(by_score.tolist())}
    missing = np.array([item for item in shown.tolist() if item not in places], dtype=np.int64)
    found = places_of(scores, missing, allowed=allowed)
    return places | dict(zip(missing.tolist(), found.tolist(), strict=True))
