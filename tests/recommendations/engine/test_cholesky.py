"""Factors of large matrices are LAPACK's, and nobody else waits for them."""

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from recommendations.engine import cholesky
from recommendations.engine.arrays import Float32Array
from recommendations.engine.threads import blas_threads


@pytest.fixture
def matrix() -> Float32Array:
    """Return a positive definite matrix, its columns together."""
    return positive_definite(60)


def positive_definite(size: int) -> Float32Array:
    rows = np.random.default_rng(7).normal(size=(size, size)).astype(np.float32)
    return np.asfortranarray(rows @ rows.T + size * np.eye(size, dtype=np.float32))


def test_what_is_solved_is_the_solution(matrix: Float32Array) -> None:
    targets = np.random.default_rng(8).normal(size=(60, 9)).astype(np.float32)
    kept = targets.copy()
    solution = cholesky.solve(cholesky.factorise(matrix.copy(order="F")), targets)
    np.testing.assert_allclose(matrix @ solution, targets, atol=1e-4)
    np.testing.assert_array_equal(targets, kept)


def test_the_lower_triangle_of_the_inverse_is_left(matrix: Float32Array) -> None:
    half = np.tril(cholesky.invert(cholesky.factorise(matrix.copy(order="F"))))
    inverse = half + np.tril(half, -1).T
    np.testing.assert_allclose(inverse @ matrix, np.eye(60), atol=1e-4)


def test_a_matrix_that_is_not_positive_definite_is_refused(matrix: Float32Array) -> None:
    matrix[4, 4] = -1.0
    with pytest.raises(np.linalg.LinAlgError, match="at row 5"):
        cholesky.factorise(matrix)


@pytest.mark.parametrize(
    "misread",
    [
        pytest.param(lambda matrix: matrix.astype(np.float64), id="of long numbers"),
        pytest.param(np.ascontiguousarray, id="rows together"),
        pytest.param(lambda matrix: matrix[:, :5], id="not square"),
    ],
)
def test_what_would_be_misread_is_refused(
    matrix: Float32Array, misread: Callable[[Float32Array], Float32Array]
) -> None:
    with pytest.raises(ValueError, match="square float32 matrix"):
        cholesky.factorise(misread(matrix))


def test_targets_of_another_length_are_refused(matrix: Float32Array) -> None:
    factor = cholesky.factorise(matrix)
    with pytest.raises(ValueError, match="targets of 60 rows"):
        cholesky.solve(factor, np.zeros((59, 2), dtype=np.float32))


def test_other_threads_go_on_meanwhile() -> None:
    with blas_threads(1):
        assert any(longest_pause() < 0.2 for _ in range(10))  # a busy machine makes pauses too


def longest_pause() -> float:
    """Return the longest pause of a thread beside one that inverts, as a share of its time."""
    matrix, is_done = positive_definite(1000), threading.Event()
    moments = [time.perf_counter()]

    def invert() -> None:
        cholesky.invert(cholesky.factorise(matrix))
        is_done.set()

    thread = threading.Thread(target=invert)
    thread.start()
    while not is_done.is_set():
        moments.append(time.perf_counter())
    thread.join()
    return float(np.diff(moments).max() / (moments[-1] - moments[0]))
