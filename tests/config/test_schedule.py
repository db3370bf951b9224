"""What comes by the clock: what the site needs done, where it belongs, and as often as promised."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from celery.schedules import crontab, maybe_schedule

from config.celery import app
from config.queues import TRAINING_QUEUE

app.loader.import_default_modules()
SHORT = "celery"
A_DAY = timedelta(days=1)
# As docs/operations.md says.
PROMISED = {
    "recommendations.train_nightly": (TRAINING_QUEUE, A_DAY),
    "recommendations.increment": (TRAINING_QUEUE, timedelta(minutes=5)),
    "recommendations.scrub_artefacts": (TRAINING_QUEUE, timedelta(hours=6)),
    "recommendations.sweep": (SHORT, timedelta(seconds=20)),
    "recommendations.tidy_versions": (SHORT, timedelta(minutes=1)),
    "accounts.tidy": (SHORT, A_DAY),
}
ENTRIES = list(app.conf.beat_schedule.values())


def runs(when: crontab) -> list[datetime]:
    """Return when the clock calls from New Year's Day on, eight days at least."""
    moments = [datetime(2026, 1, 1, tzinfo=UTC)]
    while moments[-1] - moments[0] < timedelta(days=8):
        begun, wait, _ = when.remaining_delta(moments[-1])
        moments.append(begun + wait)
    return moments[1:]


def gaps(schedule: crontab | float) -> set[timedelta]:
    """Return how long it is from one time to the next."""
    if isinstance(schedule, crontab):
        return {later - earlier for earlier, later in pairwise(runs(schedule))}
    return {maybe_schedule(schedule).run_every}


def test_the_clock_calls_for_all_that_is_promised_once():
    assert sorted(entry["task"] for entry in ENTRIES) == sorted(PROMISED)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["task"])
def test_what_the_clock_calls_for_is_there_goes_where_it_belongs_and_comes_as_promised(entry):
    name, options = entry["task"], entry.get("options", {})
    queue = app.amqp.router.route(dict(options), name)["queue"].name

    assert name in app.tasks
    assert [(queue, gap) for gap in gaps(entry["schedule"])] == [PROMISED[name]]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["task"])
def test_what_comes_again_within_the_hour_does_not_pile_up(entry):
    _, gap = PROMISED[entry["task"]]

    expires = entry.get("options", {}).get("expires")

    assert gap > timedelta(hours=1) or expires == gap.total_seconds()


def test_the_nightly_training_begins_at_half_past_three():
    (entry,) = (entry for entry in ENTRIES if entry["task"] == "recommendations.train_nightly")

    assert {(run.hour, run.minute) for run in runs(entry["schedule"])} == {(3, 30)}
