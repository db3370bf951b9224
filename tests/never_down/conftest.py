"""One site for the whole folder: starting it costs more than all the tests do."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.places import var_directory
from tests.never_down.servers import wait_until
from tests.never_down.site import LiveSite
from tests.runner.processes import kill, processes_of


@pytest.fixture(scope="package")
def running_site() -> Iterator[LiveSite]:
    place = Path(tempfile.mkdtemp(dir=var_directory()))
    place.chmod(0o755)
    site = LiveSite(place)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        for number in processes_of(place):
            kill(number)
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def site(running_site) -> LiveSite:
    """Give the site when nothing is missing any more."""
    wait_until(running_site.is_whole)
    return running_site
