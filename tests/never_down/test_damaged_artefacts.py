"""What is about to be loaded or activated is damaged; what serves is not touched by it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.damage import cut_short, flip_a_byte, largest_array, replace
from tests.never_down.servers import children_of, wait_until
from tests.never_down.site import LiveSite

MANIFEST = "manifest.json"
OTHER = """
    SELECT number, directory FROM recommendations_modelversion
    WHERE state = 'retired' AND activated_at IS NOT NULL ORDER BY number DESC LIMIT 1
"""
RETIRE = "UPDATE recommendations_modelversion SET state = 'retired' WHERE state = 'active'"
ACTIVATE = """
    UPDATE recommendations_modelversion SET state = 'active', activated_at = now()
    WHERE number = %s
"""
DIRECTORY = "SELECT directory FROM recommendations_modelversion WHERE number = %s"
NO_ALERTS = "UPDATE recommendations_modelversion SET alert = ''"
ALERT = "SELECT alert FROM recommendations_modelversion WHERE number = %s"


def remove(file: Path) -> None:
    file.parent.chmod(0o755)
    file.unlink()


def manifest(directory: Path) -> Path:
    return directory / MANIFEST


def copies_of(site: LiveSite, directory: str) -> list[Path]:
    """Return where a version lies: in the machine's cache, and in the storage."""
    return [found for found in site.place.rglob(directory) if (found / MANIFEST).exists()]


@contextmanager
def damaged(
    copies: list[Path], choose: Callable[[Path], Path], damage: Callable[[Path], None]
) -> Iterator[None]:
    """Damage these copies of a version until the end."""
    kept = {choose(copy): choose(copy).read_bytes() for copy in copies}
    try:
        for file in kept:
            damage(file)
        yield
    finally:
        for file, content in kept.items():
            if file.parent.exists():
                replace(file, content)


def serving(site: LiveSite) -> int | None:
    """Return the version that serves; None where the site asks to come again."""
    answer = site.ask("/api/v1/me/recommendations/?limit=1", by="regular")
    return answer.said["model_version"] if answer.status == 200 else None


@pytest.fixture
def served(site) -> int:
    """Return the version that serves before anything is damaged."""
    number = serving(site)
    assert number is not None
    return number


def other_version(site: LiveSite) -> tuple[int, str]:
    """Return number and directory of a version that served before the one that does."""
    return site.query(OTHER)[0]


def point_to(site: LiveSite, number: int) -> None:
    """Move the pointer as somebody does who does not look at the files."""
    site.query(RETIRE)
    site.query(ACTIVATE, number)


@pytest.mark.parametrize(
    ("choose", "damage"),
    [
        pytest.param(manifest, flip_a_byte, id="a flipped bit in the manifest"),
        pytest.param(largest_array, cut_short, id="an array cut short"),
        pytest.param(largest_array, remove, id="an array that is gone"),
    ],
)
def test_what_is_damaged_here_is_fetched_before_it_serves(site, served, choose, damage):
    number, directory = other_version(site)
    before = len(site.log("web"))
    with damaged([site.artefacts / directory], choose, damage):
        point_to(site, number)
        wait_until(
            lambda: site.ask("/readyz").status == 200 and serving(site) not in {None, served}
        )

        assert serving(site) == number
    assert f"version {number} cannot be served" in site.log("web")[before:]


def test_what_is_damaged_everywhere_leaves_what_serves_and_an_alert(site, served):
    number, directory = other_version(site)
    copies = copies_of(site, directory)
    site.query(NO_ALERTS)
    with damaged(copies, largest_array, cut_short):
        try:
            point_to(site, number)
            wait_until(lambda: site.ask("/").status == 200 and site.query(ALERT, number)[0][0])

            assert len(copies) > 1
            assert serving(site) == served
            assert site.ask("/readyz").status == 200
        finally:
            point_to(site, served)


def test_a_process_that_starts_serves_the_version_before_until_the_files_are_back(site, served):
    previous, _ = other_version(site)
    ((directory,),) = site.query(DIRECTORY, served)
    site.query(NO_ALERTS)
    before = len(site.log("web"))
    with damaged(copies_of(site, directory), largest_array, cut_short):
        old = children_of(site.web.pid)
        site.reload()
        wait_until(lambda: not set(old) & set(children_of(site.web.pid)))

        assert serving(site) == previous
        wait_until(lambda: site.ask("/readyz").status == 200 and site.query(ALERT, served)[0][0])
        assert f"version {served} cannot be served" in site.log("web")[before:]
    wait_until(lambda: serving(site) == served)


def test_what_is_mapped_goes_on_serving(site, served):
    ((directory,),) = site.query(DIRECTORY, served)
    with damaged(copies_of(site, directory), largest_array, cut_short):
        assert serving(site) == served
        assert site.recommended(by="regular")


def test_a_damaged_version_is_not_activated(site, served):
    number, directory = other_version(site)
    with damaged(copies_of(site, directory), largest_array, flip_a_byte):
        done = site.command("activate", str(number))

        assert done.returncode != 0
        assert f"version {number}" in done.stderr
        assert serving(site) == served
