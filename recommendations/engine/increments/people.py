"""Take what some people did out of the interactions of everybody and put in what they did since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import AnyArray, CsrMatrix, IndexArray
from recommendations.engine.events import Events
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """Everybody before and after, over the same items, and the outer ids of who changed."""

    before: Interactions
    after: Interactions
    changed: IndexArray

    @classmethod
    def of(cls, before: Interactions, people: Interactions, *, changed: IndexArray) -> "World":
        """Return the world in which these people did what `people` says, and nothing else.

        The items of `before` are the first of those of `people`. Whoever is among `changed` and
        not among the users of `people` has done nothing any more.
        """
        wide = _widen(before, people.items)
        return cls(
            before=wide, after=_replace_people(wide, people, changed=changed), changed=changed
        )

    def rows(
        self, flipped: IndexArray, *, sample: Interactions | None = None
    ) -> tuple[Interactions, Interactions]:
        """Return before and after of who changed, and of who did anything with these items.

        With a `sample` of who was asked before, before are those of it alone, and after those
        and whoever changed.
        """
        wanted = self.changed
        for world in (self.before, self.after):
            wanted = np.union1d(wanted, _users_of(world, flipped))
        if sample is None:
            return _only(self.before, wanted), _only(self.after, wanted)
        asked = np.intersect1d(wanted, sample.user_ids)
        return _only(self.before, asked), _only(self.after, np.union1d(asked, self.changed))


def _only(world: Interactions, user_ids: IndexArray) -> Interactions:
    return world.keep_users(np.flatnonzero(np.isin(world.user_ids, user_ids)))


def _users_of(world: Interactions, item_indices: IndexArray) -> IndexArray:
    """Return the outer ids of who rated one of these items or has an event about it."""
    if not len(item_indices):
        return np.zeros(0, dtype=np.int64)
    raters = world.rating_users[np.isin(world.user_items.indices, item_indices)]
    others = world.event_user_indices[np.isin(world.events.item_indices, item_indices)]
    return world.user_ids[np.union1d(raters, others)]


def _widen(world: Interactions, items: ItemIndex) -> Interactions:
    matrix = world.user_items
    cells = (matrix.data, matrix.indices, matrix.indptr)
    wide = sparse.csr_array(cells, shape=(world.n_users, len(items)), copy=False)
    return replace(world, items=items, user_items=cast("CsrMatrix", wide), content=None)


def _replace_people(
    world: Interactions, people: Interactions, *, changed: IndexArray
) -> Interactions:
    kept = np.flatnonzero(~np.isin(world.user_ids, changed))
    user_ids = np.concatenate([world.user_ids[kept], people.user_ids])
    order = np.argsort(user_ids, kind="stable")
    user_ids = user_ids[order]
    old, new = world.user_items, people.user_items
    lengths = np.concatenate([np.diff(old.indptr)[kept], np.diff(new.indptr)])[order]
    starts = np.concatenate([old.indptr[:-1][kept], old.nnz + new.indptr[:-1].astype(np.int64)])
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    positions = np.repeat(starts[order] - indptr[:-1], lengths) + np.arange(indptr[-1])
    cells = (
        np.concatenate([old.data, new.data])[positions],
        np.concatenate([old.indices, new.indices])[positions],
        indptr,
    )
    events, event_users = _replace_events(world, people, changed=changed, user_ids=user_ids)
    return replace(
        world,
        user_ids=user_ids,
        user_items=cast(
            "CsrMatrix", sparse.csr_array(cells, shape=(len(user_ids), len(world.items)))
        ),
        timestamps=np.concatenate([world.timestamps, people.timestamps])[positions],
        sequence=np.concatenate([world.sequence, people.sequence])[positions],
        events=events,
        event_user_indices=event_users,
        groups=_replace_groups(world, people, kept=kept, order=order),
    )


def _replace_events(
    world: Interactions, people: Interactions, *, changed: IndexArray, user_ids: IndexArray
) -> tuple[Events, IndexArray]:
    """Return all events in order of time and the user index of each."""
    owners = world.user_ids[world.event_user_indices]
    kept = np.flatnonzero(~np.isin(owners, changed))
    owners = np.concatenate([owners[kept], people.user_ids[people.event_user_indices]])
    joined = _join(world.events.take(kept), people.events)
    order = np.argsort(joined.timestamps, kind="stable")
    return joined.take(order), np.searchsorted(user_ids, owners[order]).astype(np.int64)


def _join(first: Events, second: Events) -> Events:
    def both(name: str) -> AnyArray:
        return np.concatenate([getattr(first, name), getattr(second, name)])

    return Events(
        item_indices=cast("IndexArray", both("item_indices")),
        codes=both("codes").astype(np.int8),
        timestamps=cast("IndexArray", both("timestamps")),
    )


def _replace_groups(
    world: Interactions, people: Interactions, *, kept: IndexArray, order: IndexArray
) -> Sequence[tuple[str, ...]]:
    if not world.groups and not people.groups:
        return ()
    old = world.groups or [()] * world.n_users
    new = people.groups or [()] * people.n_users
    joined = [*(old[user] for user in kept), *new]
    return [joined[place] for place in order]
