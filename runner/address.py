"""The address the site is served at: taken before anything else, or not at all."""

import errno
import os
import socket

from runner.errors import RunnerError

HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
HIGHEST_PORT = 65535
BACKLOG = 1024


def chosen_port() -> int:
    """Return the port that PORT names, 8000 if it is not set."""
    wish = os.environ.get("PORT") or DEFAULT_PORT
    if not wish.isascii() or not wish.isdigit() or not 0 < int(wish) <= HIGHEST_PORT:
        raise RunnerError(f"PORT has to be a number from 1 to {HIGHEST_PORT}, not {wish!r}.")
    return int(wish)


def take_port(port: int) -> socket.socket:
    """Return a socket bound to the port; nobody else can take it while data is loaded."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        bound.listen(BACKLOG)  # from now on a browser waits instead of being turned away
    except OSError as error:
        bound.close()
        raise RunnerError(_refusal(port, error)) from error
    return bound


def _refusal(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use. Stop the program that uses it, or choose another port: "
            f"PORT={port + 1} make run"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system. Choose another one: PORT=8000 make run"
    return f"Port {port} cannot be used: {error.strerror}."
