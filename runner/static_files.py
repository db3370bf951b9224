"""Whether the collected static files still are what the sources would give."""

import hashlib
from pathlib import Path

from runner.places import ROOT, write_private

SOURCE = ROOT / "static"
PACKAGES = ROOT / "constraints.txt"


def fingerprint() -> str:
    """Return a digest that changes with any source file or package."""
    digest = hashlib.sha256(PACKAGES.read_bytes())
    for path in sorted(SOURCE.rglob("*")):
        if path.is_file():
            state = path.stat()
            digest.update(
                f"{path.relative_to(ROOT)} {state.st_size} {state.st_mtime_ns}\n".encode()
            )
    return digest.hexdigest()


def are_current(collected: Path) -> bool:
    """Whether the directory was collected from these very sources."""
    stamp = _stamp(collected)
    return collected.is_dir() and stamp.exists() and stamp.read_text() == fingerprint()


def mark_current(collected: Path) -> None:
    """Remember what the directory was collected from."""
    write_private(_stamp(collected), fingerprint())


def _stamp(collected: Path) -> Path:
    return collected.with_name(f"{collected.name}.made-from")
