"""Work that may hang is waited for as long as it gives signs of life."""

import threading
import time

import pytest

from recommendations.services import patience
from recommendations.services.patience import SilentError, do_aside, patient_for
from tests.waiting import wait_for


@pytest.fixture
def release():
    """Return what work waits for; it is set when the test ends."""
    event = threading.Event()
    yield event
    event.set()


def test_what_is_returned_or_raised_comes_through():
    assert do_aside(lambda _: 7) == 7
    with pytest.raises(KeyError, match="missing"):
        do_aside(lambda _: {}["missing"])


def test_work_that_gives_signs_may_take_its_time():
    def work(sign):
        for _ in range(8):
            time.sleep(0.1)
            sign()
        return "done"

    with patient_for(0.5):
        assert do_aside(work) == "done"


def test_silent_work_is_given_up(release):
    with patient_for(0.1), pytest.raises(SilentError, match=r"for 0\.1 s"):
        do_aside(lambda _: release.wait(30))


def test_nothing_more_is_asked_while_much_is_unanswered(release, monkeypatch):
    monkeypatch.setattr(patience, "_MOST_GIVEN_UP", 2)
    with patient_for(0.05):
        for _ in range(2):
            with pytest.raises(SilentError, match="no sign"):
                do_aside(lambda _: release.wait(30))
        with pytest.raises(SilentError, match="2 questions"):
            do_aside(lambda _: 7)
    given_up = list(patience._given_up)
    release.set()
    for thread in given_up:
        thread.join()
    assert do_aside(lambda _: 7) == 7


def test_work_that_was_given_up_ends_at_its_next_sign(release):
    ends: list[BaseException | None] = []

    def work(sign):
        release.wait(30)
        try:
            sign()
            ends.append(None)
        except SilentError as error:
            ends.append(error)
            raise

    with patient_for(0.05), pytest.raises(SilentError):
        do_aside(work)
    release.set()

    assert wait_for(lambda: ends)
    assert isinstance(ends[0], SilentError)


def test_what_never_answers_does_not_shut_out_what_does(release, monkeypatch):
    monkeypatch.setattr(patience, "_MOST_GIVEN_UP", 1)
    with patient_for(0.05), pytest.raises(SilentError, match="no sign"):
        do_aside(lambda _: release.wait(30))
    with pytest.raises(SilentError, match="1 questions"):
        do_aside(lambda _: 7)

    monkeypatch.setattr(patience, "_FORGET_SECONDS", 0.0)

    assert do_aside(lambda _: 7) == 7
