import gc

import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.models import sparse_rows
from recommendations.engine.models.sparse_rows import add_rows


def one_row(*, n_columns, column, value):
    parts = np.array([value], dtype=np.float32), np.array([column]), np.array([0, 1])
    return sparse.csr_array(parts, shape=(1, n_columns))


@pytest.mark.parametrize("column", [0, 255, 65_535, 65_536, 99_999])
def test_columns_beyond_two_bytes_are_added_up_too(column):
    weights = one_row(n_columns=max(column + 1, 300), column=column, value=2.0)

    totals = np.zeros(weights.shape[1])

    add_rows(totals, weights, (np.array([1.5]), np.array([0])))

    assert np.flatnonzero(totals).tolist() == [column]
    assert totals[column] == 3.0


def test_short_columns_go_when_their_matrix_goes():
    before = len(sparse_rows._columns)
    weights = one_row(n_columns=9, column=3, value=1.0)
    for _ in range(2):
        add_rows(np.zeros(9), weights, (np.array([1.0]), np.array([0])))
    assert len(sparse_rows._columns) == before + 1

    del weights
    gc.collect()

    assert len(sparse_rows._columns) == before
