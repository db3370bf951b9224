"""The best scores of a large catalogue without scoring all of it.

For nearly everybody the best five hundred of 87,000 items are among the ten thousand most rated.
These are scored; of every other item it is worked out what it could reach at the most, by the
Cauchy-Schwarz inequality for products of vectors, and only those that could be among the best are
scored as well. Mean and deviation over all items come from second moments of the item vectors.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommendations.engine.arrays import Float32Array, FloatArray, IndexArray
from recommendations.engine.models.products import divide, multiply_many
from recommendations.engine.ranking.top import kth_best
from recommendations.engine.score_sums import ProductScores, SharedSpread, unless_flat

_BLOCK = 2048
_ROUNDING = 1e-5


@dataclass(frozen=True, kw_only=True, eq=False)
class NearScores:
    """Scores of some items, in any order, and the deviation of all of each history's.

    Shapes are (n_near,), (n_histories, n_near) and (n_histories,). `least`, (n_histories,), is
    what at least as many have as are near the best of a history.
    """

    items: IndexArray
    scores: FloatArray
    deviations: FloatArray
    least: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Vectors:
    """Item vectors that score by products, and by what their scores are multiplied.

    `active` are copies of those of the active items: rows gathered anew would take longer than
    all that is done with them for one history.
    """

    vectors: Float32Array
    groups: tuple[slice, ...]
    emphasis: FloatArray
    means: FloatArray
    covariance: FloatArray
    active: Float32Array

    @classmethod
    def of(cls, scores: ProductScores, *, emphasis: FloatArray | None, active: IndexArray) -> Self:
        """Read the moments of the vectors, once for all histories."""
        vectors = scores.vectors
        n_items, size = vectors.shape
        sums, covariance = np.zeros(size), np.zeros((size, size))
        for block in _blocks(np.arange(n_items)):
            sums += vectors[block].sum(axis=0, dtype=np.float64)
        means = sums / n_items
        for block in _blocks(np.arange(n_items)):
            rest = vectors[block].astype(np.float64) - means
            covariance += rest.T @ rest
        return cls(
            vectors=vectors,
            groups=scores.groups,
            emphasis=np.ones(n_items) if emphasis is None else emphasis,
            means=means,
            covariance=covariance / n_items,
            active=np.ascontiguousarray(vectors[active]),
        )

    def factors(self, people: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return weight / deviation, 0 where that is, and the mean of each history's scores."""
        means = people @ self.means
        variances = np.einsum("pi,pi->p", people @ self.covariance, people)
        deviations = unless_flat(np.sqrt(np.maximum(variances, 0)), means)
        return divide(weights, deviations), means

    def features(self, items: IndexArray) -> FloatArray:
        """Return vectors and a 1 for each item, both times the emphasis, shape (k, d + 1)."""
        plain = self.vectors[items].astype(np.float64)
        with_one = np.concatenate([plain, np.ones((len(items), 1))], axis=1)
        return np.asarray(with_one * self.emphasis[items, np.newaxis])

    def score(
        self, vectors: Float32Array, items: IndexArray, coefficients: FloatArray
    ) -> FloatArray:
        """Return what coefficients make of items with these vectors, shape (n_histories, k)."""
        scores = multiply_many(vectors, coefficients[:, :-1])
        scores += coefficients[:, -1:]
        scores *= self.emphasis[items]
        return scores

    def reach(self, rows: FloatArray) -> FloatArray:
        """Return by what products of these rows are bounded: length or value, by group.

        They are features of items or coefficients of histories, shape (n, d + 1) either way: the
        product of one and another is at most that of their reaches.
        """
        columns = [
            rows[:, group] if _width(group) == 1 else _lengths(rows[:, group])
            for group in self.groups
        ]
        return np.concatenate([*columns, rows[:, -1:]], axis=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Outline:
    """What a stack says of all items whoever they are for, and what follows for its sums.

    `active` are the items about which models have something of their own to say; `shared`, shape
    (n_shared, n_items), begins with a row of ones; `spreads` tells what each spreads. `gram`
    holds the products of all features over the other items, the `tail`. What bounds their scores
    is kept as the `nearest` value of each column, (n,), and how far above it each item is:
    `reach`, (n_tail, n). `farthest` is the largest absolute value in each column.
    """

    active: IndexArray
    tail: IndexArray
    names: tuple[str, ...]
    shared: FloatArray
    shared_by_active: FloatArray
    spreads: Mapping[str, SharedSpread]
    vectors: Mapping[str, Vectors]
    gram: FloatArray
    reach: Float32Array
    nearest: FloatArray
    farthest: FloatArray

    @classmethod
    def of(
        cls,
        *,
        active: IndexArray,
        shared: Mapping[str, FloatArray],
        spreads: Mapping[str, SharedSpread],
        vectors: Mapping[str, Vectors],
        n_items: int,
    ) -> Self:
        """Go through the tail once."""
        is_tail = np.ones(n_items, dtype=np.bool_)
        is_tail[active] = False
        tail = np.flatnonzero(is_tail).astype(np.int64)
        stacked = np.stack([np.ones(n_items), *shared.values()])
        gram, reach = 0.0, []
        for block in _blocks(tail):
            parts = [each.features(block) for each in vectors.values()]
            features = np.concatenate([stacked[:, block].T, *parts], axis=1)
            gram = gram + features.T @ features
            bounds = [each.reach(part) for each, part in zip(vectors.values(), parts, strict=True)]
            reach.append(np.concatenate([stacked[:, block].T, *bounds], axis=1))
        reaches = np.concatenate(reach)
        nearest = reaches.min(axis=0)
        return cls(
            active=active,
            tail=tail,
            names=tuple(shared),
            shared=stacked,
            shared_by_active=np.ascontiguousarray(stacked[:, active]),
            spreads=spreads,
            vectors=vectors,
            gram=np.asarray(gram),
            reach=(reaches - nearest).astype(np.float32),
            nearest=nearest,
            farthest=np.abs(reaches).max(axis=0, initial=0.0),
        )

    def near(
        self,
        *,
        of_shared: FloatArray,
        of_vectors: Mapping[str, FloatArray],
        on_active: FloatArray,
        numbers: IndexArray,
    ) -> NearScores | None:
        """Return the scores of at least the best `numbers` of each history.

        `of_shared`, (n_histories, n_shared), and `of_vectors`, (n_histories, d + 1) by name, are
        the coefficients; `on_active` is added to the active items. Returns None where fewer than
        that are active.
        """
        if numbers.max(initial=1) > len(self.active):
            return None
        active = on_active
        active += of_shared @ self.shared_by_active
        for name, each in self.vectors.items():
            active += each.score(each.active, self.active, of_vectors[name])
        least = np.array(
            [
                kth_best(scores, number)
                for scores, number in zip(active, numbers.tolist(), strict=True)
            ]
        )
        far = self._survivors(least, of_shared, of_vectors)
        others = of_shared @ self.shared[:, far]
        for name, each in self.vectors.items():
            others += each.score(each.vectors[far], far, of_vectors[name])
        coefficients = np.concatenate(
            [of_shared, *(of_vectors[name] for name in self.vectors)], axis=1
        )
        return NearScores(
            items=np.concatenate([self.active, far]),
            scores=np.concatenate([active, others], axis=1),
            deviations=self._deviations(active, coefficients),
            least=least,
        )

    def _survivors(
        self,
        least: FloatArray,
        of_shared: FloatArray,
        of_vectors: Mapping[str, FloatArray],
    ) -> IndexArray:
        """Return the items of the tail that may score the least, or more, for some history."""
        bounds = [each.reach(of_vectors[name]) for name, each in self.vectors.items()]
        coefficients = np.concatenate([of_shared, *bounds], axis=1)
        # What rounding to float32 may take off is far below what the largest terms add up to.
        off = _ROUNDING * (1 + np.abs(least) + np.abs(coefficients) @ self.farthest)
        low = (least - off - coefficients @ self.nearest).astype(np.float32)
        short = coefficients.astype(np.float32)
        # No reach is below 0, so nobody gets farther than all of them would together.
        likely = np.flatnonzero(self.reach @ short.max(axis=0) >= low.min())
        may_reach = (self.reach[likely] @ short.T >= low).any(axis=1)
        return np.asarray(self.tail[likely[may_reach]])

    def _deviations(self, active: FloatArray, coefficients: FloatArray) -> FloatArray:
        n_items = len(self.active) + len(self.tail)
        means = (active.sum(axis=1) + coefficients @ self.gram[0]) / n_items
        squares = np.einsum("pi,pi->p", active, active)
        squares += np.einsum("pi,pi->p", coefficients @ self.gram, coefficients)
        return np.asarray(np.sqrt(np.maximum(squares / n_items - means**2, 0)))


def _blocks(items: IndexArray) -> Iterator[IndexArray]:
    return (items[start : start + _BLOCK] for start in range(0, len(items), _BLOCK))


def _width(group: slice) -> int:
    return int(group.stop - group.start)


def _lengths(rows: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, np.newaxis])
