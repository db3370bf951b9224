"""People like you, as groups: what others of a like taste think, and nobody in particular.

People are clustered by the direction of their folded-in vectors: Dhillon and Modha, "Concept
decompositions for large sparse text data using clustering", Machine Learning 42, 2001. Kept are
the middles of the groups and, where enough people of a group rated an item, how many and how
well; there is no row per person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self, cast

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommendations.engine.arrays import (
    AnyArray,
    BoolArray,
    CsrMatrix,
    Float32Array,
    FloatArray,
    IndexArray,
)
from recommendations.engine.interactions import Interactions
from recommendations.engine.learners import cluster

FEWEST_MEMBERS = 50
FEWEST_RATERS = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Opinion:
    """What a group thinks of an item: how many of it rated it, and their mean in stars."""

    n_people: int
    mean_stars: float


@dataclass(frozen=True, kw_only=True, eq=False)
class TasteGroups:
    """Groups of like taste, largest first: arrays only, fit for an artefact.

    `centroids` are unit vectors, shape (n_groups, factors); `sizes` has shape (n_groups,). The
    opinions of group g are those at `starts[g]` to `starts[g + 1]` of `items` (ascending),
    `counts` and `means` (stars).
    """

    centroids: Float32Array
    sizes: npt.NDArray[np.uint32]
    starts: IndexArray
    items: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint32]
    means: Float32Array

    @classmethod
    def learn(
        cls,
        user_vectors: Float32Array,
        interactions: Interactions,
        *,
        n_groups: int,
        seed: int,
        fewest_members: int = FEWEST_MEMBERS,
        fewest_raters: int = FEWEST_RATERS,
    ) -> Self:
        """Return at most `n_groups` groups of the people whose vectors these are.

        `user_vectors` has shape (n_users, factors), from any model that folds histories in; a
        vector of length 0 belongs nowhere. A group of fewer than `fewest_members` is given up and
        its people go to the nearest left; with too few people altogether there is no group. An
        opinion needs `fewest_raters` raters, and the raters of an item that no opinion shows are
        never fewer than that either, or the rest could be worked out from the item's own mean.
        """
        units = _unit_rows(user_vectors)
        is_placed = units.any(axis=1)
        centroids = _find_centroids(
            units[is_placed], n_groups=n_groups, seed=seed, fewest_members=fewest_members
        )
        members = np.full(len(units), -1, dtype=np.int64)
        if len(centroids):
            members[is_placed] = np.argmax(units[is_placed] @ centroids.T, axis=1)
        sizes = np.bincount(members[is_placed & (members >= 0)], minlength=len(centroids))
        counts, sums = _count_ratings(members, interactions, n_groups=len(centroids))
        is_shown = _shown(counts, _raters(interactions), fewest_raters=fewest_raters)
        kept = counts.data[is_shown]
        rows = np.repeat(np.arange(len(centroids)), np.diff(counts.indptr))[is_shown]
        lengths = np.bincount(rows, minlength=len(centroids))
        return cls(
            centroids=centroids,
            sizes=sizes.astype(np.uint32),
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            items=counts.indices[is_shown].astype(np.int32),
            counts=kept.astype(np.uint32),
            means=(sums.data[is_shown] / kept).astype(np.float32),
        )

    @classmethod
    def restore(cls, arrays: Mapping[str, AnyArray]) -> Self:
        """Return the groups of what `arrays` returned, without copying."""
        return cls(**{name: arrays[name] for name in cls.names()})  # type: ignore[arg-type]

    def arrays(self) -> dict[str, AnyArray]:
        """Return everything that was learned as plain arrays by name, for an artefact."""
        return {name: getattr(self, name) for name in self.names()}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the arrays."""
        return tuple(field.name for field in fields(cls))

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.centroids)

    def of(self, vector: FloatArray) -> int | None:
        """Return the group whose middle is nearest in direction, ties to the larger.

        It is None for a vector of length 0, an empty history's for instance, and without groups.
        """
        if not len(self) or not vector.any():
            return None
        return int(np.argmax(self.centroids.astype(np.float64) @ vector))

    def opinion(self, group: int, item_index: int) -> Opinion | None:
        """Return what a group thinks of an item, None where too few of it rated it."""
        start, stop = (int(place) for place in self.starts[group : group + 2])
        place = start + int(np.searchsorted(self.items[start:stop], item_index))
        if place == stop or self.items[place] != item_index:
            return None
        return Opinion(n_people=int(self.counts[place]), mean_stars=float(self.means[place]))


def _unit_rows(vectors: Float32Array) -> Float32Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.zeros_like(vectors, dtype=np.float32)
    np.divide(vectors, lengths, out=units, where=lengths > 0)
    return units


def _find_centroids(
    units: Float32Array, *, n_groups: int, seed: int, fewest_members: int
) -> Float32Array:
    """Return unit centroids, each nearest to at least `fewest_members`, largest group first."""
    n_wanted = min(n_groups, len(units) // fewest_members)
    if n_wanted < 1:
        return np.zeros((0, units.shape[1]), dtype=np.float32)
    # With more threads the sums of a cluster add up in another order each time. Only libraries
    # that are loaded can be limited, so the import comes first.
    k_means = cluster.KMeans
    with threadpool_limits(limits=1):
        clusters = k_means(n_clusters=n_wanted, n_init=1, random_state=seed).fit(units)
        centroids = _unit_rows(np.asarray(clusters.cluster_centers_, dtype=np.float32))
        likeness = units @ centroids.T
    kept = np.flatnonzero(centroids.any(axis=1))
    while True:
        sizes = np.bincount(np.argmax(likeness[:, kept], axis=1), minlength=len(kept))
        if len(kept) == 1 or sizes.min() >= fewest_members:
            return np.asarray(centroids[kept[np.argsort(-sizes, kind="stable")]])
        kept = np.delete(kept, np.argmin(sizes))


def _count_ratings(
    members: IndexArray, interactions: Interactions, *, n_groups: int
) -> tuple[CsrMatrix, CsrMatrix]:
    """Return how many of each group rated each item, and the sum of their stars."""
    users = np.flatnonzero(members >= 0)
    ones = np.ones(len(users), dtype=np.float32)
    belongs = sparse.csr_array(
        (ones, (members[users], users)), shape=(n_groups, interactions.n_users)
    )
    stars = interactions.user_items
    rated = sparse.csr_array(
        (np.ones_like(stars.data), stars.indices, stars.indptr), shape=stars.shape
    )
    counts, sums = (cast("CsrMatrix", belongs @ matrix) for matrix in (rated, stars))
    counts.sort_indices()
    sums.sort_indices()
    return counts, sums


def _raters(interactions: Interactions) -> IndexArray:
    counts = np.bincount(interactions.user_items.indices, minlength=interactions.n_items)
    return counts.astype(np.int64)


def _shown(counts: CsrMatrix, raters: IndexArray, *, fewest_raters: int) -> BoolArray:
    """Return which counts may be shown, shape (nnz,)."""
    is_shown = np.asarray(counts.data >= fewest_raters)
    shown = np.bincount(
        counts.indices[is_shown], weights=counts.data[is_shown], minlength=len(raters)
    )
    hidden = raters - shown
    is_told_by_rest = (hidden > 0) & (hidden < fewest_raters)
    places = np.flatnonzero(is_shown & is_told_by_rest[counts.indices])
    smallest_first = places[np.lexsort((counts.data[places], counts.indices[places]))]
    _, firsts = np.unique(counts.indices[smallest_first], return_index=True)
    is_shown[smallest_first[firsts]] = False
    return is_shown
