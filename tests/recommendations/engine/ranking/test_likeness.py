import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.ranking.likeness import by_pairs, likeness_of_pairs

VECTORS = np.array([[3, 4], [9, 9], [4, 3], [0, 0], [0, 2]], dtype=np.float32)
ROWS = np.array([[0.6, 0.8, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0], [0.8, 0, 0.6]], dtype=np.float32)
TERMS = sparse.csr_array(ROWS)
ITEMS = np.array([4, 0, 2, 3])
OF_CONTENT = np.array(
    [[1.0, 0.48, 0.0, 0.0], [0.48, 1.0, 0.8, 0.0], [0.0, 0.8, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
)
OF_TASTE = np.array(
    [[1.0, 0.8, 0.6, 0.0], [0.8, 1.0, 0.96, 0.0], [0.6, 0.96, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
)


@pytest.mark.parametrize("index", [np.int32, np.int64])
@pytest.mark.parametrize("taste_share", [0.0, 0.3, 1.0])
def test_pairs_are_compared_by_content_and_taste(taste_share, index):
    terms = sparse.csr_array(
        (TERMS.data, TERMS.indices.astype(index), TERMS.indptr.astype(index)), shape=TERMS.shape
    )
    found = likeness_of_pairs(terms, VECTORS, ITEMS, taste_share=taste_share)
    assert np.allclose(found, (1 - taste_share) * OF_CONTENT + taste_share * OF_TASTE, atol=1e-6)


def test_without_taste_content_counts_alone():
    found = likeness_of_pairs(TERMS, None, ITEMS, taste_share=0.5)
    assert np.allclose(found, OF_CONTENT, atol=1e-6)


def test_nothing_has_no_pairs():
    nothing = np.array([], dtype=np.int64)
    assert likeness_of_pairs(TERMS, VECTORS, nothing, taste_share=0.5).shape == (0, 0)


def test_a_row_of_a_matrix_is_what_one_is_like():
    assert by_pairs(OF_CONTENT)(1).tolist() == [0.48, 1.0, 0.8, 0.0]
