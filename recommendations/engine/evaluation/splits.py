"""Ways to hold interactions back: what a model learns from, and the cases it is judged on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from recommendations.engine.arrays import BoolArray, Float32Array, IndexArray
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex
from recommendations.engine.tags import GivenTags


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One person: what is known of them, and what they rated beyond it.

    `user_id` is the outer id. Target arrays have shape (n_targets,), oldest first. `candidates`
    are the only items that may be ranked, all items outside of the history where it is None.
    """

    user_id: int
    history: History
    target_items: IndexArray
    target_stars: Float32Array
    target_timestamps: IndexArray
    candidates: IndexArray | None = None

    def liked(self, least_stars: float) -> IndexArray:
        """Return the target items with at least so many stars."""
        return self.target_items[self.target_stars >= least_stars]


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Training interactions, the cases held back from them, and what the split promises.

    `cut` is the moment after which training and histories know nothing. `hidden_items` are in
    the catalogue, but in no rating or event. `strangers` says that nobody judged was trained on,
    `follows_time` that no target is older than the history beside it.
    """

    train: Interactions
    cases: list[Case]
    cut: int | None = None
    hidden_items: IndexArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    strangers: bool = False
    follows_time: bool = False


def split_by_time(interactions: Interactions, *, train_share: float = 0.9) -> Split:
    """Cut at one moment for all: learn from what came before, judge by what followed.

    People who came later are judged without a history.
    """
    cut = int(np.quantile(interactions.timestamps, train_share))
    is_early = interactions.timestamps <= cut
    known = keep_events(interactions, interactions.events.timestamps <= cut)
    known = keep_tags(known, lambda tags: tags.timestamps <= cut)
    return Split(
        train=known.keep_ratings(is_early),
        cases=hold_back(known, is_early, as_of=cut),
        cut=cut,
        follows_time=True,
    )


def split_at_random(interactions: Interactions, *, seed: int, test_share: float = 0.1) -> Split:
    """Hold back a share of all ratings, whoever gave them and whenever."""
    rng = np.random.default_rng(seed)
    return split_by_mask(interactions, rng.random(interactions.n_ratings) >= test_share)


def split_fold(interactions: Interactions, *, seed: int, fold: int, n_folds: int) -> Split:
    """Hold back one of `n_folds` random parts of all ratings; parts differ by one at most."""
    rng = np.random.default_rng(seed)
    folds = rng.permutation(interactions.n_ratings) % n_folds
    return split_by_mask(interactions, folds != fold)


def leave_last_out(interactions: Interactions) -> Split:
    """Hold back each person's last rating; people with one rating are trained on only.

    Of ratings that share their second the last in order of input is the last.
    """
    counts = np.diff(interactions.user_items.indptr)[interactions.rating_users]
    is_train = (interactions.sequence < counts - 1) | (counts == 1)
    known = forget_later(interactions, is_train)
    return replace(split_by_mask(known, is_train), follows_time=True)


def shuffle_ties(interactions: Interactions, *, seed: int) -> Interactions:
    """Put ratings of one person that share their second into a random order."""
    rng = np.random.default_rng(seed)
    return _order_ties(interactions, rng.permutation(interactions.n_ratings))


def sort_ties_by_item(interactions: Interactions) -> Interactions:
    """Put ratings of one person that share their second in order of the item id."""
    return _order_ties(interactions, interactions.user_items.indices.astype(np.int64))


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
    known = _forget_told(kept, is_known)
    return Split(train=train, cases=hold_back(known, is_known), strangers=True)


def newcomers(interactions: Interactions, *, seed: int, n_people: int, n_known: int) -> Split:
    """People never trained on, after their first `n_known` ratings in order of time.

    Of their events those before the next rating are known; without any rating, none.
    """
    rng = np.random.default_rng(seed)
    train, held_out = _part_people(interactions, rng=rng, n_people=n_people)
    is_known = held_out.sequence < n_known
    moments = _first_unknown(held_out, is_known)
    if n_known == 0:
        moments[:] = np.iinfo(np.int64).min
    is_early = held_out.events.timestamps < moments[held_out.event_user_indices]
    cases = hold_back(_forget_told(keep_events(held_out, is_early), is_known), is_known)
    return Split(train=train, cases=cases, strangers=True, follows_time=True)


def hide_items(interactions: Interactions, *, seed: int, share: float = 0.05) -> Split:
    """Cold movies: hide a share of the rated items from all ratings, events and histories.

    They stay in the catalogue with their content, tags apart, which come from people who know
    them. Each person is judged on the order of the hidden items alone.
    """
    rng = np.random.default_rng(seed)
    rated = np.flatnonzero(np.bincount(interactions.user_items.indices, minlength=1))
    n_hidden = max(1, round(share * len(rated)))
    hidden = np.sort(rng.choice(rated, size=n_hidden, replace=False))
    is_seen = ~np.isin(interactions.user_items.indices, hidden)
    known = keep_events(interactions, ~np.isin(interactions.events.item_indices, hidden))
    known = keep_tags(known, lambda tags: ~np.isin(tags.item_indices, hidden))
    cases = [replace(case, candidates=hidden) for case in hold_back(known, is_seen)]
    return Split(train=known.keep_ratings(is_seen), cases=cases, hidden_items=hidden)


def split_by_mask(interactions: Interactions, is_train: BoolArray) -> Split:
    """Hold back the ratings where the mask of shape (n_ratings,) is false, and their events."""
    known = _forget_told(interactions, is_train)
    return Split(train=known.keep_ratings(is_train), cases=hold_back(known, is_train))


def hold_back(
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
                user_id=int(interactions.user_ids[user]),
                history=known.history_of(user, as_of=as_of),
                target_items=targets.item_indices,
                target_stars=targets.values,
                target_timestamps=targets.timestamps,
            )
        )
    return cases


def keep_events(interactions: Interactions, is_kept: BoolArray) -> Interactions:
    """Return the same ratings with only these events, mask of shape (n_events,)."""
    positions = np.flatnonzero(is_kept)
    return replace(
        interactions,
        events=interactions.events.take(positions),
        event_user_indices=interactions.event_user_indices[positions],
    )


def keep_tags(
    interactions: Interactions, is_kept: Callable[[GivenTags], BoolArray]
) -> Interactions:
    """Return the same with only the tags of this mask, shape (n_tags,).

    Tags of which nobody knows who gave them when stay.
    """
    given = interactions.given_tags
    if given is None:
        return interactions
    return interactions.with_tags(given.take(np.flatnonzero(is_kept(given))))


def without_tags_of(interactions: Interactions, user_ids: IndexArray) -> Interactions:
    """Return the same without the tags these people gave."""
    return keep_tags(interactions, lambda tags: ~np.isin(tags.user_ids, user_ids))


def _forget_told(interactions: Interactions, is_known: BoolArray) -> Interactions:
    """Leave out events and tags about what is held back: they say that the film was of interest."""
    n_items = interactions.n_items
    cells = interactions.rating_users * n_items + interactions.user_items.indices
    event_cells = interactions.event_user_indices * n_items + interactions.events.item_indices
    held = cells[~is_known]
    known = keep_events(interactions, ~np.isin(event_cells, held))
    users = ItemIndex(interactions.user_ids)

    def is_told(tags: GivenTags) -> BoolArray:
        user_indices, is_user = users.find(tags.user_ids)
        return is_user & np.isin(user_indices * n_items + tags.item_indices, held)

    return keep_tags(known, lambda tags: ~is_told(tags))


def forget_later(interactions: Interactions, is_known: BoolArray) -> Interactions:
    """Leave out what people did, or tagged, after the first of their ratings held back."""
    moments = _first_unknown(interactions, is_known)
    is_early = interactions.events.timestamps <= moments[interactions.event_user_indices]
    users = ItemIndex(interactions.user_ids)

    def is_late(tags: GivenTags) -> BoolArray:
        user_indices, is_user = users.find(tags.user_ids)
        return is_user & (tags.timestamps > moments[user_indices])

    return keep_tags(keep_events(interactions, is_early), lambda tags: ~is_late(tags))


def _first_unknown(interactions: Interactions, is_known: BoolArray) -> IndexArray:
    """Return when each person gave the first rating that is not known; far ahead for none."""
    first: IndexArray = np.full(interactions.n_users, 2**62)
    unknown = interactions.timestamps[~is_known]
    np.minimum.at(first, interactions.rating_users[~is_known], unknown)
    return first


def _order_ties(interactions: Interactions, keys: IndexArray) -> Interactions:
    order = np.lexsort((keys, interactions.timestamps, interactions.rating_users))
    starts = interactions.user_items.indptr[interactions.rating_users[order]]
    sequence = np.empty(interactions.n_ratings, dtype=np.int64)
    sequence[order] = np.arange(interactions.n_ratings) - starts
    return replace(interactions, sequence=sequence)


def _part_people(
    interactions: Interactions, *, rng: np.random.Generator, n_people: int
) -> tuple[Interactions, Interactions]:
    order = rng.permutation(interactions.n_users)
    n_held_out = min(n_people, max(1, interactions.n_users // 10))
    held_out, rest = np.sort(order[:n_held_out]), np.sort(order[n_held_out:])
    strangers = interactions.keep_users(held_out)
    return without_tags_of(interactions.keep_users(rest), strangers.user_ids), strangers
