import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.increments.joined_rows import JoinedRows
from recommendations.engine.models.cells import by_column
from recommendations.engine.models.star_loops import (
    add_cells,
    add_columns,
    add_rows,
    invert_all,
    rows_of,
)

N_ROWS, N_COLUMNS = 30, 20
LENGTHS = [4, 0, 7, 1]
WANTED = [np.array([3, -1, 3, 19]), np.array([0]), np.zeros(0, dtype=np.int64), np.arange(20)]


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def inputs_of(rng):
    """Return inputs and rows of some histories, end to end, and one by one."""
    own = [(rng.normal(size=n), rng.choice(N_ROWS, size=n, replace=False)) for n in LENGTHS]
    values, rows = (np.concatenate(parts) for parts in zip(*own, strict=True))
    return (values, rows, np.cumsum([0, *LENGTHS])), own


def weights_of(rng):
    dense = rng.normal(size=(N_ROWS, N_COLUMNS)).astype(np.float32)
    dense[rng.random(dense.shape) < 0.7] = 0.0
    dense[:, 5] = 0.0
    return dense


def test_wanted_columns_are_those_of_the_product(rng):
    weights = weights_of(rng)
    inputs, own = inputs_of(rng)
    expected = [
        np.where(columns >= 0, (values @ weights[rows].astype(np.float64))[columns], 0.0)
        for (values, rows), columns in zip(own, WANTED, strict=True)
    ]
    wanted = np.concatenate(WANTED), np.cumsum([0, *map(len, WANTED)])
    sums = np.ones((2, len(wanted[0])))
    add_columns(by_column(sparse.csr_array(weights)), N_ROWS, inputs, wanted, sums[0])
    add_cells(weights, inputs, wanted, sums[1])
    assert sums[0] == pytest.approx(1 + np.concatenate(expected))
    assert sums[1] == pytest.approx(sums[0])


@pytest.mark.parametrize("n_rows", [9, 70_000])
def test_a_matrix_is_the_same_by_column(n_rows):
    weights = sparse.csr_array(
        (np.ones(3, dtype=np.float32), ([0, n_rows - 1, n_rows - 1], [2, 0, 2])),
        shape=(n_rows, 3),
    )
    _, rows, starts = by_column(weights)
    assert rows.tolist() == [n_rows - 1, 0, n_rows - 1]
    assert starts.tolist() == [0, 1, 1, 3]


@pytest.mark.parametrize("n_newer", [0, 12])
def test_rows_are_added_to_whom_they_belong(rng, n_newer):
    rows = weights_of(rng)
    joined = JoinedRows(*np.split(rows, [N_ROWS - n_newer])) if n_newer else rows
    inputs, own = inputs_of(rng)
    totals = np.zeros((len(own), N_COLUMNS))
    add_rows(rows_of(joined), inputs, totals)
    for total, (values, places) in zip(totals, own, strict=True):
        assert total == pytest.approx(values @ rows[places].astype(np.float64))


@pytest.mark.parametrize("size", [1, 2, 33])
def test_inverses_are_those_of_numpy(rng, size):
    roots = rng.normal(size=(3, size, size))
    matrices = roots @ roots.transpose(0, 2, 1) + np.eye(size)
    expected = np.linalg.inv(matrices)
    matrices[:, *np.triu_indices(size, 1)] = np.nan  # never read
    invert_all(matrices)
    assert matrices == pytest.approx(expected)
