"""Blocks of work in forked processes."""

import os
import signal

import numpy as np
import pytest

from recommendations.engine import processes
from recommendations.engine.errors import ProcessLostError
from recommendations.engine.processes import map_forked


@pytest.fixture(params=[1, 2])
def processors(request, monkeypatch):
    monkeypatch.setattr(processes, "_n_processors", lambda: request.param)
    return request.param


@pytest.mark.parametrize("n_tasks", [0, 1, 2, 11])
@pytest.mark.usefixtures("processors")
def test_results_come_in_the_order_of_the_tasks(n_tasks):
    shared = np.arange(20)
    results = list(map_forked(lambda task: int(shared[task : task + 2].sum()), range(n_tasks)))
    assert results == [2 * task + 1 for task in range(n_tasks)]


def test_the_work_is_done_elsewhere_if_there_are_processors(processors):
    elsewhere = {pid for pid in map_forked(lambda _: os.getpid(), range(8)) if pid != os.getpid()}
    assert bool(elsewhere) == (processors > 1)


@pytest.mark.usefixtures("processors")
def test_an_error_is_raised_in_its_place():
    results = map_forked(lambda task: 1 // (3 - task), range(9))
    assert [next(results) for _ in range(3)] == [0, 0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_a_killed_process_is_named_as_what_it_is(monkeypatch):
    monkeypatch.setattr(processes, "_n_processors", lambda: 2)
    with pytest.raises(ProcessLostError, match="was killed"):
        list(map_forked(lambda _: os.kill(os.getpid(), signal.SIGKILL), range(4)))
    assert not processes._inherited


@pytest.mark.usefixtures("processors")
def test_nothing_is_left_behind_by_who_stops_early():
    results = map_forked(lambda task: task, range(100))
    assert next(results) == 0
    results.close()
    assert not processes._inherited
