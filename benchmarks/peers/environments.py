"""The peers' own virtual environments under var/peers, from pinned requirements."""

from pathlib import Path

from benchmarks.environments import python_in
from benchmarks.peers.places import VAR

REQUIREMENTS = {"current": "requirements.txt", "older": "requirements-older.txt"}


def python_of(environment: str) -> Path:
    """Return the interpreter of an environment, which is made and filled where it is not there."""
    return python_in(VAR / environment, Path(__file__).with_name(REQUIREMENTS[environment]))
