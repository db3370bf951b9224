"""A proxy in front of a server that can stop forwarding without closing anything."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

CHUNK_BYTES = 1 << 16


class StallingProxy:
    """Forward every connection to a server's socket; stalled, take connections and say nothing."""

    def __init__(self, *, listening: socket.socket, target: Path) -> None:
        self._listening = listening
        self._target = str(target)
        self._may_forward = threading.Event()
        self._may_forward.set()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @classmethod
    def on_socket(cls, path: Path, *, target: Path) -> Self:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(path))
        listening.listen(64)
        return cls(listening=listening, target=target)

    @classmethod
    def on_port(cls, *, target: Path) -> Self:
        return cls(listening=socket.create_server(("127.0.0.1", 0), backlog=64), target=target)

    @property
    def port(self) -> int:
        return self._listening.getsockname()[1]

    @contextlib.contextmanager
    def stalled(self) -> Iterator[None]:
        self._may_forward.clear()
        try:
            yield
        finally:
            self._may_forward.set()

    def close(self) -> None:
        self._may_forward.set()
        for each in (self._listening, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._target)
                self._sockets += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                self._may_forward.wait()
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail if what is inside takes longer."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds
