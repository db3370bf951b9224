import errno
import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from recommendations.engine import artefacts, manifests
from recommendations.engine.array_files import read_rows
from recommendations.engine.errors import (
    ArtefactCorruptError,
    ArtefactError,
    ArtefactMissingError,
    ArtefactVersionError,
    NotFittedError,
)
from recommendations.engine.history import History
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.hybrid import Hybrid
from tests.damage import cut_short, flip_a_byte, make_unreadable, replace
from tests.recommendations.engine.worlds import two_camps


@pytest.fixture(scope="module")
def model():
    return Hybrid().fit(two_camps())


@pytest.fixture
def stored(model, tmp_path):
    directory = tmp_path / "model"
    artefacts.save(model, directory)
    return directory


def test_the_hash_returned_is_that_of_the_manifest(model, tmp_path):
    returned = artefacts.save(model, tmp_path / "model")
    content = (tmp_path / "model" / "manifest.json").read_bytes()
    assert returned == hashlib.sha256(content).hexdigest()
    assert manifests.verify(tmp_path / "model", expected_sha256=returned).sha256 == returned


def test_another_manifest_than_expected_is_refused(stored):
    with pytest.raises(ArtefactCorruptError, match="expected 00"):
        artefacts.load(stored, expected_sha256="00")


def test_files_are_read_only_and_nothing_is_left_beside(stored):
    assert {path.stat().st_mode & 0o777 for path in stored.iterdir()} == {0o444}
    assert [path.name for path in stored.parent.iterdir()] == ["model"]


def test_the_same_model_is_written_in_the_same_bytes(model, stored, tmp_path):
    again = artefacts.save(model, tmp_path / "again")
    assert again == manifests.read_manifest(stored).sha256


def test_an_existing_artefact_is_replaced_only_on_request(model, stored):
    with pytest.raises(ArtefactError, match="never written over"):
        artefacts.save(model, stored)
    artefacts.save(Bias().fit(two_camps()), stored, replace_existing=True)
    assert artefacts.load(stored).name == "bias"
    assert [path.name for path in stored.parent.iterdir()] == ["model"]


def test_a_directory_of_somebody_else_is_left_alone(model, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("Dear Ann")
    with pytest.raises(ArtefactError, match="left alone"):
        artefacts.save(model, tmp_path / "letters", replace_existing=True)
    assert (tmp_path / "letters" / "dear.txt").exists()


def test_a_model_beside_which_somebody_keeps_files_is_not_replaced(model, stored):
    stored.chmod(0o755)
    (stored / "ratings.csv").write_text("userId,movieId,rating,timestamp\n")
    with pytest.raises(ArtefactError, match=r"ratings\.csv, no part of a model"):
        artefacts.save(model, stored, replace_existing=True)
    assert (stored / "ratings.csv").exists()


def test_a_failed_save_leaves_nothing_behind(tmp_path):
    with pytest.raises(NotFittedError):
        artefacts.save(Bias(), tmp_path / "model")
    broken = Bias().fit(two_camps())
    broken.mean_ = np.array([object()])
    with pytest.raises(ValueError, match="allow_pickle"):
        artefacts.save(broken, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_arrays_are_mapped_and_read_only(stored):
    weights = artefacts.load(stored).components_["ease"].components_["long"].weights_
    assert isinstance(weights.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        weights[0, 0] = 1.0


def test_a_truncated_file_is_found_when_loading(stored):
    path = stored / "als.item_vectors_.npy"
    cut_short(path)
    for check in (artefacts.load, manifests.verify):
        with pytest.raises(ArtefactCorruptError, match=r"item_vectors_.*bytes, expected"):
            check(stored)


def test_an_altered_byte_is_found_when_verifying(stored):
    path = stored / "als.item_vectors_.npy"
    flip_a_byte(path)
    with pytest.raises(ArtefactCorruptError, match="sha256"):
        manifests.verify(stored)


@pytest.mark.parametrize("file_name", ["manifest.json", "als.item_vectors_.npy"])
def test_a_file_that_cannot_be_read_is_damaged(stored, file_name):
    make_unreadable(stored / file_name)
    for check in (artefacts.load, manifests.verify):
        with pytest.raises(ArtefactCorruptError, match=rf"{file_name} cannot be read: Too many"):
            check(stored)


@pytest.mark.parametrize(
    ("check", "opened_by"),
    [(manifests.verify, "recommendations.engine.files.sha256_of"), (artefacts.load, "numpy.load")],
)
def test_a_disk_that_fails_while_an_array_is_read_is_damage(stored, monkeypatch, check, opened_by):
    monkeypatch.setattr(opened_by, fail_to_read)
    with pytest.raises(ArtefactCorruptError, match=r"\.npy cannot be read: Input/output error"):
        check(stored)


def test_a_disk_that_fails_while_rows_are_read_is_damage(stored, monkeypatch):
    file_name = "als.item_vectors_.npy"
    entry = manifests.read_manifest(stored).files[file_name]
    monkeypatch.setattr(Path, "open", fail_to_read)
    with pytest.raises(ArtefactCorruptError, match="cannot be read: Input/output error"):
        list(read_rows(stored / file_name, entry))


def fail_to_read(path: Path, *_how, **_options) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))


def test_an_altered_header_is_found_when_loading(stored):
    path = stored / "stars.mean_.npy"
    replace(path, path.read_bytes().replace(b"<f8", b"<i8"))
    with pytest.raises(ArtefactCorruptError, match="expected <f8"):
        artefacts.load(stored)


def test_a_pickled_array_is_never_loaded(stored):
    path = stored / "stars.mean_.npy"
    np.save(stored / "evil.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    replace(path, (stored / "evil.npy").read_bytes())
    manifest = json.loads((stored / "manifest.json").read_text())
    manifest["files"]["stars.mean_.npy"]["size"] = path.stat().st_size
    replace(stored / "manifest.json", json.dumps(manifest).encode())
    with pytest.raises(ArtefactCorruptError, match="not an array"):
        artefacts.load(stored)


def test_a_missing_file_is_named(stored):
    (stored / "stars.mean_.npy").unlink()
    for check in (artefacts.load, manifests.verify):
        with pytest.raises(ArtefactMissingError, match=r"stars\.mean_\.npy is missing"):
            check(stored)


def test_a_missing_directory_is_named(tmp_path):
    with pytest.raises(ArtefactMissingError, match=r"manifest\.json is missing"):
        artefacts.load(tmp_path / "nowhere")


def test_another_format_is_refused_naming_both_versions(stored):
    manifest = json.loads((stored / "manifest.json").read_text())
    manifest["format_version"] = 1
    replace(stored / "manifest.json", json.dumps(manifest).encode())
    expected = rf"version 1; .* reads version {manifests.FORMAT_VERSION}\."
    with pytest.raises(ArtefactVersionError, match=expected):
        artefacts.load(stored)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe"])
def test_a_manifest_that_cannot_be_read_is_corrupt(stored, content):
    replace(stored / "manifest.json", content)
    with pytest.raises(ArtefactCorruptError, match="cannot be read"):
        artefacts.load(stored)


def test_a_recipe_that_does_not_fit_the_files_is_corrupt(stored):
    manifest = json.loads((stored / "manifest.json").read_text())
    manifest["recipe"]["model"] = "oracle"
    replace(stored / "manifest.json", json.dumps(manifest).encode())
    with pytest.raises(ArtefactCorruptError, match="oracle"):
        artefacts.load(stored)


def edit_manifest(stored, change):
    manifest = json.loads((stored / "manifest.json").read_text())
    change(manifest)
    replace(stored / "manifest.json", json.dumps(manifest).encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(recipe=None),
        lambda manifest: manifest.update(files=[]),
        lambda manifest: manifest["files"].update({"stars.mean_.npy": {}}),
        lambda manifest: manifest["files"].update({"../x.npy": {}}),
        lambda manifest: manifest["files"].update({"/etc/hostname": {}}),
        lambda manifest: manifest["files"].pop("als.item_vectors_.npy"),
        lambda manifest: manifest["recipe"]["hyperparameters"].update(weights={"ease": [1]}),
    ],
    ids=["recipe", "files", "entry", "outside", "absolute", "array", "weights"],
)
def test_a_manifest_that_was_edited_is_refused_when_loading(stored, change):
    edit_manifest(stored, change)
    with pytest.raises(ArtefactCorruptError):
        artefacts.load(stored)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda values: values.update(cold_boost=np.nan), "cold_boost must be finite"),
        (lambda values: values.update(lengths=[0, 1]), "weights of 'als' do not fit"),
        (lambda values: values.update(lengths=[0, 1, 8, 15, 50, np.inf]), "lengths must be finite"),
        (lambda values: values["weights"]["als"].append(np.nan), "weights must be finite"),
        (
            lambda values: values["stars"]["hyperparameters"].update(widening=-1),
            "set_damping and widening must be above 0",
        ),
        (
            lambda values: values["ease"]["hyperparameters"]["long"]["hyperparameters"].update(
                ridge=np.nan
            ),
            "ridge must be finite",
        ),
        (lambda values: values.update(lengths="short"), "recipe that cannot be used"),
    ],
)
def test_hyperparameters_that_no_fit_would_take_are_refused_when_loading(stored, change, message):
    edit_manifest(stored, lambda manifest: change(manifest["recipe"]["hyperparameters"]))
    with pytest.raises(ArtefactCorruptError, match=message) as caught:
        artefacts.load(stored)
    assert str(stored / "manifest.json") in str(caught.value)


def test_a_model_whose_numbers_are_none_is_refused_when_loading(tmp_path):
    broken = Bias().fit(two_camps())
    broken.item_effects_ = np.full_like(broken.item_effects_, np.nan)
    artefacts.save(broken, tmp_path / "broken")
    with pytest.raises(ArtefactCorruptError, match="not finite"):
        artefacts.load(tmp_path / "broken")


def test_the_manifest_tells_what_the_model_saw(stored):
    manifest = manifests.read_manifest(stored)
    assert manifest.training.ratings == two_camps().n_ratings
    assert manifest.seed == 7
    assert {"python", "numpy", "scipy"} <= manifest.libraries.keys()


def test_a_copy_of_the_directory_scores_the_same(stored, tmp_path):
    shutil.copytree(stored, tmp_path / "copy")
    assert np.array_equal(
        artefacts.load(tmp_path / "copy").score(History()),
        artefacts.load(stored).score(History()),
    )
