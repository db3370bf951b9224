"""From scores to a list: filters, boosts, re-ranking and exploration, with the account of it all.

Scores stay what the model gave. What is added on the way is added to the value items are ranked
by; every item that ends elsewhere than its score puts it has a move that says why.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.history import History
from recommendations.engine.ranking.cold_start import spread_out
from recommendations.engine.ranking.exploration import explore, open_slots
from recommendations.engine.ranking.features import ItemFeatures
from recommendations.engine.ranking.filters import Rule, apply_rules
from recommendations.engine.ranking.knowledge import Knowledge, Taste
from recommendations.engine.ranking.plan import ListPlan
from recommendations.engine.ranking.ranked import Draft, RankedList
from recommendations.engine.ranking.reranking import rerank
from recommendations.engine.ranking.scored import Head, Scored

_LEAST_POOL = 5  # with fewer to guess from it is no guess


def make_list(
    scored: Scored,
    *,
    k: int,
    plan: ListPlan,
    history: History,
    rules: Sequence[Rule] = (),
    knowledge: Knowledge | None = None,
    seed: int = 0,
) -> RankedList:
    """Return the `k` best items for a person by a plan: filter, re-rank the best, explore.

    Nothing that `rules` take out appears; what the person has seen needs a rule too. Boosts need
    the scores of all items. Exploration draws from `seed` (see `seed_of`): the same arguments
    give the same list. Ties go to the lower item index. A list is shorter where there are fewer
    items.
    """
    known = Knowledge() if knowledge is None else knowledge
    allowed = apply_rules(scored.n_items, rules)
    head = scored.best(max(k, plan.reranked), allowed=allowed)
    if plan.newcomer_variety and not history.n_ratings:
        draft = _spread(head, plan=plan, features=known.features)
    else:
        draft = rerank(head, scored, allowed=allowed, plan=plan, history=history, known=known)
    rng = np.random.default_rng(seed)
    places = open_slots(
        [place for place in sorted(plan.exploration_places) if place < k],
        n_entries=history.n_entries,
        half_length=plan.exploration_half_length,
        rng=rng,
    )
    if places and known.taste is not None:
        draft = _explore(draft, scored, places, plan=plan, taste=known.taste, rng=rng)
    return _as_list(draft, head, k=k, scored=scored, allowed=allowed)


def _spread(head: Head, *, plan: ListPlan, features: ItemFeatures | None) -> Draft:
    if features is None:
        return Draft(ranking=head.items, causes={})
    candidates = head.first(plan.reranked)
    chosen = spread_out(
        candidates.items,
        scores=candidates.scores,
        membership=features.membership(candidates.items),
        years=features.years[candidates.items],
        likeness=features.likeness(candidates.items, taste_share=plan.taste_share),
        k=plan.varied,
        variety=plan.newcomer_variety,
    )
    return Draft(
        ranking=np.concatenate([chosen, head.items[~np.isin(head.items, chosen)]]),
        causes=dict.fromkeys(chosen.tolist(), "variety"),
    )


def _explore(
    draft: Draft,
    scored: Scored,
    places: Sequence[int],
    *,
    plan: ListPlan,
    taste: Callable[[], Taste],
    rng: np.random.Generator,
) -> Draft:
    # What the first places are made of is no guess; a small catalogue has half of itself to guess.
    first = max(min(plan.varied, len(draft.ranking) // 2), places[-1] + 1)
    pool = draft.ranking[first : plan.exploration_pool]
    if len(pool) < _LEAST_POOL:
        return draft
    known = taste()
    found = explore(
        pool,
        posterior=known.posterior,
        item_vectors=known.item_vectors[pool],
        offsets=scored.of(pool) / (scored.deviation or 1.0) if known.adds_to_scores else None,
        n_items=len(places),
        rng=rng,
    )
    explored = draft.insert(found, places[: len(found)], why="exploration")
    return replace(explored, explored=frozenset(found.tolist()))


def _as_list(draft: Draft, head: Head, *, k: int, scored: Scored, allowed: BoolArray) -> RankedList:
    shown = draft.ranking[:k]
    scores, places = _find(shown, head, scored=scored, allowed=allowed)
    return RankedList(
        items=shown,
        scores=scores,
        places=places,
        by_score=head.items,
        explored=draft.explored,
        causes=draft.causes,
        find_nudges=draft.find_nudges,
    )


def _find(
    items: IndexArray, head: Head, *, scored: Scored, allowed: BoolArray
) -> tuple[FloatArray, IndexArray]:
    """Return the score of each of these items and the place it gives."""
    order = np.argsort(head.items)
    places = order[np.minimum(np.searchsorted(head.items, items, sorter=order), len(order) - 1)]
    scores = head.scores[places]
    is_lower = head.items[places] != items
    if is_lower.any():
        scores[is_lower] = scored.of(items[is_lower])
        places[is_lower] = scored.places_of(items[is_lower], allowed=allowed)
    return scores, places
