"""Files of a data set, in a directory or in a zip file. Nothing is ever unpacked to disk."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from movies.errors import ImportRefusedError

RATINGS_FILES = frozenset({"ratings.csv", "ratings.dat", "u.data"})
LONGEST_LINE = 64 * 1024
# Ratings shrink to a quarter or a tenth of their size. What shrinks far more is no data set.
MOST_COMPRESSED = 200
SMALL_FILE = 16 * 1024 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a data set: its place, and its size once unpacked."""

    path: str
    size: int


class Archive:
    """The files that lie together in one folder of a directory or a zip file, by name."""

    def __init__(self, path: Path, name: str, members: dict[str, Member]) -> None:
        self.path = path
        self.name = name
        self.members = members

    def __contains__(self, name: object) -> bool:
        return name in self.members

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file without their ends; raise ImportRefusedError if broken."""
        try:
            with self._open(name) as stream:
                while line := stream.readline(LONGEST_LINE):
                    if len(line) == LONGEST_LINE:
                        raise ImportRefusedError(
                            f"{name}: a line is longer than {LONGEST_LINE} bytes."
                        )
                    yield line.rstrip(b"\r\n")
        except BROKEN as error:
            raise ImportRefusedError(f"{self.path}: {name} is broken ({error}).") from error
        except OSError as error:
            raise ImportRefusedError(f"{self.path}: {name} cannot be read ({error}).") from error

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        place = self.members[name].path
        if self.path.is_dir():
            with (self.path / place).open("rb") as stream:
                yield stream
            return
        with zipfile.ZipFile(self.path) as packed, packed.open(place) as stream:
            yield stream


def open_archive(path: Path) -> Archive:
    """Return the files at a path; raise ImportRefusedError when there are none to read."""
    if path.is_dir():
        return _open_directory(path)
    if not path.exists():
        raise ImportRefusedError(f"{path} does not exist.")
    try:
        return _open_zip(path)
    except BROKEN as error:
        raise ImportRefusedError(f"{path} is not a zip file, or a broken one ({error}).") from error
    except OSError as error:
        raise ImportRefusedError(f"{path} cannot be read ({error}).") from error


def _open_directory(path: Path) -> Archive:
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        raise ImportRefusedError(f"{path} cannot be read ({error}).") from error
    files = [entry for entry in entries if entry.is_file()]
    folders = [entry for entry in entries if entry.is_dir()]
    if not files and len(folders) == 1:
        return _open_directory(folders[0])
    members = {entry.name: Member(entry.name, entry.stat().st_size) for entry in files}
    return Archive(path, path.resolve().name, members)


def _open_zip(path: Path) -> Archive:
    with zipfile.ZipFile(path) as packed:
        entries = [entry for entry in packed.infolist() if not entry.is_dir()]
    # The data set is the folder with ratings that lies nearest to the top.
    folders = {
        folder
        for folder, _, name in (entry.filename.rpartition("/") for entry in entries)
        if name in RATINGS_FILES and not folder.startswith("__MACOSX")
    }
    folder = min(folders, key=lambda name: (name.count("/") if name else -1, name), default="")
    members = {}
    for entry in entries:
        inside, _, name = entry.filename.rpartition("/")
        if inside == folder:
            _refuse_bomb(path, entry)
            members[name] = Member(entry.filename, entry.file_size)
    return Archive(path, folder.rpartition("/")[2] or path.stem, members)


def _refuse_bomb(path: Path, entry: zipfile.ZipInfo) -> None:
    allowed = max(SMALL_FILE, MOST_COMPRESSED * entry.compress_size)
    if entry.file_size > allowed:
        raise ImportRefusedError(
            f"{path}: {entry.filename} would unpack to {entry.file_size:,} bytes "
            f"from {entry.compress_size:,}; that is no data set."
        )
