import numpy as np
import pytest

from recommendations.engine.ranking.diversity import Sameness
from recommendations.engine.ranking.greedy import Boost, choose
from recommendations.engine.ranking.likeness import by_pairs
from recommendations.engine.ranking.standouts import StandOut
from recommendations.engine.ranking.varied import choose_varied

SHARES = (0.0, 0.0, 0.4, 0.7)


@pytest.mark.parametrize("seed", range(20))
def test_a_compiled_choice_is_that_of_the_forces(seed):
    rng = np.random.default_rng(seed)
    values = np.sort(rng.integers(0, 40, size=30) / 40)[::-1].copy()  # some are equal
    likeness = rng.normal(size=(30, 30)).astype(np.float32)
    boosts = [Boost(why="period", values=rng.normal(size=30) / 9)] * (seed % 3)
    far_out = rng.normal(size=30) / 9
    found = choose_varied(
        values,
        k=12,
        boosts=boosts,
        stand_out=StandOut(far_out, shares=SHARES),
        likeness=likeness,
        strength=0.2,
    )
    variety = Sameness(by_pairs(likeness), n_candidates=30, strength=0.2)
    forces = [*boosts, variety, StandOut(far_out, shares=SHARES)]
    expected = choose(values, k=12, forces=forces)
    assert found.positions.tolist() == expected.positions.tolist()
    assert found.leaders.tolist() == expected.leaders.tolist()
    assert found.causes == expected.causes
    assert np.allclose(found.nudges, expected.nudges)
    assert np.allclose(found.leader_nudges, expected.leader_nudges)


def test_without_likeness_and_what_stands_out_values_decide():
    values = np.array([0.9, 0.5, 0.5])
    options = {"boosts": [], "stand_out": None, "likeness": None, "strength": 0.5}
    assert choose_varied(values, k=9, **options).positions.tolist() == [0, 1, 2]
    assert not len(choose_varied(values[:0], k=2, **options).positions)
