import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommendations.engine.ranking import top_k


@given(
    scores=st.lists(st.integers(0, 4), max_size=30),
    k=st.integers(0, 35),
    barred=st.sets(st.integers(0, 29)),
)
def test_it_is_what_a_stable_sort_would_give(scores, k, barred):
    candidates = np.array([place not in barred for place in range(len(scores))], dtype=bool)
    open_places = [place for place in range(len(scores)) if place not in barred]
    expected = sorted(open_places, key=lambda place: -scores[place])[:k]
    found = top_k(np.array(scores, dtype=np.float64), k, candidates=candidates)
    assert found.tolist() == expected


def test_ties_go_to_the_lower_index():
    assert top_k(np.array([1.0, 3.0, 3.0, 3.0]), 2).tolist() == [1, 2]


def test_more_than_there_are_is_all_of_them():
    assert top_k(np.array([1.0, 2.0]), 9).tolist() == [1, 0]
