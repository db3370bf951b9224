import os
import subprocess
import sys

import pytest

from runner.places import ROOT


@pytest.mark.parametrize("command", ["activate 1", "migrate --no-input"])
def test_a_command_says_in_one_line_that_postgresql_is_away(command):
    ended = subprocess.run(
        [sys.executable, "manage.py", *command.split()],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": "postgresql://marquee@/marquee?host=/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith("PostgreSQL is away; run this again when it is back.")
    assert ended.stderr.count("\n") == 1
