"""A fitted model as a directory of memory-mapped arrays with a manifest.

Nothing is pickled. A directory is written beside its place, synced to disk, made read-only and
renamed into place, so that it is there whole or not at all. `load` maps the arrays and checks the
manifest, sizes, types and shapes, which takes milliseconds; `manifests.verify` reads every byte.

An increment has only the arrays that changed; for the others its manifest names the directory of
the version it came from, which lies beside its own.
"""

import hashlib
import json
import platform
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from recommendations.engine.array_files import map_array, write_array
from recommendations.engine.arrays import AnyArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import (
    ArtefactCorruptError,
    ArtefactError,
    EngineError,
)
from recommendations.engine.files import sync_directory, write_bytes
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.engine.manifests import (
    FORMAT_VERSION,
    MANIFEST,
    REFERENCE,
    SIGNS_OF_OTHER_CONTENT,
    place_of,
    read_manifest,
)
from recommendations.engine.models import build_model, recipe_of
from recommendations.engine.models.stack import Stack
from recommendations.engine.threads import FIT_THREADS

ITEM_IDS = "item_ids"


def save(
    model: Recommender,
    directory: Path,
    *,
    replace_existing: bool = False,
    base: Path | None = None,
) -> str:
    """Write a fitted model into a new directory and return the sha256 of its manifest.

    With `base`, an artefact in the same parent directory, arrays that are equal to its own are
    not written again: the manifest says in which directory they lie.

    Raises `ArtefactError` if the directory exists, unless it is to be replaced, which only an
    artefact or an empty directory may be. Raises `NotFittedError` for an unfitted model.
    """
    check_target(directory, replace_existing=replace_existing)
    arrays = {
        f"{name}.npy": values
        for name, values in {ITEM_IDS: model.known_items.ids, **model.arrays()}.items()
    }
    directory.parent.mkdir(parents=True, exist_ok=True)
    there = {} if base is None else _entries_to_refer_to(base, directory)
    workplace = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))

    def keep(file: tuple[str, AnyArray]) -> Mapping[str, Any]:
        name, values = file
        entry = _refer(directory, name, values, entry=there.get(name))
        return entry or write_array(workplace / name, values)

    try:
        with ThreadPoolExecutor(FIT_THREADS) as pool:
            files = dict(zip(arrays, pool.map(keep, arrays.items()), strict=True))
        manifest_sha256 = _write_manifest(workplace, model=model, files=files)
        workplace.chmod(0o755)
        sync_directory(workplace)
        _move_into_place(workplace, directory)
    except BaseException:
        shutil.rmtree(workplace, ignore_errors=True)
        raise
    return manifest_sha256


def _entries_to_refer_to(base: Path, directory: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the files of an artefact as another one beside it would name them."""
    if base.absolute().parent != directory.absolute().parent or base.name == directory.name:
        raise ArtefactError(f"{directory} and its base {base} must lie side by side")
    return {
        file_name: {REFERENCE: base.name, **entry}
        for file_name, entry in read_manifest(base).files.items()
    }


def _refer(
    directory: Path, file_name: str, values: AnyArray, *, entry: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """Return the entry if the array it names is equal to these values."""
    if entry is None or [values.dtype.str, list(values.shape)] != [entry["dtype"], entry["shape"]]:
        return None
    there = map_array(place_of(directory, file_name, entry), entry)
    return entry if values is there or np.array_equal(there, values) else None


def load(directory: Path, *, expected_sha256: str | None = None) -> Recommender:
    """Return the fitted model of an artefact, its arrays memory-mapped and read-only.

    Raises what `read_manifest` raises, and `ArtefactCorruptError` for a file whose size, type or
    shape is not the manifest's, for a recipe that `fit` would refuse, and for arrays from which
    the recipe's model cannot score.
    Altered bytes of the right length are found by `manifests.verify` only.
    """
    manifest = read_manifest(directory, expected_sha256=expected_sha256)
    arrays = {
        file_name.removesuffix(".npy"): map_array(place_of(directory, file_name, entry), entry)
        for file_name, entry in manifest.files.items()
    }
    model = _build(manifest.recipe, directory / MANIFEST)
    try:
        items = ItemIndex(np.asarray(arrays.pop(ITEM_IDS), dtype=np.int64))
        model.restore(items=items, training=manifest.training, arrays=arrays)
        _try_out(model)
    except (EngineError, *SIGNS_OF_OTHER_CONTENT) as error:
        raise ArtefactCorruptError(
            f"{directory} does not hold what its recipe needs: {error!r}"
        ) from error
    return model


def _build(recipe: Mapping[str, Any], path: Path) -> Recommender:
    """Return the unfitted model of a recipe as `fit` would have taken it."""
    try:
        model = build_model(recipe)
        model.check_hyperparameters()
    except (EngineError, *SIGNS_OF_OTHER_CONTENT, RecursionError) as error:
        raise ArtefactCorruptError(f"{path} has a recipe that cannot be used: {error}") from error
    return model


def _try_out(model: Recommender) -> None:
    """Raise one of `SIGNS_OF_OTHER_CONTENT` if the model or a part of it cannot score.

    Takes a few milliseconds.
    """
    if isinstance(model, Stack):
        for component in model.components_.values():
            _try_out(component)
    one_rating = History(
        item_indices=np.zeros(1, dtype=np.int64),
        values=np.ones(1, dtype=np.float32),
        timestamps=np.zeros(1, dtype=np.int64),
    )
    for history in (History(), one_rating):
        scores = model.score(history)
        if scores.shape != (model.n_items,) or not np.isfinite(scores).all():
            raise ValueError(f"scores of shape {scores.shape} or not finite")


def check_target(directory: Path, *, replace_existing: bool = False) -> None:
    """Raise `ArtefactError` where `save` would, before there is a model to save."""
    if not directory.exists():
        _check_parent(directory)
        return
    if not replace_existing:
        raise ArtefactError(f"{directory} exists; an artefact is never written over")
    names = {path.name for path in directory.iterdir()} if directory.is_dir() else {""}
    if names and MANIFEST not in names:
        raise ArtefactError(f"{directory} exists and is not a model; it is left alone")
    foreign = sorted(name for name in names - {MANIFEST} if not name.endswith(".npy"))
    if foreign:
        raise ArtefactError(f"{directory} holds {foreign[0]}, no part of a model; it is left alone")


def _check_parent(directory: Path) -> None:
    nearest = next(parent for parent in directory.absolute().parents if parent.exists())
    if not nearest.is_dir():
        raise ArtefactError(f"{directory} cannot be made: {nearest} is not a directory")


def _write_manifest(
    workplace: Path, *, model: Recommender, files: Mapping[str, Mapping[str, Any]]
) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "recipe": recipe_of(model),
        "seed": model.seed,
        "training": asdict(model.training_),
        "libraries": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
        "files": files,
    }
    content = json.dumps(document, indent=1, sort_keys=True).encode()
    write_bytes(workplace / MANIFEST, content)
    return hashlib.sha256(content).hexdigest()


def _move_into_place(workplace: Path, directory: Path) -> None:
    if not directory.exists():
        workplace.rename(directory)
        sync_directory(directory.parent)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{directory.name}-old-", dir=directory.parent))
    directory.rename(old / directory.name)
    workplace.rename(directory)
    sync_directory(directory.parent)
    shutil.rmtree(old, ignore_errors=True)
