"""Ways in which an artefact breaks."""

from pathlib import Path


def largest_array(directory: Path) -> Path:
    return max(directory.glob("*.npy"), key=lambda path: path.stat().st_size)


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    replace(path, bytes(content))


def cut_short(path: Path) -> None:
    replace(path, path.read_bytes()[:-1])


def make_unreadable(path: Path) -> None:
    """Put a link to itself in the place of a file: not even root reads it."""
    path.parent.chmod(0o755)
    path.unlink()
    path.symlink_to(path.name)


def replace(path: Path, content: bytes) -> None:
    """Put other bytes in the place of a file that may be mapped, whose own bytes stay."""
    path.parent.chmod(0o755)
    fresh = path.with_name(f"{path.name}.damaged")
    fresh.write_bytes(content)
    fresh.chmod(0o444)
    fresh.replace(path)
