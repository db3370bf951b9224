"""The directory a private server lives in: its data, its socket and, if need be, its programs."""

import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from runner.errors import ServiceError
from runner.places import make_directory, plain_errors, write_private
from runner.system_account import Account, unprivileged_account

LONGEST_SOCKET_PATH = 99
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")
OUTSIDE = Path("/var/lib/marquee")
SHORT_DIRECTORIES = ("/tmp", "/var/tmp")  # noqa: S108 - mkdtemp makes names nobody can foresee
# Elsewhere a name would need quoting in PostgreSQL's list of socket directories.
PLAIN_PATH = re.compile(r"[\w/.+@~-]+")


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Executables out of a wheel, with what has to lie beside them."""

    base: Path
    version: str
    executable: str
    parts: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The program itself."""
        return self.base / self.executable


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where one server lives, and as whom; `account` is None for the account of this process."""

    directory: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """The server's own files."""
        return self.directory / "data"

    def make_own(self, path: Path) -> Path:
        """Make a directory that only the server's account (and root) may enter."""
        with plain_errors():
            path.mkdir(mode=0o700, exist_ok=True)
            path.chmod(0o700)
            if self.account:
                self.account.owns(path)
        return path

    def reachable(self, programs: Programs) -> Programs:
        """Return the programs where the account may run them: in place, or copied here."""
        if self.account is None or self.account.may("-x", programs.path):
            return programs
        copied = Programs(
            base=self.directory / f"programs-{programs.version}",
            version=programs.version,
            executable=programs.executable,
            parts=programs.parts,
        )
        if not copied.base.exists():
            with plain_errors():
                _copy_readable(programs, copied.base)
        return copied

    def open_sockets(self) -> Path:
        """Return a directory for sockets whose path is short enough for the system."""
        place = self.directory / "run"
        if _fits(place):
            return self.make_own(place)
        if not self._is_ours(place):
            place.unlink(missing_ok=True)
            place.symlink_to(_short_directory())
        return self.make_own(place.resolve())

    def close_sockets(self) -> None:
        """Remove the directory that had to be made outside of the home."""
        place = self.directory / "run"
        if place.is_symlink():
            shutil.rmtree(place.resolve(), ignore_errors=True)
            place.unlink()

    def _is_ours(self, link: Path) -> bool:
        """Whether the link leads to a directory nobody else can have put there."""
        try:
            found = link.readlink().lstat()
        except OSError:
            return False
        owner = self.account.user_id if self.account else os.geteuid()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077

    def remove(self) -> None:
        """Remove the home with everything in it."""
        shutil.rmtree(self.directory, ignore_errors=True)
        if self.directory.parent.parent == OUTSIDE:
            self.directory.parent.rmdir()


def prepare_home(control: Path) -> Home:
    """Return the home of the server that is controlled from the directory.

    It lies in the control directory, except where root's unprivileged account may not enter
    that: then in a directory of that account, remembered beside the locks.
    """
    inside, record = control / "home", control / "home-elsewhere"
    known = Path(record.read_text(encoding="utf-8")) if record.exists() else inside
    account = unprivileged_account(known)
    if known == inside and account and not account.may("-x", control):
        known = _directory_outside(control.name) / "home"
        if inside.exists():
            shutil.move(inside, known)
        write_private(record, os.fspath(known))
    home = Home(directory=known, account=account)
    home.make_own(known)
    return home


def _directory_outside(name: str) -> Path:
    make_directory(OUTSIDE)
    with plain_errors():
        directory = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=OUTSIDE))
        directory.chmod(0o711)
    return directory


def _fits(place: Path) -> bool:
    is_short = len(os.fsencode(place)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH
    return is_short and PLAIN_PATH.fullmatch(os.fspath(place)) is not None


def _short_directory() -> Path:
    for parent in SHORT_DIRECTORIES:
        if os.access(parent, os.W_OK | os.X_OK):
            return Path(tempfile.mkdtemp(prefix="marquee-", dir=parent))
    raise ServiceError(f"No directory for sockets: {' and '.join(SHORT_DIRECTORIES)} are closed.")


def _copy_readable(programs: Programs, base: Path) -> None:
    """Copy the parts so that every account may read and run them, whatever the umask was."""
    fresh = base.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for part in programs.parts:
        source, target = programs.base / part, fresh / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    fresh.rename(base)
