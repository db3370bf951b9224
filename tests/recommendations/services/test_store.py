"""What a process serves while artefacts arrive, break and vanish."""

import errno
import shutil
from types import SimpleNamespace

import pytest
from django.test import Client

from recommendations.engine import artefacts, manifests
from recommendations.engine.errors import ArtefactCorruptError
from recommendations.errors import ModelNotReadyError
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage, scrubbing
from recommendations.services import store as model_store
from recommendations.services.artefact_cache import artefact_path
from recommendations.services.registry import activate_version
from recommendations.services.scrubbing import LOST, scrub_artefacts
from recommendations.services.store import ModelStore
from recommendations.services.store import store as store_of_this_process
from recommendations.services.training import train_version
from tests.damage import cut_short, flip_a_byte, largest_array, make_unreadable
from tests.two_camps import build_two_camps
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
# As they are outside of tests, which look when they say so.
INTERVALS = {name: getattr(model_store, name) for name in ("POINTER_SECONDS", "CHECK_SECONDS")}


@pytest.fixture
def older(settings, tmp_path) -> ModelVersion:
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    return build_two_camps().version


@pytest.fixture
def newer(older) -> ModelVersion:
    return train_version(activate=True)


@pytest.fixture
def store():
    """Return the store of a process that has just started, idle when the test ends."""
    store = ModelStore()
    yield store
    assert wait_for(lambda: store._arrival is None or not store._arrival.is_alive())


def number_of(store: ModelStore) -> int:
    store._look_again()
    return store.get().number


def comes_to_serve(store: ModelStore, version: ModelVersion) -> bool:
    return wait_for(lambda: number_of(store) == version.number)


def lose_from_storage(version: ModelVersion) -> None:
    artefact_storage.delete(version.directory)


def has_alert(version: ModelVersion, text: str) -> bool:
    return wait_for(lambda: text in ModelVersion.objects.get(pk=version.pk).alert)


@pytest.mark.parametrize("damage", [cut_short, flip_a_byte, make_unreadable])
def test_what_is_damaged_here_is_passed_over_until_it_has_been_fetched(older, newer, store, damage):
    damage(largest_array(artefact_path(newer)))

    assert number_of(store) == older.number
    assert comes_to_serve(store, newer)
    assert has_alert(newer, "It was fetched again and is sound")
    manifests.verify(artefact_path(newer), expected_sha256=newer.manifest_sha256)


@pytest.mark.parametrize("damage", [cut_short, flip_a_byte, make_unreadable])
def test_what_is_damaged_everywhere_leaves_the_version_before_and_an_alert(
    older, newer, store, damage
):
    damage(largest_array(artefact_path(newer)))
    lose_from_storage(newer)

    assert number_of(store) == older.number
    assert has_alert(newer, "The storage has none either")
    assert number_of(store) == older.number


def test_pages_are_served_while_a_file_of_the_active_version_cannot_be_read(older, newer):
    make_unreadable(largest_array(artefact_path(newer)))
    store_of_this_process.forget()
    store_of_this_process._served = None

    assert [Client().get(path).status_code for path in ("/", "/readyz")] == [200, 200]
    assert has_alert(newer, "It was fetched again and is sound")
    assert wait_for(lambda: not store_of_this_process._arrival.is_alive())


def test_a_directory_that_cannot_be_read_is_fetched_anew(older, newer, store):
    directory = artefact_path(newer)
    shutil.rmtree(directory)
    directory.symlink_to(directory.name)

    assert number_of(store) == older.number
    assert comes_to_serve(store, newer)
    assert has_alert(newer, "It was fetched again and is sound")


def test_what_could_not_be_read_for_a_moment_comes_to_serve(older, newer, store, monkeypatch):
    def fail(directory, **_expected):
        if directory == artefact_path(newer):
            raise ArtefactCorruptError(f"{directory} cannot be read: Too many open files")
        return load(directory)

    load = artefacts.load
    with monkeypatch.context() as patched:
        patched.setattr(artefacts, "load", fail)
        assert number_of(store) == older.number
    assert comes_to_serve(store, newer)


def test_what_is_gone_everywhere_leaves_the_version_before_and_an_alert(older, newer, store):
    shutil.rmtree(artefact_path(newer))
    lose_from_storage(newer)

    assert number_of(store) == older.number
    assert has_alert(newer, "not whole anywhere")


def test_an_altered_manifest_is_not_loaded(older, newer, store):
    lose_from_storage(newer)
    ModelVersion.objects.filter(pk=newer.pk).update(manifest_sha256="0" * 64)

    assert number_of(store) == older.number
    assert has_alert(newer, "expected 0000")


def test_a_process_serves_on_with_nothing_left_but_what_it_has_mapped(older, newer, store):
    assert number_of(store) == newer.number
    for version in (older, newer):
        lose_from_storage(version)
        shutil.rmtree(artefact_path(version))

    assert number_of(store) == newer.number


def test_another_machine_fetches_what_was_activated_here(older, settings, tmp_path, store):
    settings.ARTEFACTS_DIR = tmp_path / "other-machine"
    with pytest.raises(ModelNotReadyError):
        store.get()
    assert wait_for(lambda: artefact_path(older).is_dir())
    assert comes_to_serve(store, older)
    files = list(artefact_path(older).iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o444}

    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    newer = train_version(activate=True)

    settings.ARTEFACTS_DIR = tmp_path / "other-machine"
    assert number_of(store) == older.number
    assert comes_to_serve(store, newer)


def test_what_may_be_activated_next_has_arrived_before(older, newer, settings, tmp_path, store):
    untried = train_version(activate=False)
    settings.ARTEFACTS_DIR = tmp_path / "other-machine"
    assert comes_to_serve_first(store, newer)

    def has_arrived(version: ModelVersion) -> bool:
        store._ahead_at = float("-inf")
        return number_of(store) == newer.number and artefact_path(version).is_dir()

    assert wait_for(lambda: has_arrived(older))
    assert wait_for(lambda: has_arrived(untried))


def test_a_moved_pointer_is_followed_before_files_are_looked_at_again(older, newer, store):
    assert number_of(store) == newer.number
    activate_version(number=older.number)

    store._looked_at = float("-inf")

    assert store.get().number == older.number


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """Let the store look as often as on the site, by a clock that a test moves."""
    for name, seconds in INTERVALS.items():
        monkeypatch.setattr(model_store, name, seconds)
    moments = [1_000.0]
    monkeypatch.setattr(model_store, "time", SimpleNamespace(monotonic=lambda: moments[-1]))
    return moments


def number_after(seconds: float, store: ModelStore, clock: list[float]) -> int:
    """Return what serves when somebody has asked all the time for so long."""
    end = clock[-1] + seconds
    while clock[-1] + 0.02 < end:
        clock.append(clock[-1] + 0.02)
        number = store.get().number
    return number


def test_what_was_activated_serves_a_fifth_of_a_second_later(older, newer, store, clock):
    assert store.get().number == newer.number
    activate_version(number=older.number)

    # The command has taken most of the second by then.
    assert number_after(0.2, store, clock) == older.number


def test_files_that_have_come_serve_within_a_second(older, newer, store, clock):
    lose_from_storage(newer)
    away = artefact_path(newer).rename(artefact_path(newer).with_name("away"))
    assert store.get().number == older.number
    assert wait_for(lambda: not store._arrival.is_alive())
    assert store.get().number == older.number

    away.rename(artefact_path(newer))

    assert number_after(1.0, store, clock) == newer.number


def test_what_arrives_altered_is_not_kept(older, settings, tmp_path, store):
    newer = train_version(activate=True)
    stored = tmp_path / "stored"
    shutil.copytree(artefact_path(newer), stored / newer.directory)
    shutil.copytree(artefact_path(older), stored / older.directory)
    settings.STORAGES = settings.STORAGES | {
        "artefacts": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": stored},
        }
    }
    flip_a_byte(largest_array(stored / newer.directory))
    settings.ARTEFACTS_DIR = tmp_path / "other-machine"

    assert comes_to_serve_first(store, older)
    assert has_alert(newer, "in the storage has sha256")
    assert not artefact_path(newer).exists()


def comes_to_serve_first(store: ModelStore, version: ModelVersion) -> bool:
    """Wait as a machine that has nothing yet: there is no model until one has arrived."""

    def serves() -> bool:
        try:
            return number_of(store) == version.number
        except ModelNotReadyError:
            return False

    return wait_for(serves)


def test_the_scrub_finds_what_was_altered_and_processes_map_what_is_fetched(older, store):
    assert number_of(store) == older.number
    mapped = store.get().model
    flip_a_byte(largest_array(artefact_path(older)))

    assert scrub_artefacts() == 1

    assert number_of(store) == older.number
    assert store.get().model is not mapped
    manifests.verify(artefact_path(older), expected_sha256=older.manifest_sha256)


def test_the_scrub_goes_on_after_what_cannot_be_read(older, newer):
    for version in (older, newer):
        make_unreadable(largest_array(artefact_path(version)))

    assert scrub_artefacts() == 2

    for version in (older, newer):
        assert has_alert(version, "It was fetched again and is sound")
        manifests.verify(artefact_path(version), expected_sha256=version.manifest_sha256)


def test_the_scrub_goes_on_after_what_cannot_be_set_aside(older, newer, monkeypatch):
    def refuse(_version) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(scrubbing, "set_aside", refuse)
    for version in (older, newer):
        flip_a_byte(largest_array(artefact_path(version)))
        lose_from_storage(version)

    assert scrub_artefacts() == 2

    assert has_alert(older, LOST)
    assert has_alert(newer, LOST)


def test_the_scrub_sets_aside_what_cannot_be_fetched(older, newer, store):
    assert number_of(store) == newer.number
    flip_a_byte(largest_array(artefact_path(newer)))
    lose_from_storage(newer)

    assert scrub_artefacts() == 1

    assert number_of(store) == older.number
    assert has_alert(newer, "The storage has none either")


def test_activation_by_another_machine_is_followed_here(older, newer, settings, tmp_path, store):
    assert number_of(store) == newer.number
    settings.ARTEFACTS_DIR = tmp_path / "other-machine"
    activate_version(number=older.number)
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"

    assert number_of(store) == older.number
