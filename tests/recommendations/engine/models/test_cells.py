import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.models.cells import add_cells, add_sparse_cells, by_column

INPUTS, ROWS, OWNERS = np.array([0.5, 2.0, 1.0, 3.0]), np.array([5, 0, 88, 5]), [5, 0, 5, 3]
SCALES = np.array([1.0, 2.0, 3.0, 4.0])


def weights(*, n_rows=90):
    dense = np.random.default_rng(4).standard_normal((n_rows, 300)).astype(np.float32)
    return np.where(dense > 0.5, dense, np.float32(0))


def expected(matrix, columns):
    totals = np.ones((6, len(columns)))
    for value, row, owner in zip(INPUTS, ROWS, OWNERS, strict=True):
        for place, column in enumerate(columns):
            if column >= 0:
                totals[owner, place] += value * matrix[row, column] * SCALES[place]
    return totals


@pytest.mark.parametrize("columns", [[], [7], [7, -1, 299, 7]])
@pytest.mark.parametrize("n_rows", [90, 65_536, 70_000])
def test_cells_are_weighed_and_added_and_nothing_to_a_column_that_is_not_there(columns, n_rows):
    matrix = weights(n_rows=n_rows)
    entries = INPUTS, ROWS, np.array(OWNERS)
    wanted = np.array(columns, dtype=np.int64), SCALES[: len(columns)]
    dense, thin = np.ones((6, len(columns))), np.ones((6, len(columns)))

    add_cells(matrix, entries, wanted, dense)
    add_sparse_cells(by_column(sparse.csr_array(matrix)), n_rows, entries, wanted, thin)

    assert np.allclose(dense, expected(matrix, columns))
    assert np.allclose(thin, expected(matrix, columns))
