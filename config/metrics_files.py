"""Where the processes of one gunicorn count, so that any of them can tell the sum.

prometheus_client decides while it is imported whether it counts in files: this module must not
import it, and has to be used before anything else does.
"""

import atexit
import logging
import os
import shutil
import tempfile
from pathlib import Path

from runner.locks import FileLock, is_free

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "marquee-metrics-"
LOCK = "lock"
KINDS = ("counter", "histogram")
# All views with all answers take a fifth of it.
BYTES = 1 << 20

logger = logging.getLogger(__name__)


def open_directory() -> FileLock:
    """Make a directory for this server's processes and name it to prometheus_client.

    It goes with the process; one that was killed leaves its directory to the next start. Keep
    the returned lock: it says that the directory is in use.
    """
    place = Path(tempfile.gettempdir())
    remove_abandoned(place)
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    lock = FileLock(directory / LOCK)
    lock.try_exclusive()
    os.environ[VARIABLE] = str(directory)
    atexit.register(_remove, directory, process=os.getpid())
    return lock


def reserve_files() -> None:
    """Take the room that this process counts in beforehand, or let it count in memory alone.

    prometheus_client maps files with holes: on a disk that is full, the first count that needed a
    page of one would end the process.
    """
    directory = Path(os.environ[VARIABLE])
    files = [directory / f"{kind}_{os.getpid()}.db" for kind in KINDS]
    try:
        for file in files:
            with file.open("wb") as stream:
                os.posix_fallocate(stream.fileno(), 0, BYTES)
    except OSError as error:
        logger.warning("no room to count beside the others, who will not know: %s", error)
        del os.environ[VARIABLE]
        for file in files:
            file.unlink(missing_ok=True)


def remove_abandoned(place: Path) -> None:
    """Remove our own directories that no running server holds."""
    for directory in place.glob(f"{PREFIX}*"):
        is_ours = directory.lstat().st_uid == os.getuid() and not directory.is_symlink()
        lock = directory / LOCK
        if is_ours and lock.exists() and is_free(lock):
            shutil.rmtree(directory, ignore_errors=True)


def _remove(directory: Path, *, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(directory, ignore_errors=True)
