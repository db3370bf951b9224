"""Where a checkout keeps what it makes while it runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.errors import RunnerError

ROOT = Path(__file__).resolve().parent.parent


def var_directory() -> Path:
    """Return the directory of everything that is made at run time."""
    return Path(os.environ.get("MARQUEE_VAR") or ROOT / "var").resolve()


def make_directory(path: Path, *, mode: int = 0o755) -> Path:
    """Return the directory, made if it is missing; say plainly when it cannot be made."""
    with plain_errors():
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    return path


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what the system refuses (permission, space, read-only) into one plain line."""
    try:
        yield
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        raise RunnerError(f"Marquee cannot write its files: {error.strerror}{place}.") from error


def write_private(path: Path, text: str) -> None:
    """Replace the file by one that only its owner reads, in one step."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with plain_errors():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(path)
