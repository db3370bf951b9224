"""Products of stored float32 vectors in float64, or the parts of a score would not add up."""

import numpy as np
from numba import types

from recommendations.engine.arrays import Float32Array, FloatArray
from recommendations.engine.compiled import FLOATS, array_of, compiled
from recommendations.engine.increments.joined_rows import parts_of

_ROW_BLOCK = 1024  # rows of 64 factors in float64 stay in the processor's cache
_FEW = 4  # vectors that are sooner multiplied one by one than rows are converted


def multiply(item_vectors: Float32Array, vector: FloatArray) -> FloatArray:
    """Return item vectors (n_items, factors) times a vector, float64."""
    products = np.empty(len(item_vectors), dtype=np.float64)
    start, own = 0, np.ascontiguousarray(vector)
    for part in parts_of(item_vectors):
        block = slice(start, start + len(part))
        _multiply(np.ascontiguousarray(part), own, products[block])
        start = block.stop
    return products


def multiply_many(item_vectors: Float32Array, vectors: FloatArray) -> FloatArray:
    """Return `multiply` of each row of vectors (n, factors), one row each: (n, n_items)."""
    products = np.empty((len(vectors), len(item_vectors)), dtype=np.float64)
    if len(vectors) <= _FEW:
        for own, vector in zip(products, vectors, strict=True):
            own[:] = multiply(item_vectors, vector)
        return products
    for start in range(0, len(item_vectors), _ROW_BLOCK):
        block = slice(start, start + _ROW_BLOCK)
        products[:, block] = vectors @ item_vectors[block].astype(np.float64).T
    return products


@compiled(
    types.void(array_of(types.float32, ndim=2), FLOATS, array_of(types.float64, is_written=True)),
    in_any_order=True,
)
def _multiply(item_vectors: Float32Array, vector: FloatArray, products: FloatArray) -> None:
    for item in range(len(item_vectors)):
        total = 0.0
        for factor in range(len(vector)):
            total += item_vectors[item, factor] * vector[factor]
        products[item] = total


def cosines_with(item_vectors: Float32Array, item_index: int) -> FloatArray:
    """Return the cosine of each item's vector with that of one, 0 where one has no length."""
    own = item_vectors[item_index].astype(np.float64)
    squares = np.einsum("ik,ik->i", item_vectors, item_vectors).astype(np.float64)
    lengths = np.sqrt(squares * (own @ own))
    products = multiply(item_vectors, own)
    return divide(products, lengths)


def divide(numerators: FloatArray, denominators: FloatArray) -> FloatArray:
    """Return the quotients, 0 where a denominator is 0."""
    quotients = np.zeros_like(numerators)
    np.divide(numerators, denominators, out=quotients, where=denominators > 0)
    return quotients
