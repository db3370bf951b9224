from pathlib import Path

import pytest

from benchmarks.tune_models import AIMS, TRIALS, tuning_command
from recommendations.engine.__main__ import _parser
from recommendations.engine.models import MODELS


def test_every_model_is_tuned():
    assert list(AIMS) == list(MODELS)


@pytest.mark.parametrize("model", AIMS)
def test_its_command_is_understood_and_asks_for_as_many_trials_as_any_other(model):
    _, _, *words = tuning_command(model, Path("var"))
    options = _parser().parse_args(words)
    assert options.models == [model]
    assert options.tune
    assert options.trials == TRIALS
    assert options.seed >= 100
