import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.models.row_sums import take_block
from recommendations.engine.models.weight_columns import WeightColumns, columns_of, turned


def weights(n_rows=40, n_columns=30, *, density=0.3):
    made = sparse.random_array((n_rows, n_columns), density=density, rng=5, dtype=np.float32)
    return sparse.csr_array(made)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [([3, 39, 3, 0], [29, 0, 7, 7]), ([], [1, 2]), ([5], []), (range(40), range(30))],
)
def test_cells_are_those_of_the_whole_matrix(rows, columns):
    rows, columns = np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
    found = WeightColumns.of(weights()).take(rows, columns)
    assert np.array_equal(found, weights().toarray()[np.ix_(rows, columns)])


def test_weights_without_any_have_cells_of_zero():
    found = WeightColumns.of(weights(density=0.0)).take(np.array([1, 2]), np.array([0]))
    assert found.tolist() == [[0.0], [0.0]]


def test_more_rows_than_two_bytes_can_number_are_found():
    tall = weights(70_000, 3, density=0.001)
    rows = np.flatnonzero(np.diff(tall.indptr))[-5:]
    found = WeightColumns.of(tall).take(rows, np.arange(3))
    assert np.array_equal(found, tall[rows].toarray())


def test_weights_are_kept_by_column_for_a_while():
    matrix = weights()
    rows, columns = np.array([4, 4, 17]), np.array([2, 11])
    before = take_block(matrix, rows, columns)
    with turned([matrix]):
        assert columns_of(matrix) is not None
        assert np.array_equal(take_block(matrix, rows, columns), before)
    assert columns_of(matrix) is None
