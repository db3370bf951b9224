"""Ridge regression of the next item on the items before it, weighted by how long ago they came.

Item t of a history is a row: its target is the item itself, its input Σ_m κ(m) v e_i over the
entries m places before it. The rows are never written down. Two entries d places apart, the later
one with M rows after it, meet in the Gram matrix with Σ_{m≤M} κ(m+d) κ(m), which depends on d
and M alone; so the matrices are sums over pairs of entries near each other.

Several kernels κ are fitted in turn, each on what those before it leave unexplained.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import count

import numpy as np

from recommendations.engine import cholesky
from recommendations.engine.arrays import BoolArray, Float32Array, FloatArray, IndexArray
from recommendations.engine.recording import part, record

_ENTRY_BLOCK = 1 << 20
_ROW_BLOCK = 1024


@dataclass(frozen=True, kw_only=True, eq=False)
class Trail:
    """What people did, in order of user, then of place: arrays of shape (n_entries,).

    `places` is the number of the user's ratings up to the entry, itself included, less one;
    `rows_after` the number of their ratings behind it. `inputs` is what the entry weighs. Ratings
    are targets, events are not. Of pairs of entries only those whose later one `is_counted` add up.
    """

    users: IndexArray
    places: IndexArray
    rows_after: IndexArray
    items: IndexArray
    inputs: Float32Array
    is_target: BoolArray
    is_counted: BoolArray

    def blocks(self) -> Iterator["Trail"]:
        """Yield pieces of about a million entries, people kept whole."""
        start = 0
        while start < len(self.users):
            end = min(start + _ENTRY_BLOCK, len(self.users)) - 1
            stop = int(np.searchsorted(self.users, self.users[end], side="right"))
            yield Trail(
                **{each.name: getattr(self, each.name)[start:stop] for each in fields(self)}
            )
            start = stop

    def pairs(self, reach: int) -> Iterator[tuple[IndexArray, IndexArray, IndexArray]]:
        """Yield pairs of different entries of a user, at most `reach` places apart, each once.

        The positions of the earlier and of the later one, and how many places lie between.
        """
        are_all_counted = bool(self.is_counted.all())
        ends = np.searchsorted(self.users, self.users, side="right")
        earlier = np.arange(len(self.users))
        for offset in count(1):
            earlier = earlier[earlier + offset < ends[earlier]]
            later = earlier + offset
            distances = self.places[later] - self.places[earlier]
            is_near = distances <= reach
            if not is_near.all():
                earlier, later, distances = earlier[is_near], later[is_near], distances[is_near]
            if not len(earlier):
                return
            if are_all_counted:
                yield earlier, later, distances
                continue
            chosen = np.flatnonzero(self.is_counted[later])
            if len(chosen):
                yield earlier[chosen], later[chosen], distances[chosen]


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """The trail of `n_rows` ratings over `n_items` items.

    A kernel is an array of shape (window,): the weight of an entry 1, 2, … places ago.
    """

    trail: Trail
    n_items: int
    n_rows: int

    @property
    def target_means(self) -> FloatArray:
        """Return how often each item is the next one, shape (n_items,)."""
        targets = self.trail.items[self.trail.is_target]
        return np.bincount(targets, minlength=self.n_items) / self.n_rows

    def input_means(self, kernel: Float32Array) -> FloatArray:
        """Return the mean input of each item, shape (n_items,)."""
        sums = np.concatenate([[0.0], np.cumsum(kernel, dtype=np.float64)])
        reached = sums[np.minimum(self.trail.rows_after, len(kernel))]
        weights = reached * self.trail.inputs
        return np.bincount(self.trail.items, weights, minlength=self.n_items) / self.n_rows

    def successions(self, kernel: Float32Array) -> Float32Array:
        """Return inputs × targets summed over the rows: (n_items, n_items), uncentred."""
        total = np.zeros((self.n_items, self.n_items), dtype=np.float32)
        self.add_successions(total, kernel)
        return total

    def add_successions(self, total: Float32Array, kernel: Float32Array, *, sign: int = 1) -> None:
        """Add the successions times `sign`."""
        kernel = kernel * np.float32(sign)
        for trail in self.trail.blocks():
            for earlier, later, distances in trail.pairs(len(kernel)):
                is_row = (distances > 0) & trail.is_target[later]
                inputs, targets = earlier[is_row], later[is_row]
                values = kernel[distances[is_row] - 1] * trail.inputs[inputs]
                _add(total, trail.items[inputs], trail.items[targets], values)

    def lifts(self, kernel: Float32Array, *, smoothing: float) -> Float32Array:
        """Return log (C + s) / (E + s): successions C, their expectation E, smoothing s.

        What is expected is that an item follows all items in proportion.
        """
        lifts = self.successions(kernel)
        before, after = lifts.sum(axis=1), lifts.sum(axis=0)
        after /= after.sum() or np.float32(1)
        smooth = np.float32(smoothing)
        for start in range(0, self.n_items, _ROW_BLOCK):
            rows = slice(start, start + _ROW_BLOCK)
            expected = np.outer(before[rows], after)
            lifts[rows] = np.log((lifts[rows] + smooth) / (expected + smooth))
        return lifts

    def cross(self, kernel: Float32Array) -> Float32Array:
        """Return the successions, centred."""
        total = self.successions(kernel)
        record("successions", total)
        self._centre(total, self.input_means(kernel), self.target_means)
        return total

    def gram(self, kernel: Float32Array, other: Float32Array) -> Float32Array:
        """Return inputs × inputs of another kernel, summed over the rows and centred."""
        total = self.products(kernel, other)
        record("products", total)
        self._centre(total, self.input_means(kernel), self.input_means(other))
        return total

    def products(self, kernel: Float32Array, other: Float32Array) -> Float32Array:
        """Return the same uncentred."""
        total = np.zeros((self.n_items, self.n_items), dtype=np.float32)
        self._add_pairs(total, kernel, other, is_mirrored=kernel is not other)
        if kernel is other:
            total += total.T
        self._add_squares(total, kernel, other)
        return total

    def add_products(
        self, total: Float32Array, kernel: Float32Array, other: Float32Array, *, sign: int = 1
    ) -> None:
        """Add the products times `sign`; rounded in another order than those of `products`."""
        self._add_pairs(total, kernel, other, is_mirrored=True, sign=sign)
        self._add_squares(total, kernel, other, sign=sign)

    def _add_pairs(
        self,
        total: Float32Array,
        kernel: Float32Array,
        other: Float32Array,
        *,
        is_mirrored: bool,
        sign: int = 1,
    ) -> None:
        """Add what different entries have in common, to one triangle unless `is_mirrored`."""
        forward, backward = _overlaps(kernel, other), _overlaps(other, kernel)
        for trail in self.trail.blocks():
            signed = trail.inputs * np.float32(sign)
            for earlier, later, distances in trail.pairs(max(len(kernel), len(other)) - 1):
                rows = np.minimum(trail.rows_after[later], forward.shape[1] - 1)
                values = signed[earlier] * trail.inputs[later]
                first, second = trail.items[earlier], trail.items[later]
                if distances.min() < len(kernel):
                    _add(total, first, second, values * forward[distances, rows])
                if is_mirrored and distances.min() < len(other):
                    _add(total, second, first, values * backward[distances, rows])

    def _add_squares(
        self, total: Float32Array, kernel: Float32Array, other: Float32Array, *, sign: int = 1
    ) -> None:
        """Add what each entry has in common with itself."""
        reached = _overlaps(kernel, other)[0]
        rows = np.minimum(self.trail.rows_after, len(reached) - 1)
        weights = reached[rows] * self.trail.inputs**2
        squares = np.bincount(self.trail.items, weights, minlength=self.n_items)
        total[np.diag_indices_from(total)] += np.float32(sign) * squares.astype(np.float32)

    def _centre(self, total: Float32Array, left: FloatArray, right: FloatArray) -> None:
        scaled, means = (left * self.n_rows).astype(np.float32), right.astype(np.float32)
        for start in range(0, self.n_items, _ROW_BLOCK):
            rows = slice(start, start + _ROW_BLOCK)
            total[rows] -= np.outer(scaled[rows], means)


def solve_in_turn(
    problem: Problem, *, kernels: Sequence[Float32Array], ridges: Sequence[float]
) -> list[Float32Array]:
    """Return the weights of each kernel, shape (n_items, n_items) each.

    Holds one matrix more than there are kernels, besides those of the solution.
    """
    layers: list[Float32Array] = []
    for place, (kernel, ridge) in enumerate(zip(kernels, ridges, strict=True)):
        with part(f"{place}"):
            unexplained = problem.cross(kernel)
        for place_before, (earlier, weights) in enumerate(zip(kernels, layers, strict=False)):
            with part(f"{place}-{place_before}"):
                shared = problem.gram(kernel, earlier)
            for start in range(0, len(shared), _ROW_BLOCK):
                rows = slice(start, start + _ROW_BLOCK)
                unexplained[rows] -= shared[rows] @ weights
            del shared
        with part(f"{place}-{place}"):
            gram = problem.gram(kernel, kernel)
        gram[np.diag_indices_from(gram)] += np.float32(ridge)
        # The matrix is symmetric, so its transpose is as good and has its columns together.
        factor = cholesky.factorise(gram.T)
        layers.append(cholesky.solve(factor, unexplained))
        del gram, factor
    return layers


def _overlaps(kernel: Float32Array, other: Float32Array) -> Float32Array:
    """Return Σ_{m≤M} κ(m+d) κ'(m) for d and M, shape (window, window + 1)."""
    window = max(len(kernel), len(other))
    longer, shorter = np.zeros(window), np.zeros(window)
    longer[: len(kernel)], shorter[: len(other)] = kernel, other
    sums = np.zeros((window, window + 1))
    for distance in range(window):
        products = longer[distance:] * shorter[: window - distance]
        sums[distance, 1 : len(products) + 1] = np.cumsum(products)
        sums[distance, len(products) + 1 :] = products.sum()
    return sums.astype(np.float32)


def _add(total: Float32Array, rows: IndexArray, columns: IndexArray, values: Float32Array) -> None:
    """Add each value to its cell; a cell may come up many times."""
    np.add.at(total.reshape(-1), rows * total.shape[1] + columns, values)
