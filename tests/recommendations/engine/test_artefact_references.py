import json
import shutil

import numpy as np
import pytest

from recommendations.engine import artefacts, manifests
from recommendations.engine.errors import (
    ArtefactCorruptError,
    ArtefactError,
    ArtefactMissingError,
)
from recommendations.engine.history import History
from recommendations.engine.models.popularity import Popularity
from tests.damage import cut_short, flip_a_byte
from tests.recommendations.engine.worlds import two_camps


@pytest.fixture
def base(tmp_path):
    directory = tmp_path / "000001"
    artefacts.save(Popularity().fit(two_camps()), directory)
    return directory


@pytest.fixture
def increment(base):
    model = artefacts.load(base)
    model.count_part_ = model.count_part_ + 1.0
    artefacts.save(model, base.parent / "000002", base=base)
    return base.parent / "000002"


def test_only_what_changed_is_written(base, increment):
    assert {path.name for path in increment.iterdir()} == {"count_part_.npy", "manifest.json"}
    manifest = manifests.verify(increment)
    assert manifests.referred_directories(manifest) == {"000001"}
    assert manifests.referred_directories(manifests.read_manifest(base)) == frozenset()


def test_what_is_referred_to_is_loaded(base, increment):
    before, after = artefacts.load(base), artefacts.load(increment)
    assert np.allclose(after.score(History()), before.score(History()) + 1.0)
    assert not after.mean_part_.flags.writeable


def test_the_base_is_left_as_it_was(base, increment):
    assert manifests.verify(base).files.keys() == manifests.verify(increment).files.keys()
    assert {path.stat().st_mode & 0o777 for path in base.iterdir()} == {0o444}


def test_an_increment_of_an_increment_refers_to_where_the_arrays_lie(base, increment):
    third = base.parent / "000003"
    artefacts.save(artefacts.load(increment), third, base=increment)
    assert manifests.referred_directories(manifests.verify(third)) == {"000001", "000002"}
    shutil.rmtree(increment)
    with pytest.raises(ArtefactMissingError, match=r"000002/count_part_\.npy is missing"):
        artefacts.load(third)


def test_a_missing_base_is_named(base, increment):
    shutil.rmtree(base)
    for read in (artefacts.load, manifests.verify):
        with pytest.raises(ArtefactMissingError, match=r"000001/.*\.npy is missing"):
            read(increment)


def test_a_base_of_other_bytes_is_found_when_verifying(base, increment):
    path = base / "mean_part_.npy"
    flip_a_byte(path)
    with pytest.raises(ArtefactCorruptError, match=r"000001/mean_part_\.npy has sha256"):
        manifests.verify(increment)


def test_a_base_that_was_cut_short_is_found_when_loading(base, increment):
    path = base / "mean_part_.npy"
    cut_short(path)
    with pytest.raises(ArtefactCorruptError, match=r"000001/mean_part_\.npy has"):
        artefacts.load(increment)


@pytest.mark.parametrize("place", ["..", "", "../000001", "/000001", 1, None])
def test_a_reference_is_the_plain_name_of_a_directory(increment, place):
    path = increment / "manifest.json"
    document = json.loads(path.read_bytes())
    document["files"]["mean_part_.npy"]["directory"] = place
    path.chmod(0o644)
    path.write_text(json.dumps(document))
    with pytest.raises(ArtefactCorruptError, match=r"mean_part_\.npy is said to lie in"):
        artefacts.load(increment)


def test_a_base_somewhere_else_is_refused(base, tmp_path):
    with pytest.raises(ArtefactError, match="side by side"):
        artefacts.save(artefacts.load(base), tmp_path / "elsewhere" / "000002", base=base)
