"""Symmetric matrices by the entries of their upper triangle: half the memory and the work."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from recommendations.engine.arrays import Float32Array, IndexArray

Real = TypeVar("Real", np.float32, np.float64)


@dataclass(frozen=True, eq=False)
class Pairing:
    """Where each packed entry stands in the full matrix, and how often (1 or 2 times)."""

    rows: IndexArray
    columns: IndexArray
    counts: Float32Array
    places: IndexArray


@lru_cache(maxsize=32)
def pairing(size: int) -> Pairing:
    """Return the order of the packed entries of (size, size): (0, 0), (0, 1), …"""
    rows, columns = np.triu_indices(size)
    places = np.empty((size, size), dtype=np.int64)
    places[rows, columns] = places[columns, rows] = np.arange(len(rows))
    counts = np.where(rows == columns, 1, 2).astype(np.float32)
    return Pairing(rows, columns, counts, places)


def size_of(packed_length: int) -> int:
    """Return the size of a matrix of so many packed entries."""
    return int((np.sqrt(8 * packed_length + 1) - 1) / 2 + 0.5)


def pack_outer(vectors: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """Return v·vᵀ of every row, packed: shape (n, size·(size+1)/2)."""
    pairs = pairing(vectors.shape[1])
    return vectors[:, pairs.rows] * vectors[:, pairs.columns]


def unpack(packed: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """Return full matrices, shape (n, size, size), of packed ones of shape (n, length)."""
    return packed[:, pairing(size_of(packed.shape[1])).places]
