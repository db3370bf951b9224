import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.increments.joined_rows import join_rows
from recommendations.engine.ranking.likeness import by_traits, measured, traits_of

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


def compared(terms, vectors, *, taste_share):
    own = None if vectors is None else measured(vectors)
    likeness = by_traits(traits_of(terms, own, taste_share=taste_share), ITEMS)
    # Again and again: nothing stays behind of what was compared before.
    return np.array([likeness(position) for position in (1, 0, 1, 2, 3)])[1:]


@pytest.mark.parametrize("index", [np.int32, np.int64])
@pytest.mark.parametrize("taste_share", [0.0, 0.3, 1.0])
def test_items_are_compared_by_content_and_taste(taste_share, index):
    terms = sparse.csr_array(
        (TERMS.data, TERMS.indices.astype(index), TERMS.indptr.astype(index)), shape=TERMS.shape
    )
    found = compared(terms, VECTORS, taste_share=taste_share)
    assert np.allclose(found, (1 - taste_share) * OF_CONTENT + taste_share * OF_TASTE, atol=1e-6)


def test_vectors_that_came_later_count_as_well():
    joined = join_rows(VECTORS[:2], VECTORS[2:])
    assert np.allclose(compared(TERMS, joined, taste_share=1.0), OF_TASTE, atol=1e-6)


def test_without_taste_content_counts_alone():
    assert np.allclose(compared(TERMS, None, taste_share=0.5), OF_CONTENT, atol=1e-6)
