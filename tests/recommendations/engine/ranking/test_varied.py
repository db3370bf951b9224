import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.ranking.diversity import Sameness
from recommendations.engine.ranking.greedy import Boost, choose
from recommendations.engine.ranking.likeness import (
    NO_TRAITS,
    by_traits,
    measured,
    traits_of,
)
from recommendations.engine.ranking.standouts import StandOut
from recommendations.engine.ranking.varied import choose_varied

SHARES = (0.0, 0.0, 0.4, 0.7)
N_ITEMS = 50


def draw_traits(rng, *, with_taste):
    terms = sparse.random_array((N_ITEMS, 12), density=0.3, dtype=np.float32, rng=rng).tocsr()
    norms = np.sqrt((terms**2).sum(axis=1))
    terms = sparse.csr_array(terms.multiply(1 / np.maximum(norms, 1e-9)[:, np.newaxis]))
    vectors = rng.normal(size=(N_ITEMS, 6)).astype(np.float32)
    vectors[7] = 0.0
    return terms.astype(np.float32), measured(vectors) if with_taste else None


@pytest.mark.parametrize("strength", [0.05, 0.6])
@pytest.mark.parametrize("seed", range(12))
def test_a_compiled_choice_is_that_of_the_forces(seed, strength):
    rng = np.random.default_rng(seed)
    terms, vectors = draw_traits(rng, with_taste=seed % 4 > 0)
    items = rng.permutation(N_ITEMS)[:30]
    values = np.sort(rng.integers(0, 40, size=30) / 40)[::-1].copy()  # some are equal
    boosts = [Boost(why="period", values=rng.normal(size=30) / 9)] * (seed % 3)
    far_out = rng.normal(size=30) / 9
    found = choose_varied(
        values,
        k=12,
        boosts=boosts,
        stand_out=StandOut(far_out, shares=SHARES),
        items=items,
        traits=traits_of(terms, vectors, taste_share=0.3),
        strength=strength,
    )
    likeness = by_traits(traits_of(terms, vectors, taste_share=0.3), items)
    variety = Sameness(likeness, n_candidates=30, strength=strength)
    forces = [*boosts, variety, StandOut(far_out, shares=SHARES)]
    expected = choose(values, k=12, forces=forces)
    assert found.positions.tolist() == expected.positions.tolist()
    assert found.leaders.tolist() == expected.leaders.tolist()
    assert found.causes == expected.causes
    assert np.allclose(found.nudges, expected.nudges, atol=1e-6)
    assert np.allclose(found.leader_nudges, expected.leader_nudges, atol=1e-6)


def test_without_likeness_and_what_stands_out_values_decide():
    values = np.array([0.9, 0.5, 0.5])
    options = {"boosts": [], "stand_out": None, "traits": NO_TRAITS, "strength": 0.0}
    chosen = choose_varied(values, k=9, items=np.arange(3), **options)
    assert chosen.positions.tolist() == [0, 1, 2]
    assert not len(choose_varied(values[:0], k=2, items=np.arange(0), **options).positions)
