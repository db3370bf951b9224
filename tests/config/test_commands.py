import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from config.commands import SiteCommand

OURS = {"accounts", "movies", "recommendations"}
AWAY = {"DATABASE_URL": "postgresql://marquee@/marquee?host=/nowhere"}


@pytest.mark.parametrize(
    ("name", "app"), sorted((name, app) for name, app in get_commands().items() if app in OURS)
)
def test_every_command_of_the_site_is_one(name, app):
    assert isinstance(load_command_class(app, name), SiteCommand)


def test_a_command_says_in_one_line_that_postgresql_is_away():
    ended = subprocess.run(
        [sys.executable, "manage.py", "activate", "1"],
        cwd=settings.BASE_DIR,
        env=os.environ | AWAY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith("CommandError: PostgreSQL went away; run this again.")
    assert ended.stderr.count("\n") == 1
