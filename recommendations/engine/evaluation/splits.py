"""Ways to hold interactions back: what a model learns from, and the cases it is judged on."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import BoolArray, Float32Array, IndexArray
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One person: what is known of them, and what they rated beyond it."""

    history: History
    target_items: IndexArray
    target_stars: Float32Array

    def liked(self, least_stars: float) -> IndexArray:
        """Return the target items with at least so many stars."""
        return self.target_items[self.target_stars >= least_stars]


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Training interactions and the cases held back from them."""

    train: Interactions
    cases: list[Case]


def split_by_time(interactions: Interactions, *, train_share: float = 0.9) -> Split:
    """Cut at one moment for all: learn from what came before, judge by what followed.

    People who came later are judged without a history.
    """
    cut = np.quantile(interactions.timestamps, train_share)
    is_early = interactions.timestamps <= cut
    as_of = int(cut)
    return Split(
        train=interactions.keep_ratings(is_early),
        cases=_hold_back(interactions, is_early, as_of=as_of),
    )


def split_at_random(interactions: Interactions, *, seed: int, test_share: float = 0.1) -> Split:
    """Hold back a share of all ratings, whoever gave them and whenever."""
    rng = np.random.default_rng(seed)
    is_train = rng.random(interactions.n_ratings) >= test_share
    return Split(
        train=interactions.keep_ratings(is_train), cases=_hold_back(interactions, is_train)
    )


def leave_last_out(interactions: Interactions) -> Split:
    """Hold back each person's last rating; people with one rating are trained on only."""
    counts = np.diff(interactions.user_items.indptr)[interactions.rating_users]
    is_train = (interactions.sequence < counts - 1) | (counts == 1)
    return Split(
        train=interactions.keep_ratings(is_train), cases=_hold_back(interactions, is_train)
    )


def hold_people_out(
    interactions: Interactions,
    *,
    seed: int,
    n_people: int,
    known_share: float = 0.8,
    least_stars: float = 0.0,
) -> Split:
    """Strong generalisation: people never trained on, judged on a random rest of their ratings.

    Ratings below `least_stars` of the people held out are in neither part. At most a tenth of all
    people are held out.
    """
    rng = np.random.default_rng(seed)
    train, held_out = _part_people(interactions, rng=rng, n_people=n_people)
    kept = held_out.keep_ratings(held_out.user_items.data >= least_stars)
    is_known = rng.random(kept.n_ratings) < known_share
    return Split(train=train, cases=_hold_back(kept, is_known))


def newcomers(interactions: Interactions, *, seed: int, n_people: int, n_known: int) -> Split:
    """People never trained on, after their first `n_known` ratings in order of time."""
    rng = np.random.default_rng(seed)
    train, held_out = _part_people(interactions, rng=rng, n_people=n_people)
    return Split(train=train, cases=_hold_back(held_out, held_out.sequence < n_known))


def _part_people(
    interactions: Interactions, *, rng: np.random.Generator, n_people: int
) -> tuple[Interactions, Interactions]:
    order = rng.permutation(interactions.n_users)
    n_held_out = min(n_people, max(1, interactions.n_users // 10))
    held_out, rest = np.sort(order[:n_held_out]), np.sort(order[n_held_out:])
    return interactions.keep_users(rest), interactions.keep_users(held_out)


def _hold_back(
    interactions: Interactions, is_known: BoolArray, *, as_of: int | None = None
) -> list[Case]:
    """Return a case for each person who has a rating that is not known."""
    known = interactions.keep_ratings(is_known)
    rest = interactions.keep_ratings(~is_known)
    people: Iterable[int] = np.flatnonzero(np.diff(rest.user_items.indptr)).tolist()
    cases = []
    for user in people:
        targets = rest.history_of(user)
        cases.append(
            Case(
                history=known.history_of(user, as_of=as_of),
                target_items=targets.item_indices,
                target_stars=targets.values,
            )
        )
    return cases
