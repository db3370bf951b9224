"""Check that a split tells a model nothing of what it is asked for."""

from collections.abc import Iterator

import numpy as np

from recommendations.engine.arrays import BoolArray, IndexArray
from recommendations.engine.errors import LeakError
from recommendations.engine.evaluation.splits import Split
from recommendations.engine.tags import GivenTags


def check_no_leak(split: Split) -> Split:
    """Return the split, or raise `LeakError` for the first thing that must not be known.

    No target may stand in its person's history or training ratings, nor an event or tag about it
    unless the split is by time; nothing may be newer than the cut; hidden items may not appear;
    strangers may not be trained on; a target may not be older than the history, nor than what its
    person did or tagged, where the split says so; and targets must be among the candidates. Tags
    of which nobody knows who gave them when cannot be checked.
    """
    for is_leak, message in _findings(split):
        if is_leak:
            raise LeakError(message)
    return split


def _findings(split: Split) -> Iterator[tuple[bool, str]]:
    train, cases = split.train, split.cases
    targets = _cells(split, [case.target_items for case in cases])
    rated = train.user_ids[train.rating_users] * train.n_items + train.user_items.indices
    yield _meet(targets, rated), "a target is among the training ratings of its person"
    known = _cells(split, [case.history.item_indices for case in cases])
    yield _meet(targets, known), "a target is in the history it is asked from"
    yield not _are_candidates(split), "a target is not among its candidates"
    if split.cut is None:
        told = train.user_ids[train.event_user_indices] * train.n_items + train.events.item_indices
        yield _meet(targets, told), "an event about a target is in training"
        told = _cells(split, [case.history.events.item_indices for case in cases])
        yield _meet(targets, told), "an event about a target is in its person's history"
    else:
        yield from _find_future(split, split.cut)
    if len(split.hidden_items):
        yield from _find_hidden(split)
    if split.strangers:
        people = np.array([case.user_id for case in cases], dtype=np.int64)
        yield _meet(people, train.user_ids), "somebody who is judged was trained on"
    if split.follows_time:
        is_late = any(
            _knows_later(known, case.target_timestamps)
            for case in cases
            for known in (case.history.timestamps, case.history.events.timestamps)
        )
        yield is_late, "a history is newer than what is asked from it"
    if train.given_tags is not None:
        yield from _find_tags(split, train.given_tags, targets=targets)


def _find_future(split: Split, cut: int) -> Iterator[tuple[bool, str]]:
    train, cases = split.train, split.cases
    yield _is_after(train.timestamps, cut), "a training rating is newer than the cut"
    yield _is_after(train.events.timestamps, cut), "a training event is newer than the cut"
    histories = [case.history for case in cases]
    is_late = any(
        _is_after(known, cut)
        for history in histories
        for known in (history.timestamps, history.events.timestamps)
    )
    yield is_late, "a history is newer than the cut"
    yield any((case.target_timestamps <= cut).any() for case in cases), "a target is before the cut"


def _find_tags(split: Split, tags: GivenTags, *, targets: IndexArray) -> Iterator[tuple[bool, str]]:
    content = split.train.content
    n_known = 0 if content is None else sum(map(len, content.tags))
    yield n_known != len(tags), "the content holds tags that nobody gave"
    if len(split.hidden_items):
        yield _meet(tags.item_indices, split.hidden_items), "a hidden item has a tag"
    people = np.array([case.user_id for case in split.cases], dtype=np.int64)
    if split.strangers:
        yield _meet(people, tags.user_ids), "somebody who is judged gave a tag"
    if split.cut is not None:
        yield _is_after(tags.timestamps, split.cut), "a tag is newer than the cut"
        return
    told = tags.user_ids * split.train.n_items + tags.item_indices
    yield _meet(targets, told), "a target has a tag of its person"
    if split.follows_time:
        first = {case.user_id: case.target_timestamps.min(initial=2**62) for case in split.cases}
        moments = np.array([first.get(user_id, 2**62) for user_id in tags.user_ids.tolist()])
        is_late = bool((tags.timestamps > moments).any())
        yield is_late, "a tag is newer than what is asked from its person"


def _find_hidden(split: Split) -> Iterator[tuple[bool, str]]:
    is_hidden: BoolArray = np.zeros(split.train.n_items, dtype=np.bool_)
    is_hidden[split.hidden_items] = True
    train = split.train
    yield bool(is_hidden[train.user_items.indices].any()), "a hidden item is rated in training"
    yield bool(is_hidden[train.events.item_indices].any()), "a hidden item has an event in training"
    is_known = any(is_hidden[case.history.entry_items].any() for case in split.cases)
    yield is_known, "a hidden item is in a history"


def _cells(split: Split, items: list[IndexArray]) -> IndexArray:
    """Return one number per pair of person and item, by outer user id."""
    people = [case.user_id for case in split.cases]
    own = np.repeat(np.array(people, dtype=np.int64), [len(indices) for indices in items])
    cells: IndexArray = np.concatenate([np.zeros(0, dtype=np.int64), *items])
    return cells + own * split.train.n_items


def _are_candidates(split: Split) -> bool:
    return all(
        case.candidates is None or bool(np.isin(case.target_items, case.candidates).all())
        for case in split.cases
    )


def _meet(first: IndexArray, second: IndexArray) -> bool:
    return bool(np.isin(first, second).any())


def _is_after(timestamps: IndexArray, cut: int) -> bool:
    return bool((timestamps > cut).any())


def _knows_later(known: IndexArray, targets: IndexArray) -> bool:
    return bool(known.max(initial=np.iinfo(np.int64).min) > targets.min(initial=2**62))
