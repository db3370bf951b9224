"""What a command need not load that somebody in a hurry types."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys, django
django.setup()
import recommendations.management.commands.{command}
loaded = {heavy} & set(sys.modules)
sys.exit(f"loaded: {{sorted(loaded)}}" if loaded else 0)
"""
HEAVY = {
    "config.urls",
    "movies.admin",
    "pandas",
    "recommendations.engine.base",
    "recommendations.tasks",
    "scipy",
    "sklearn",
}


@pytest.mark.parametrize("command", ["activate", "rollback"])
def test_going_back_loads_neither_pages_nor_models(command):
    program = PROGRAM.format(command=command, heavy=HEAVY)

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
