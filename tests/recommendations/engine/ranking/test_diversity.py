import numpy as np

from recommendations.engine.ranking.diversity import diversify

CANDIDATES = np.array([40, 41, 42, 43])
SCORES = np.array([4.0, 3.9, 3.0, 2.0])
TWINS = np.array(
    [
        [1.0, 0.9, 0.0, 0.1],
        [0.9, 1.0, 0.0, 0.1],
        [0.0, 0.0, 1.0, 0.1],
        [0.1, 0.1, 0.1, 1.0],
    ]
)


def vary(diversity, *, k=4, scores=SCORES):
    return diversify(
        CANDIDATES, scores=scores, likeness=lambda place: TWINS[place], k=k, diversity=diversity
    ).tolist()


def test_without_diversity_the_order_stays():
    assert vary(0.0) == [40, 41, 42, 43]


def test_the_twin_of_the_first_waits():
    # After 40: 41 is worth .5 · .95 − .5 · .9 = .025, 42 .5 · .5 = .25, 43 −.5 · .1 = −.05.
    assert vary(0.5) == [40, 42, 41, 43]
    assert vary(0.9) == [40, 42, 43, 41]


def test_the_best_is_first_whatever_is_asked():
    assert vary(1.0, k=1) == [40]


def test_equal_scores_leave_variety_to_decide():
    assert vary(0.5, scores=np.ones(4), k=2) == [40, 42]


def test_an_empty_list_stays_empty():
    nothing = np.zeros(0)
    empty = np.zeros(0, dtype=np.int64)
    assert not len(diversify(empty, scores=nothing, likeness=lambda _: nothing, k=3, diversity=0.3))
