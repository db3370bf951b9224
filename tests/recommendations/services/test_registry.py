import pytest

from recommendations.errors import ModelNotReadyError, VersionNotServableError
from recommendations.models import ModelVersion
from recommendations.services.registry import activate_version, artefact_path, rollback_version
from recommendations.services.store import store
from recommendations.services.training import train_version

State = ModelVersion.State


def serving_number() -> int:
    store.forget()
    return store.get().number


def test_training_makes_an_active_version_with_an_artefact(two_camps):
    version = two_camps.version

    assert version.state == State.ACTIVE
    assert version.training_counts["items"] == 12
    assert (artefact_path(version) / "manifest.json").is_file()


def test_newer_version_retires_the_older_and_rollback_brings_it_back(two_camps):
    newer = train_version(activate=True)
    two_camps.version.refresh_from_db()
    assert two_camps.version.state == State.RETIRED
    assert serving_number() == newer.number

    rollback_version()

    assert serving_number() == two_camps.version.number


def test_altered_artefact_is_not_activated(two_camps):
    version = train_version(activate=False)
    array = max(artefact_path(version).glob("*.npy"), key=lambda path: path.stat().st_size)
    array.chmod(0o644)
    altered = bytearray(array.read_bytes())
    altered[-1] ^= 1
    array.write_bytes(altered)

    with pytest.raises(VersionNotServableError, match="damaged"):
        activate_version(number=version.number)

    assert serving_number() == two_camps.version.number


def test_artefact_cut_short_lets_the_version_before_serve(two_camps):
    newer = train_version(activate=True)
    array = next(artefact_path(newer).glob("*.npy"))
    array.chmod(0o644)
    array.write_bytes(array.read_bytes()[:-1])

    assert serving_number() == two_camps.version.number


def test_manifest_of_another_model_is_not_loaded(two_camps):
    newer = train_version(activate=True)
    ModelVersion.objects.filter(pk=newer.pk).update(manifest_sha256="0" * 64)

    assert serving_number() == two_camps.version.number


@pytest.mark.django_db
def test_before_the_first_training_nothing_serves():
    store.forget()
    with pytest.raises(ModelNotReadyError):
        store.get()
    with pytest.raises(VersionNotServableError, match="no version 7"):
        activate_version(number=7)
    with pytest.raises(VersionNotServableError, match="No version served"):
        rollback_version()
