import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.models.row_sums import (
    sum_rows,
    sum_rows_of_many,
    take_block,
)
from recommendations.engine.models.sparse_rows import with_short_indices

N_ROWS = 90
FORMS = (np.asarray, sparse.csr_array, lambda dense: with_short_indices(sparse.csr_array(dense)))


def weights(*, n_columns=300):
    return np.random.default_rng(4).standard_normal((N_ROWS, n_columns)).astype(np.float32)


def entries(length):
    rng = np.random.default_rng(length)
    return rng.random(length), rng.integers(N_ROWS, size=length)


def add_up(matrix, given):
    inputs, rows = given
    return sum(
        (value * matrix[row].astype(float) for value, row in zip(inputs, rows, strict=True)),
        start=np.zeros(matrix.shape[1]),
    )


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 80])
@pytest.mark.parametrize("form", FORMS, ids=["dense", "sparse", "short indices"])
def test_weighted_rows_are_added_up(length, form):
    expected = add_up(weights(), entries(length))
    assert np.allclose(sum_rows(form(weights()), entries(length)), expected, atol=1e-5)


@pytest.mark.parametrize("form", FORMS, ids=["dense", "sparse", "short indices"])
def test_many_histories_are_added_up_each_for_itself(form):
    lengths = [0, 33, 1, 0, 64, 80]
    expected = [add_up(weights(), entries(length)) for length in lengths]
    sums = sum_rows_of_many(form(weights()), [entries(length) for length in lengths])
    assert np.allclose(sums, expected, atol=1e-5)


def test_no_histories_have_no_sums():
    assert sum_rows_of_many(weights(), []).shape == (0, 300)


def test_more_histories_than_a_block_holds_are_added_up():
    many = [entries(length % 3) for length in range(1030)]
    sums = sum_rows_of_many(weights(n_columns=5), many)
    assert np.allclose(sums[1029], add_up(weights(n_columns=5), many[1029]), atol=1e-5)


@pytest.mark.parametrize("columns", [[], [7], [200, 3, 90, 3], list(range(300))])
def test_cells_where_rows_and_columns_cross_are_taken(columns):
    dense, rows = weights(), np.array([5, 0, 88, 5])
    dense[dense < 0.5] = 0.0
    columns = np.array(columns, dtype=np.int64)
    for form in FORMS:
        assert np.array_equal(take_block(form(dense), rows, columns), dense[rows][:, columns])
        assert take_block(form(dense), rows[:0], columns).shape == (0, len(columns))
