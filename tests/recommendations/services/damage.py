"""Ways in which an artefact breaks."""

from pathlib import Path


def largest_array(directory: Path) -> Path:
    return max(directory.glob("*.npy"), key=lambda path: path.stat().st_size)


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    _write(path, bytes(content))


def cut_short(path: Path) -> None:
    _write(path, path.read_bytes()[:-1])


def _write(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(0o444)
