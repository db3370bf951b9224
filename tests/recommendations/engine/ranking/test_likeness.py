import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.ranking.likeness import (
    among_few,
    by_terms,
    by_vectors,
    mean_likeness,
)

VECTORS = np.array([[3, 4], [4, 3], [0, 0], [0, 2]], dtype=np.float32)


def test_vectors_are_compared_by_their_cosine_and_zeros_are_like_nothing():
    assert np.allclose(by_vectors(VECTORS)(0), [1.0, 0.96, 0.0, 0.8])
    assert np.allclose(by_vectors(VECTORS)(2), 0.0)


def test_sparse_rows_are_compared_by_their_products_again_and_again():
    rows = sparse.csr_array(np.array([[0.6, 0.8, 0], [0, 1, 0], [0, 0, 0]], dtype=np.float32))
    likeness = by_terms(rows)
    for _ in range(2):
        assert np.allclose(likeness(0), [1.0, 0.8, 0.0])
        assert np.allclose(likeness(2), 0.0)
        assert np.allclose(likeness(1), [0.8, 1.0, 0.0])


def test_kinds_of_likeness_are_mixed_by_weight():
    ones, halves = (lambda _: np.ones(2)), (lambda _: np.full(2, 0.5))
    assert np.allclose(mean_likeness([(ones, 1.0), (halves, 3.0)])(0), 0.625)
    assert np.allclose(mean_likeness([(ones, 2.0), (halves, 0.0)])(0), 1.0)


@pytest.mark.parametrize("taste_share", [0.0, 0.3, 1.0])
def test_all_pairs_of_a_few_are_as_like_as_row_by_row(taste_share):
    rows = np.array([[0.6, 0, 0.8, 0], [0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]], dtype=np.float32)
    terms = sparse.csr_array(rows)
    both = [(by_terms(terms), 1 - taste_share), (by_vectors(VECTORS), taste_share)]
    for position in range(4):
        expected = mean_likeness(both)(position)
        assert np.allclose(among_few(terms, VECTORS, taste_share=taste_share)(position), expected)


def test_a_few_are_compared_by_content_alone_without_taste():
    terms = sparse.csr_array(np.array([[0.6, 0.8], [0, 1], [0, 0]], dtype=np.float32))
    assert np.allclose(among_few(terms, None, taste_share=0.5)(0), [1.0, 0.8, 0.0])
    nothing = sparse.csr_array((0, 2), dtype=np.float32)
    assert callable(among_few(nothing, None, taste_share=0.5))
