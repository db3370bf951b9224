"""What cannot be used is refused by its name before anything starts."""

import subprocess
import sys

import pytest

from runner.places import ROOT
from tests.runner.processes import environment_without_servers

SOUND = {
    "MARQUEE_ENV": "test",
    "SECRET_KEY": "only-for-tests",
    "DATABASE_URL": "postgresql:///unused",
    "REDIS_URL": "unix:///unused",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRAINING_HOUR", "24"),
        ("LOG_LEVEL", "LOUD"),
        ("REDIS_URL", "http://redis"),
        ("DATABASE_STATEMENT_SECONDS", "-5"),
        ("DATABASE_URL", "mysql://database/marquee"),
        ("MARQUEE_ARTEFACT_STORAGE_OPTIONS", "{"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name, value):
    refused = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=environment_without_servers(**SOUND | {name: value}),
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode
    assert name in refused.stderr.strip().splitlines()[-1]
