"""When the runner trains, and when what is there already only has to arrive."""

from pathlib import Path

import pytest

from runner import supervisor
from runner.console import Console
from runner.readiness import Readiness
from runner.supervisor import Supervisor

NEVER_TRAINED = Readiness(is_ready=False, lacks_model=True)
ON_ITS_WAY = Readiness(is_ready=True, lacks_model=True)
THERE = Readiness(is_ready=True, lacks_model=False)


@pytest.mark.parametrize(
    ("answers", "is_trained"),
    [
        pytest.param([None, NEVER_TRAINED], True, id="a new site"),
        pytest.param([None, THERE], False, id="a model is here"),
        pytest.param([ON_ITS_WAY, ON_ITS_WAY, None, THERE], False, id="one arrives"),
        pytest.param([ON_ITS_WAY] * 1_000, True, id="none arrives in time"),
    ],
)
def test_a_model_is_trained_unless_one_is_here_or_arrives(
    answers, is_trained, monkeypatch, tmp_path: Path
) -> None:
    trained = []
    monkeypatch.setattr(supervisor, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(supervisor, "ARRIVAL_SECONDS", 0.1)
    monkeypatch.setattr(supervisor, "ask_readiness", lambda _address: answers.pop(0))
    monkeypatch.setattr(supervisor, "run_steps", lambda *steps, **_options: trained.append(steps))

    Supervisor(Console())._train_if_needed("http://127.0.0.1:8000")

    assert bool(trained) == is_trained


def test_the_demo_person_comes_when_the_catalogue_is_there(monkeypatch) -> None:
    """They rate some of its films, and would find none while it is being loaded."""
    done = []

    def run_steps(*steps, **_options) -> list[str]:
        done.append(steps)
        return ["Demo catalogue: 331 movies; loaded just now"] * len(steps)

    monkeypatch.setenv("MARQUEE_ENV", "development")
    monkeypatch.setattr(supervisor, "run_steps", run_steps)

    assert Supervisor(Console())._fill() == "Demo catalogue: 331 movies"
    assert done == [(supervisor.LOAD,), (supervisor.ACCOUNTS,)]
