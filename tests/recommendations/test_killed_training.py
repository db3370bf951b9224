"""A training that is killed, at any moment, leaves no trace in what is served."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site

from movies.models import Movie
from movies.services.ratings import rate_movie
from recommendations.engine.models import recipe_of
from recommendations.engine.models.hybrid import Hybrid
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage
from recommendations.services.artefact_cache import artefact_path, cache_directory
from recommendations.services.increments import make_increment
from recommendations.services.pruning import tidy_versions
from recommendations.services.store import ModelStore
from recommendations.services.training import train_version
from recommendations.tasks import train_nightly
from tests.factories import make_user
from tests.never_down.servers import descendants_of
from tests.recommendations.hanging import FITTING, MOMENTS
from tests.recommendations.services.test_training import HarshTrainer
from tests.recommendations.workers import database_url, running_worker
from tests.two_camps import build_two_camps
from tests.waiting import wait_for

State = ModelVersion.State
pytestmark = pytest.mark.django_db(transaction=True)


def hanging(place: Path, *, at: str) -> dict[str, str]:
    """Return the environment of a process whose training hangs."""
    return {
        "DATABASE_URL": database_url(),
        "MARQUEE_ARTEFACTS": str(site.ARTEFACTS_DIR),
        "MARQUEE_ARTEFACT_STORAGE_BACKEND": "tests.recommendations.hanging.HangingStorage",
        "MARQUEE_ARTEFACT_STORAGE_OPTIONS": json.dumps({"location": str(place / "stored")}),
        "MARQUEE_TRAINER": "tests.recommendations.hanging.HangingTrainer",
        "HANG_AT": at,
        "HANGS": str(place / "hangs"),
    }


def start_training(place: Path, *, hang_at: str) -> subprocess.Popen:
    """Start `manage.py train` on the test's database and come back when it hangs."""
    return start(["manage.py", "train"], hanging(place, at=hang_at))


def start(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen:
    hangs, command = Path(environment["HANGS"]), [sys.executable, *arguments]
    process = subprocess.Popen(command, cwd=site.BASE_DIR, env=os.environ | environment)
    try:
        assert wait_for(lambda: hangs.exists() or process.poll() is not None, seconds=300)
        assert process.poll() is None
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def serving_number() -> int:
    return ModelStore().get().number


@pytest.fixture
def served(settings, tmp_path) -> ModelVersion:
    """Return the version that serves, on the storage that the training will write to."""
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    settings.STORAGES = settings.STORAGES | {
        "artefacts": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "stored"},
        }
    }
    return build_two_camps().version


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_training_leaves_no_trace(moment, served, tmp_path):
    process = start_training(tmp_path, hang_at=moment)
    at_work = descendants_of(process.pid)

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert wait_for(lambda: all(map(is_gone, at_work)))
    assert_no_trace_beside(served)


@pytest.mark.parametrize(
    ("before", "command"),
    [
        ("training.read_interactions", "train"),
        ("training._refit", "train"),
        ("training.keep_mark", "train"),
        ("training.activate_version", "train"),
        ("increments.update_hybrid", "increment"),
        ("increments.publish_version", "increment"),
        ("increments.activate_version", "increment"),
    ],
)
def test_what_is_killed_between_two_steps_leaves_what_is_served(before, command, served, tmp_path):
    rate_movie(user=make_user(), movie_id=Movie.objects.first().pk, stars=5)
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(recipe_of(Hybrid(cold_boost=3.0))))
    process = start(
        ["-m", "tests.recommendations.hang_before", command]
        + (["--recipe", str(recipe)] if command == "train" else []),
        hanging(tmp_path, at="no moment")
        | {
            "HANG_BEFORE": f"recommendations.services.{before}",
            "MARQUEE_TRAINER": f"{HarshTrainer.__module__}.{HarshTrainer.__name__}",
            "MARQUEE_TRAINER_STATE": str(site.TRAINER_STATE_DIR),
        },
    )
    at_work = descendants_of(process.pid)

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert wait_for(lambda: all(map(is_gone, at_work)))
    assert serving_number() == served.number
    assert wait_for(has_been_tidied)
    assert serving_number() == served.number
    again = make_increment() if command == "increment" else train_version(activate=True)
    assert serving_number() == again.number


def has_been_tidied() -> bool:
    """Tell whether nothing is in training any more, once the task that sees to it has run."""
    tidy_versions()
    return not ModelVersion.objects.filter(state=State.TRAINING).exists()


def test_a_training_worker_killed_at_work_leaves_no_trace_and_the_next_one_trains(served, tmp_path):
    hangs = tmp_path / "hangs"
    with running_worker("training", **hanging(tmp_path, at=FITTING)) as worker:
        train_nightly.delay()
        assert wait_for(hangs.exists, seconds=300)
        at_work = descendants_of(worker.pid)

        worker.kill()
        worker.wait()

    assert wait_for(lambda: all(map(is_gone, at_work)))
    assert_no_trace_beside(served)
    with running_worker("training", **hanging(tmp_path, at="no moment")):
        train_nightly.delay()
        assert wait_for(lambda: serving_number() == served.number + 2, seconds=300)


def assert_no_trace_beside(served: ModelVersion) -> None:
    """Check that a training that was killed is given up and what served still does."""
    assert serving_number() == served.number
    assert wait_for(lambda: tidy_versions() == 1)
    killed = ModelVersion.objects.get(number=served.number + 1)
    assert (killed.state, killed.note) == (State.FAILED, "The process was ended.")
    assert killed.alert == "The training failed. The process was ended."
    left = {path.name for path in cache_directory().iterdir() if killed.directory in path.name}
    assert left == set()
    assert killed.directory not in artefact_storage.stored_names()
    assert artefact_path(served).is_dir()
    assert serving_number() == served.number
