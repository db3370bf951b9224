import numpy as np

from recommendations.engine.evaluation.cost import measure, time_lists
from recommendations.engine.evaluation.splits import split_at_random
from recommendations.engine.models.popularity import Popularity
from tests.recommendations.engine.worlds import two_camps


def test_memory_taken_meanwhile_counts_even_if_given_back():
    idle = measure(lambda: None)
    busy = measure(lambda: np.ones(2**24).sum())
    assert busy.peak_megabytes > idle.peak_megabytes + 100
    assert busy.fit_seconds > 0
    assert busy.processor_seconds > 0


def test_a_list_takes_some_time_and_none_without_anybody():
    split = split_at_random(two_camps(with_events=False), seed=1)
    model = Popularity().fit(split.train)
    assert 0 < time_lists(model, split.cases) < 1000
    assert np.isnan(time_lists(model, []))
