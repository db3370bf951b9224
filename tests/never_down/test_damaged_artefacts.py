"""What is about to be loaded or activated is damaged; what serves is not touched by it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.never_down.servers import wait_for
from tests.never_down.site import LiveSite

MANIFEST = "manifest.json"
READ_HASH = "SELECT manifest_sha256 FROM recommendations_modelversion WHERE number = %s"
WRITE_HASH = "UPDATE recommendations_modelversion SET manifest_sha256 = %s WHERE number = %s"


def replace(file: Path, content: bytes) -> None:
    """Put other bytes in the place of a file that may be mapped, whose own bytes stay."""
    fresh = file.with_name(f"{file.name}.damaged")
    fresh.write_bytes(content)
    fresh.replace(file)


def flip_bits(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    replace(file, bytes(content))


def cut_short(file: Path) -> None:
    replace(file, file.read_bytes()[:-100])


def remove(file: Path) -> None:
    file.unlink()


def biggest_array(directory: Path) -> Path:
    return max(directory.glob("*.npy"), key=lambda file: file.stat().st_size)


def manifest(directory: Path) -> Path:
    return directory / MANIFEST


@contextmanager
def damaged(
    site: LiveSite, number: int, choose: Callable[[Path], Path], damage: Callable[[Path], None]
) -> Iterator[None]:
    """Damage every copy of a version until the end."""
    names = [
        name
        for (name,) in site.query(
            "SELECT directory FROM recommendations_modelversion WHERE number = %s", number
        )
    ]
    copies = [found for found in site.place.rglob(names[0]) if (found / MANIFEST).exists()]
    files = [choose(copy) for copy in copies]
    assert files
    kept = [file.read_bytes() for file in files]
    for file in files:
        file.parent.chmod(0o755)
        damage(file)
    try:
        yield
    finally:
        for file, content in zip(files, kept, strict=True):
            replace(file, content)


def serving(site: LiveSite) -> int:
    return site.ask("/api/v1/me/recommendations/?limit=1", by="regular").said["model_version"]


def complaints(site: LiveSite, number: int) -> int:
    return site.log("web").count(f"version {number} cannot be served")


def load_again(site: LiveSite, number: int) -> None:
    """Let the site load a version anew: for a moment another manifest is asked of it."""
    before = complaints(site, number)
    ((sha256,),) = site.query(READ_HASH, number)
    site.query(WRITE_HASH, "0" * 64, number)
    wait_for(lambda: site.ask("/").status == 200 and complaints(site, number) > before)
    site.query(WRITE_HASH, sha256, number)


loads = pytest.mark.parametrize(
    ("choose", "damage"),
    [
        pytest.param(manifest, flip_bits, id="a flipped bit in the manifest"),
        pytest.param(biggest_array, cut_short, id="an array cut short"),
        pytest.param(biggest_array, remove, id="an array that is gone"),
    ],
)


@loads
def test_the_version_before_serves_instead(site, choose, damage):
    active = serving(site)
    with damaged(site, active, choose, damage):
        load_again(site, active)
        before = complaints(site, active)
        wait_for(lambda: site.ask("/").status == 200 and complaints(site, active) > before)

        assert serving(site) == active - 1
        assert site.ask("/readyz").status == 200
    load_again(site, active)
    wait_for(lambda: serving(site) == active)


def test_what_is_mapped_goes_on_serving(site):
    active = serving(site)
    with damaged(site, active, biggest_array, cut_short):
        assert serving(site) == active
        assert site.recommended(by="regular")


@pytest.mark.parametrize("damage", [flip_bits, cut_short])
def test_a_damaged_version_is_not_activated(site, damage):
    active = serving(site)
    with damaged(site, active - 1, biggest_array, damage):
        done = site.command("activate", str(active - 1))

        assert done.returncode != 0
        assert str(active - 1) in done.stderr
        assert serving(site) == active
