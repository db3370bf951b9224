import sys

import pytest

from runner import programs
from runner.errors import RunnerError
from runner.programs import Program


@pytest.fixture
def ended(tmp_path) -> Program:
    """A program that has ended by itself."""
    program = Program(title="It", command=[sys.executable, "-c", ""], log=tmp_path / "log")
    program.start()
    program.child.wait()
    return program


def test_a_program_that_cannot_stay_up_is_said(ended):
    with pytest.raises(RunnerError, match="It ended by itself"):
        ended.check()


def test_a_program_that_is_started_again_gets_a_rest_before(ended, monkeypatch):
    first = ended.child
    monkeypatch.setattr(programs, "SECONDS_BETWEEN_STARTS", 3600.0)
    ended.revive()
    assert ended.child is first

    monkeypatch.setattr(programs, "SECONDS_BETWEEN_STARTS", 0.0)
    ended.revive()

    assert ended.child is not first
    assert ended.child.wait() == 0
