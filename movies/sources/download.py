"""Fetch MovieLens 1M from GroupLens, once."""

import hashlib
import http.client
import queue
import threading
import urllib.request
from dataclasses import dataclass
from pathlib import Path

SECONDS = 15.0
MOST_BYTES = 64 << 20
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class RemoteSet:
    """A file that GroupLens publishes, and the SHA-256 digest it has."""

    name: str
    sha256: str


MOVIELENS_1M = RemoteSet(
    name="ml-1m.zip",
    sha256="a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
)


class DownloadError(Exception):
    """A set could not be fetched; the message says why in a few words."""


def download_set(
    *, remote: RemoteSet, base_url: str, folder: Path, seconds: float = SECONDS
) -> Path:
    """Fetch a set into a folder and return its path; raise DownloadError after the time limit.

    The file appears whole and with the right checksum, or not at all.
    """
    content = _fetch_within(f"{base_url.rstrip('/')}/{remote.name}", seconds=seconds)
    if hashlib.sha256(content).hexdigest() != remote.sha256:
        raise DownloadError(f"{remote.name} came with a wrong checksum")
    target = folder / remote.name
    partial = target.with_suffix(".partial")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(target)
    except OSError as error:
        raise DownloadError(f"{target} cannot be written: {error.strerror}") from error
    return target


def _fetch_within(url: str, *, seconds: float) -> bytes:
    """Return what an address answers.

    Looking up a name obeys no socket timeout, and a slow server may send a byte at a time, so a
    thread fetches and is left behind when the time is over.
    """
    answers: queue.Queue[bytes | DownloadError] = queue.Queue()
    arguments = (url, seconds, answers)
    threading.Thread(target=_fetch, args=arguments, daemon=True, name="download").start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise DownloadError(f"no answer within {seconds:g} s") from None
    if isinstance(answer, DownloadError):
        raise answer
    return answer


def _fetch(url: str, seconds: float, answers: "queue.Queue[bytes | DownloadError]") -> None:
    content = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:  # noqa: S310 - a setting
            while chunk := response.read(CHUNK_BYTES):
                content += chunk
                if len(content) > MOST_BYTES:
                    answers.put(DownloadError(f"more than {MOST_BYTES >> 20} MB"))
                    return
    except TimeoutError:  # sooner than whoever waits by a hair
        answers.put(DownloadError(f"no answer within {seconds:g} s"))
    except (OSError, http.client.HTTPException, ValueError) as error:
        answers.put(DownloadError(str(error) or type(error).__name__))
    else:
        answers.put(bytes(content))
