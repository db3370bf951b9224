"""Cholesky factors of large matrices, worked out while other threads run.

The routines are LAPACK's as scipy links it; its own wrappers hold the interpreter's lock for the
seconds that thousands of rows take. Factors and right-hand sides have their columns together.
"""

from ctypes import CFUNCTYPE, byref, c_char_p, c_int, c_void_p
from typing import Any

import numpy as np
from numba.extending import get_cython_function_address

from recommendations.engine.arrays import Float32Array

_LOWER = b"L"


def factorise(matrix: Float32Array) -> Float32Array:
    """Return the factor L of a symmetric positive definite matrix in its own lower triangle.

    The matrix, shape (n, n), columns together, is overwritten; its upper triangle is not looked
    at and stays. Raises `numpy.linalg.LinAlgError` if it is not positive definite.
    """
    failed_at = _call(_spotrf, matrix)
    if failed_at:
        raise np.linalg.LinAlgError(f"matrix is not positive definite at row {failed_at}")
    return matrix


def solve(factor: Float32Array, targets: Float32Array) -> Float32Array:
    """Return X of LLᵀX = targets, shape (n, k), columns together."""
    _check(factor)
    solution = np.array(targets, dtype=np.float32, order="F")
    if len(solution) != len(factor):
        raise ValueError(f"targets of {len(factor)} rows are needed, not of {len(solution)}")
    size, n_targets, info = c_int(len(factor)), c_int(solution.shape[1]), c_int()
    _spotrs(
        _LOWER,
        byref(size),
        byref(n_targets),
        factor.ctypes.data,
        byref(size),
        solution.ctypes.data,
        byref(size),
        byref(info),
    )
    return solution


def invert(factor: Float32Array) -> Float32Array:
    """Return the lower triangle of the inverse of LLᵀ in the place of the factor."""
    _call(_spotri, factor)
    return factor


def _call(routine: Any, matrix: Float32Array) -> int:
    """Call a routine that writes into a square matrix, and return what it reports."""
    _check(matrix)
    size, info = c_int(len(matrix)), c_int()
    routine(_LOWER, byref(size), matrix.ctypes.data, byref(size), byref(info))
    return info.value


def _check(matrix: Float32Array) -> None:
    """Raise `ValueError` for what LAPACK would misread."""
    size = len(matrix)
    if matrix.dtype != np.float32 or matrix.shape != (size, size) or not matrix.flags.f_contiguous:
        raise ValueError(
            "a square float32 matrix with its columns together is needed, "
            f"not {matrix.dtype} of shape {matrix.shape}"
        )


def _routine(name: str, *kinds: type) -> Any:
    address = get_cython_function_address("scipy.linalg.cython_lapack", name)
    return CFUNCTYPE(None, *kinds)(address)


_MATRIX = c_void_p, c_void_p  # where it begins, and how long its columns are
_spotrf = _routine("spotrf", c_char_p, c_void_p, *_MATRIX, c_void_p)
_spotri = _routine("spotri", c_char_p, c_void_p, *_MATRIX, c_void_p)
_spotrs = _routine("spotrs", c_char_p, c_void_p, c_void_p, *_MATRIX, *_MATRIX, c_void_p)
