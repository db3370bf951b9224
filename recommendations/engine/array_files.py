"""Arrays as read-only files: written and synced, mapped and checked by their entries."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommendations.engine.errors import ArtefactCorruptError
from recommendations.engine.files import READ_ONLY, check_sha256, check_size, reading, sha256_of

_BLOCK = 1 << 22


def write_array(path: Path, values: NDArray[np.generic]) -> dict[str, Any]:
    """Write an array, sync it to disk and return its entry."""
    plain = np.ascontiguousarray(values) if values.ndim else np.asarray(values)
    with path.open("wb") as stream:
        np.save(stream, plain, allow_pickle=False)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(READ_ONLY)
    return {
        "sha256": sha256_of(path),
        "size": path.stat().st_size,
        "dtype": plain.dtype.str,
        "shape": list(plain.shape),
    }


def map_array(path: Path, entry: Mapping[str, Any]) -> NDArray[np.generic]:
    """Return the memory-mapped array, or raise an error for another size, type or shape."""
    check_size(path, entry)
    try:
        with reading(path):
            values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ArtefactCorruptError(f"{path} is not an array: {error}") from error
    if values.dtype.str != entry["dtype"] or list(values.shape) != entry["shape"]:
        raise ArtefactCorruptError(
            f"{path} holds {values.dtype.str} of shape {values.shape}, "
            f"expected {entry['dtype']} of shape {tuple(entry['shape'])}"
        )
    # Plain views of the mapping: picking rows of a `memmap` takes twice as long.
    return np.asarray(values)


def read_rows(path: Path, entry: Mapping[str, Any]) -> Iterator[tuple[slice, NDArray[np.generic]]]:
    """Yield the rows of an array some at a time, each block in the place of the one before.

    Raises `ArtefactMissingError`, or `ArtefactCorruptError` for any other byte than written: in
    the end, so what was read before must not be used until then.
    """
    check_size(path, entry)
    shape, dtype = tuple(entry["shape"]), np.dtype(entry["dtype"])
    n_rows = max(_BLOCK // max(dtype.itemsize * int(np.prod(shape[1:])), 1), 1)
    block = np.empty((min(n_rows, shape[0]), *shape[1:]), dtype=dtype)
    with reading(path), path.open("rb", buffering=0) as stream:
        digest = hashlib.sha256(stream.read(entry["size"] - dtype.itemsize * int(np.prod(shape))))
        for start in range(0, shape[0], n_rows):
            rows = block[: min(n_rows, shape[0] - start)]
            stream.readinto(rows.data.cast("B"))
            digest.update(rows.data.cast("B"))
            yield slice(start, start + len(rows)), rows
    check_sha256(path, digest.hexdigest(), entry)
