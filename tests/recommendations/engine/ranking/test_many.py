import numpy as np
import pytest

from recommendations.engine.history import History
from recommendations.engine.models.ease import Ease, EaseLayer
from recommendations.engine.models.sequence import Sequence
from recommendations.engine.models.weight_columns import columns_of
from recommendations.engine.ranking.many import weights_by_column
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, two_camps

HISTORY = History(
    item_indices=np.array([0, 3, UNRATED_ITEM, 5]),
    values=np.array([5, 2, 4, 3.5], dtype=np.float32),
    timestamps=np.arange(4),
)
LAYER = EaseLayer(dense_items=1, neighbours=4)


@pytest.mark.parametrize(
    "model", [LAYER, Ease(short=LAYER, long=LAYER), Sequence(dense_items=1, neighbours=4)]
)
def test_reasons_are_the_same_with_weights_by_column(model):
    fitted = model.fit(two_camps())
    items = [*range(N_ITEMS), 2]
    before = fitted.contributions(HISTORY, items)
    with weights_by_column(fitted):
        assert np.array_equal(fitted.contributions(HISTORY, items), before)
    assert before.any()


def test_dense_weights_stay_as_they_are():
    fitted = Sequence().fit(two_camps())
    with weights_by_column(fitted):
        assert columns_of(fitted.weights_) is None
