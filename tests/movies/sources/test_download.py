import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from movies.sources import download
from movies.sources.download import DownloadError, RemoteSet, download_set

CONTENT = b"a set" * 50_000
REMOTE = RemoteSet(name="set.zip", sha256=hashlib.sha256(CONTENT).hexdigest())


class Server(BaseHTTPRequestHandler):
    """Serve the set, below /slow/ only its beginning."""

    has_waited_enough = threading.Event()

    def do_GET(self):
        if "/missing/" in self.path:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if "/slow/" in self.path:
            self.wfile.write(CONTENT[:10])
            self.has_waited_enough.wait(timeout=60)
            return
        self.wfile.write(CONTENT[:-1] if "/short/" in self.path else CONTENT)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    Server.has_waited_enough.set()
    server.shutdown()
    server.server_close()


def test_set_arrives_whole(address, tmp_path):
    path = download_set(remote=REMOTE, base_url=f"{address}/sets/", folder=tmp_path / "cache")
    assert path == tmp_path / "cache/set.zip"
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]


def test_wrong_checksum_leaves_no_file(address, tmp_path):
    remote = RemoteSet(name="set.zip", sha256="0" * 64)
    with pytest.raises(DownloadError, match="checksum"):
        download_set(remote=remote, base_url=address, folder=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("place", "reason"), [("missing", "404"), ("short", "checksum")])
def test_answer_that_is_no_set_is_refused(place, reason, address, tmp_path):
    with pytest.raises(DownloadError, match=reason):
        download_set(remote=REMOTE, base_url=f"{address}/{place}", folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_slow_server_is_given_up(address, tmp_path):
    began = time.monotonic()
    with pytest.raises(DownloadError, match=r"no answer within 0.2 s"):
        download_set(remote=REMOTE, base_url=f"{address}/slow", folder=tmp_path, seconds=0.2)
    assert time.monotonic() - began < 30


def test_answer_that_is_too_large_is_refused(address, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "MOST_BYTES", 1 << 17)
    with pytest.raises(DownloadError, match="more than"):
        download_set(remote=REMOTE, base_url=address, folder=tmp_path)


def test_server_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DownloadError, match="refused"):
        download_set(remote=REMOTE, base_url="http://127.0.0.1:9", folder=tmp_path)


def test_folder_that_cannot_be_written_is_an_error(address, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match="cannot be written"):
        download_set(remote=REMOTE, base_url=address, folder=tmp_path / "file")
