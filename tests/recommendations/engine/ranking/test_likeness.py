import numpy as np
from scipy import sparse

from recommendations.engine.ranking.likeness import by_terms, by_vectors, mean_likeness

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
