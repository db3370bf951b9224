"""Products of stored vectors."""

import numpy as np

from recommendations.engine.increments.joined_rows import JoinedRows
from recommendations.engine.models.products import multiply, multiply_many


def test_many_products_are_those_of_one_at_a_time():
    rng = np.random.default_rng(1)
    item_vectors = rng.standard_normal((2_500, 3), dtype=np.float32)
    vectors = rng.standard_normal((4, 3))
    products = multiply_many(item_vectors, vectors)
    expected = [multiply(item_vectors, vector) for vector in vectors]
    assert np.allclose(products, expected, rtol=1e-12, atol=1e-12)
    assert products.flags.c_contiguous
    assert multiply_many(item_vectors, np.empty((0, 3))).shape == (0, 2_500)


def test_rows_that_were_joined_are_multiplied_without_a_copy(monkeypatch):
    rng = np.random.default_rng(2)
    item_vectors, vector = rng.standard_normal((9, 3), dtype=np.float32), rng.standard_normal(3)
    joined = JoinedRows(item_vectors[:7], item_vectors[7:])
    monkeypatch.setattr(JoinedRows, "__array__", None)
    assert multiply(joined, vector).tolist() == multiply(item_vectors, vector).tolist()
