"""A training that is killed, at any moment, leaves no trace in what is served."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection

from recommendations.models import ModelVersion
from recommendations.services import artefact_storage
from recommendations.services.artefact_cache import artefact_path, cache_directory
from recommendations.services.pruning import tidy_versions
from recommendations.services.store import ModelStore
from tests.recommendations.hanging import MOMENTS
from tests.two_camps import build_two_camps
from tests.waiting import wait_for

State = ModelVersion.State
pytestmark = pytest.mark.django_db(transaction=True)


def database_url() -> str:
    address = connection.get_connection_params()
    query = f"host={address['host']}&user={address['user']}"
    return f"postgresql:///{address['dbname']}?{query}"


def start_training(place: Path, *, hang_at: str) -> subprocess.Popen:
    """Start `manage.py train` on the test's database and come back when it hangs."""
    hangs = place / "hangs"
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "MARQUEE_ARTEFACTS": str(site.ARTEFACTS_DIR),
        "MARQUEE_ARTEFACT_STORAGE_BACKEND": "tests.recommendations.hanging.HangingStorage",
        "MARQUEE_ARTEFACT_STORAGE_OPTIONS": json.dumps({"location": str(place / "stored")}),
        "MARQUEE_TRAINER": "tests.recommendations.hanging.HangingTrainer",
        "HANG_AT": hang_at,
        "HANGS": str(hangs),
    }
    command = [sys.executable, "manage.py", "train"]
    process = subprocess.Popen(command, cwd=site.BASE_DIR, env=environment)
    assert wait_for(lambda: hangs.exists() or process.poll() is not None, seconds=300)
    assert process.poll() is None
    return process


def children_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in children.split()]


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def serving_number() -> int:
    return ModelStore().get().number


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_training_leaves_no_trace(moment, settings, tmp_path):
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    served = build_two_camps().version
    settings.STORAGES = settings.STORAGES | {
        "artefacts": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "stored"},
        }
    }
    process = start_training(tmp_path, hang_at=moment)
    at_work = children_of(process.pid)

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert wait_for(lambda: all(map(is_gone, at_work)))
    assert serving_number() == served.number
    assert wait_for(lambda: tidy_versions() == 1)
    killed = ModelVersion.objects.get(number=served.number + 1)
    assert (killed.state, killed.note) == (State.FAILED, "The process was ended.")
    left = {path.name for path in cache_directory().iterdir() if killed.directory in path.name}
    assert left == set()
    assert killed.directory not in artefact_storage.stored_names()
    assert artefact_path(served).is_dir()
    assert serving_number() == served.number
