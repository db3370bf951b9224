import numpy as np

from recommendations.engine.history import History
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.greedy import causes_of, choose
from recommendations.engine.ranking.standouts import StandOut, UsualScores, learn_usual_scores
from tests.recommendations.engine.worlds import N_ITEMS, camp_of, two_camps


def history(*items):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.full(len(items), 5, dtype=np.float32),
        timestamps=np.zeros(len(items), dtype=np.int64),
    )


def test_usual_scores_are_over_those_who_have_not_seen_an_item():
    scores = np.array([[0.0, 2.0, 4.0], [1.0, 1.0, 7.0]])  # deviations 1.633 and 2.828
    histories = [history(0), history()]
    usual = learn_usual_scores(lambda _: scores, histories, n_items=3)
    first, second = scores / scores.std(axis=1, keepdims=True)
    assert np.allclose(usual.means, [second[0], (first[1] + second[1]) / 2, 2.4623], atol=1e-4)
    assert np.allclose(usual.deviations[:2], [0, (first[1] - second[1]) / 2])


def test_nobody_to_learn_from_leaves_nothing_usual():
    usual = learn_usual_scores(lambda _: np.zeros((0, 2)), [], n_items=2)
    assert usual.means.tolist() == usual.deviations.tolist() == [0, 0]


def test_a_score_stands_out_by_the_deviations_of_the_item():
    usual = UsualScores(means=np.array([1.0, 0.0]), deviations=np.array([0.48, 0.98]))
    # The scores over their deviation of 1 are 2 and 0.
    both = np.arange(2)
    assert np.allclose(usual.stand_out(np.array([2.0, 0.0]), both, deviation=1.0), [2.0, 0.0])
    assert np.allclose(usual.stand_out(np.array([4.0]), both[:1], deviation=2.0), [2.0])
    assert np.allclose(usual.stand_out(np.array([5.0, 5.0]), both, deviation=0.0), [-2.0, 0.0])


def test_places_take_turns_in_what_counts():
    values = np.array([0.9, 0.8, 0.7, 0.6])
    force = StandOut(np.array([0.0, 0.0, 0.1, 0.3]), shares=(0.0, 0.5))
    choice = choose(values, k=4, forces=[force])
    # Second place: .8, .7 + .1 and .6 + .3; the third is by value again.
    assert choice.positions.tolist() == [0, 3, 1, 2]
    assert causes_of(choice, np.arange(4)) == {3: "stands out", 1: "stands out"}


def test_a_camp_stands_out_for_its_own():
    model = Hybrid().fit(two_camps())
    mine = history(0, 2, 4, 6)
    scores = model.score(mine)
    stand_out = model.usual_scores.stand_out(
        scores, np.arange(N_ITEMS), deviation=float(scores.std())
    )
    own = [item for item in range(8, N_ITEMS - 1) if camp_of(item) == camp_of(0)]
    others = [item for item in range(8, N_ITEMS - 1) if camp_of(item) != camp_of(0)]
    assert stand_out[own].min() > stand_out[others].max()
