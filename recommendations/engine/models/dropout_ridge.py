"""Item-to-item regression that expects only a part of each history: the layers of `Ease`.

Steck, "Autoencoders that don't overfit towards the identity", NeurIPS 2020: ridge regression of
what people liked (Y) on what they rated (X, graded) with a share q of the input kept at random,
solved in closed form without letting an item predict itself. An intercept lets a short history
fall back on popularity. With Ω the weights of users and centred Gram matrices,

    A = q² XᵀΩX + diag(q(1−q) diag XᵀΩX + λq),  P = A⁻¹,  R = q XᵀΩY,
    B = PR − P diag(diag PR / diag P),  b = (cy − q Bᵀcx) / N,  score_j = b_j + Σ_i w(r_i) B_ij.

What is known of the items can join as further rows, a term as a person who "rated" the items it
describes (Jeunen, Van Balen and Goethals, "Closed-form models for collaborative filtering with
side-information", RecSys 2020): Gram matrices become XᵀΩX + SᵀS and XᵀΩY + SᵀS, means stay.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy import sparse

from recommendations.engine import cholesky
from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray
from recommendations.engine.models.gram_blocks import blocks, weighted_grams
from recommendations.engine.models.samples import MANY_RATINGS
from recommendations.engine.recording import is_recording, record

_USER_BLOCK = 2048
_COLUMN_BLOCK = 1024
_DENSE_ABOVE = 0.01


@dataclass(frozen=True, kw_only=True, eq=False)
class Regression:
    """What is solved: inputs and targets (users × items), a weight per user, q and λ.

    `side` holds what is known of the items, weighted, shape (n_terms, n_items); None for nothing.
    """

    inputs: CsrMatrix
    targets: CsrMatrix
    user_weights: FloatArray
    keep: float
    ridge: float
    side: CsrMatrix | None = None

    @property
    def n_rows(self) -> int:
        """Return the number of users and terms."""
        return self.inputs.shape[0] + (0 if self.side is None else self.side.shape[0])

    @property
    def total(self) -> float:
        """Return the sum of the user weights, N."""
        return float(self.user_weights.sum())

    @property
    def input_sums(self) -> FloatArray:
        """Return the weighted column sums of the inputs, cx, shape (n_items,)."""
        return cast("FloatArray", self.inputs.T @ self.user_weights)

    @property
    def target_sums(self) -> FloatArray:
        """Return the weighted column sums of the targets, cy, shape (n_items,)."""
        return cast("FloatArray", self.targets.T @ self.user_weights)

    @property
    def diagonal(self) -> Float32Array:
        """Return what stands on the diagonal of A besides the Gram matrix, shape (n_items,)."""
        squares = np.asarray(self.inputs.power(2).T @ self.user_weights)
        if self.side is not None:
            squares = squares + np.asarray(self.side.power(2).sum(axis=0))
        kept = self.keep * (1.0 - self.keep) * squares + self.ridge * self.keep
        return np.asarray(kept, dtype=np.float32)


def solve(problem: Regression, *, neighbours: int | None) -> CsrMatrix | Float32Array:
    """Return B, shape (n_items, n_items), solved on the smaller side.

    With `neighbours`, only that many strongest entries of each column are kept and B is CSR.
    """
    n_items = problem.inputs.shape[1]
    if problem.n_rows < n_items:
        return keep_strongest(_DualColumns(problem).block, n_items, neighbours=neighbours)
    return solve_grams(problem, *_gram_matrices(problem), neighbours=neighbours)


def solve_grams(
    problem: Regression, gram: Float32Array, cross: Float32Array, *, neighbours: int | None
) -> CsrMatrix | Float32Array:
    """Return B of a problem whose XᵀΩX and XᵀΩY are known; both matrices are overwritten."""
    _record(problem, gram, cross)
    columns = _PrimalColumns(problem, gram, cross)
    return keep_strongest(columns.block, len(gram), neighbours=neighbours)


def _record(problem: Regression, gram: Float32Array, cross: Float32Array) -> None:
    if is_recording():
        record("gram", gram)
        record("cross", cross)
        record("input_sums", problem.input_sums)
        record("target_sums", problem.target_sums)
        record("total", np.array([problem.total]))
        record("diagonal", problem.diagonal)


def keep_strongest(
    block: Callable[[int, int], Float32Array], n_items: int, *, neighbours: int | None
) -> CsrMatrix | Float32Array:
    """Return all columns of B, which `block` gives from one number up to another."""
    if neighbours is None or neighbours >= n_items:
        return block(0, n_items)
    pieces = [
        strongest(block(start, min(start + _COLUMN_BLOCK, n_items)), neighbours)
        for start in range(0, n_items, _COLUMN_BLOCK)
    ]
    return cast("CsrMatrix", sparse.csr_array(sparse.hstack(pieces, format="csr")))


def intercepts(problem: Regression, weights: CsrMatrix | Float32Array) -> FloatArray:
    """Return b, shape (n_items,): the scores of an empty history."""
    explained = weights.T @ problem.input_sums
    return np.asarray((problem.target_sums - problem.keep * explained) / problem.total)


class _PrimalColumns:
    """B by the inverse of an items × items matrix."""

    def __init__(self, problem: Regression, gram: Float32Array, cross: Float32Array) -> None:
        keep, means = problem.keep, problem.input_sums / problem.total
        for rows in blocks(len(gram)):
            gram[rows] -= np.outer(problem.input_sums[rows], means).astype(np.float32)
            cross[rows] -= np.outer(means[rows], problem.target_sums).astype(np.float32)
        if problem.side is not None:
            by_item = sparse.csr_array(problem.side.T)
            for rows in blocks(len(gram)):  # two items often share a term
                shared = _dense(by_item[rows] @ problem.side)
                gram[rows] += shared
                cross[rows] += shared
        gram *= keep * keep
        gram[np.diag_indices_from(gram)] += problem.diagonal
        inverse = inverse_of(gram)
        cross *= np.float32(keep)
        self._weights = inverse @ cross
        record("inverse", inverse)
        record("product", self._weights)
        shares = np.diag(self._weights) / np.diag(inverse)
        for rows in blocks(len(gram)):
            self._weights[rows] -= inverse[rows] * shares
        np.fill_diagonal(self._weights, 0.0)

    def block(self, start: int, stop: int) -> Float32Array:
        """Return columns `start` to `stop` of B."""
        return self._weights[:, start:stop]


class _DualColumns:
    """B by Woodbury's identity: the inverse of a users × users matrix.

    With Z the weighted, centred inputs, K = Z D⁻¹ and S = (I + q² K Zᵀ)⁻¹ it is
    P = D⁻¹ − q² KᵀSK and PZᵀ = KᵀS, so B = KᵀS (q Zy + q² K diag(d)) off the diagonal.
    """

    def __init__(self, problem: Regression) -> None:
        keep = np.float32(problem.keep)
        centred = _centred(problem, problem.inputs, problem.input_sums)
        targets = _centred(problem, problem.targets, problem.target_sums)
        if problem.side is not None:
            side = _dense(problem.side)
            centred, targets = np.concatenate([centred, side]), np.concatenate([targets, side])
        scaled = centred / problem.diagonal
        small = np.asarray(keep * keep * (scaled @ centred.T), dtype=np.float32)
        small[np.diag_indices_from(small)] += np.float32(1)
        self._left = np.ascontiguousarray((inverse_of(small) @ scaled).T)
        inverse_diagonal = 1 / problem.diagonal - keep * keep * np.einsum(
            "iu,ui->i", self._left, scaled
        )
        product_diagonal = keep * np.einsum("iu,ui->i", self._left, targets)
        self._right = keep * targets + keep * keep * scaled * (product_diagonal / inverse_diagonal)

    def block(self, start: int, stop: int) -> Float32Array:
        """Return columns `start` to `stop` of B."""
        weights = self._left @ self._right[:, start:stop]
        weights[np.arange(start, stop), np.arange(stop - start)] = 0.0
        return cast("Float32Array", weights)


def _gram_matrices(problem: Regression) -> tuple[Float32Array, Float32Array]:
    """Return XᵀΩX and XᵀΩY, dense float32, uncentred."""
    n_users, n_items = problem.inputs.shape
    if problem.inputs.nnz > MANY_RATINGS:
        return weighted_grams(problem.inputs, problem.targets, user_weights=problem.user_weights)
    if problem.inputs.nnz < _DENSE_ABOVE * n_users * n_items:
        scale = sparse.diags_array(problem.user_weights.astype(np.float32))
        weighted = sparse.csr_array(problem.inputs.T @ scale)
        return _dense(weighted @ problem.inputs), _dense(weighted @ problem.targets)
    gram = np.zeros((n_items, n_items), dtype=np.float32)
    cross = np.zeros_like(gram)
    roots = np.sqrt(problem.user_weights).astype(np.float32)[:, np.newaxis]
    for start in range(0, n_users, _USER_BLOCK):
        block = slice(start, start + _USER_BLOCK)
        inputs = problem.inputs[block].toarray() * roots[block]
        gram += inputs.T @ inputs
        cross += inputs.T @ (problem.targets[block].toarray() * roots[block])
    return gram, cross


def _dense(matrix: CsrMatrix) -> Float32Array:
    return np.asarray(matrix.toarray(), dtype=np.float32)


def _centred(problem: Regression, matrix: CsrMatrix, sums: FloatArray) -> Float32Array:
    """Return Ω^½ (matrix − its weighted mean), dense float32, shape (n_users, n_items)."""
    means = (sums / problem.total).astype(np.float32)
    roots = np.sqrt(problem.user_weights).astype(np.float32)
    centred: Float32Array = (matrix.toarray() - means) * roots[:, np.newaxis]
    return centred


def inverse_of(matrix: Float32Array) -> Float32Array:
    """Return the inverse of a symmetric positive definite matrix, which is overwritten."""
    inverse = cholesky.invert(cholesky.factorise(matrix.T)).T
    for rows in blocks(len(inverse)):  # its upper triangle is right
        inverse[rows, : rows.start] = inverse[: rows.start, rows].T
        corner = inverse[rows, rows]
        inverse[rows, rows] = np.triu(corner) + np.triu(corner, 1).T
    return inverse


def strongest(columns: Float32Array, neighbours: int) -> CsrMatrix:
    """Return the columns with only their `neighbours` largest entries by absolute value."""
    n_items, n_columns = columns.shape
    strength = np.abs(columns.T)
    rows = np.argpartition(strength, n_items - neighbours, axis=1)[:, n_items - neighbours :]
    values = np.take_along_axis(columns.T, rows, axis=1)
    places = np.repeat(np.arange(n_columns), neighbours)
    entries = (values.ravel(), (rows.ravel(), places))
    return cast("CsrMatrix", sparse.coo_array(entries, shape=columns.shape).tocsr())
