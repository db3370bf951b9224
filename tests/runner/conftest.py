import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.places import var_directory
from tests.runner.processes import kill, processes_of


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory of its own that every account may enter; nothing of it is left running."""
    directory = Path(tempfile.mkdtemp(dir=var_directory()))
    directory.chmod(0o755)
    yield directory
    for number in processes_of(directory):
        kill(number)
    shutil.rmtree(directory, ignore_errors=True)
