"""How far a fit is."""

import numpy as np

from recommendations.engine.interactions import Interactions
from recommendations.engine.models.ease import Ease
from recommendations.engine.progress import listening, step


def test_steps_inside_a_step_share_its_part():
    heard = []
    with listening(lambda stage, share: heard.append((stage, share))):
        with step("first", place=0, of=2):
            pass
        with step("second", place=1, of=2), step("half", place=1, of=2):
            pass
    assert heard == [("first", 0.0), ("second", 0.5), ("second, half", 0.75)]


def test_nobody_has_to_listen():
    heard = []
    with listening(lambda stage, share: heard.append(stage)):
        pass
    with step("alone", place=0, of=1):
        pass
    assert heard == []


def test_a_stack_tells_of_its_components():
    heard = []
    rng = np.random.default_rng(3)
    cells = rng.choice(30 * 10, size=120, replace=False)
    interactions = Interactions.from_arrays(
        user_ids=cells // 10, item_ids=cells % 10, stars=rng.integers(1, 6, size=120)
    )
    with listening(lambda stage, share: heard.append(stage)):
        model = Ease().fit(interactions)
    assert heard == list(model.components_)
