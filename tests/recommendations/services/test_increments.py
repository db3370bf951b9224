import errno
import shutil
from datetime import timedelta

import numpy as np
import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from movies.models import Event
from movies.services.profile import bump_profile
from movies.services.ratings import rate_movie, remove_rating
from recommendations.engine import artefacts
from recommendations.engine.history import History
from recommendations.engine.models.hybrid import Hybrid
from recommendations.errors import (
    FullTrainingNeededError,
    TrainingCancelledError,
    TrainingFailedError,
    TrainingRunsAlreadyError,
)
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage, increments, registry
from recommendations.services.artefact_cache import artefact_path, cache_directory
from recommendations.services.dataset import read_interactions
from recommendations.services.increments import make_increment, update_hybrid
from recommendations.services.registry import activate_version, active_version, rollback_version
from recommendations.services.store import store
from recommendations.services.trainer_state import remove_old_states, state_path
from recommendations.services.training import cancel_training, train_version
from recommendations.services.versions import TRAINING_LOCK
from recommendations.tasks import increment
from tests.damage import flip_a_byte
from tests.factories import make_movie, make_user
from tests.quick_training import build_quick_camps
from tests.recommendations.engine.increments.worlds import quick_hybrid

State = ModelVersion.State


@pytest.fixture
def two_camps(db, settings, tmp_path, monkeypatch):
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    return build_quick_camps(settings, monkeypatch)


def served() -> Hybrid:
    store.forget()
    return store.get().model


def counts() -> dict:
    """Return how many likes the served model knows of each movie, by its title's id."""
    model = served()
    likes = model.components_["favourites"].score(History())
    return dict(zip(model.known_items.ids.tolist(), likes.tolist(), strict=True))


def test_new_ratings_count_after_an_increment(two_camps):
    assert make_increment() is None
    movie = two_camps.westerns[0]
    before = counts()[movie.pk]
    for _ in range(4):
        rate_movie(user=make_user(), movie_id=movie.pk, stars=5)
    version = make_increment()
    assert (version.kind, version.base, version.state) == ("increment", two_camps.version, "active")
    assert counts()[movie.pk] > before
    assert version.training_counts["ratings"] == read_interactions().n_ratings
    assert version.metrics == two_camps.version.metrics
    assert make_increment() is None
    assert active_version() == version


def test_ratings_taken_back_and_people_who_left_count_no_more(two_camps):
    movie = two_camps.westerns[0]
    fans = list(movie.ratings.filter(half_stars=10).order_by("pk")[:3])
    remove_rating(user=fans[0].user, movie_id=movie.pk)
    fans[1].user.delete()
    make_increment()
    everything, model = read_interactions(), served()
    for name in ("popularity", "favourites", "returns", "ease", "sequence"):
        fitted = getattr(quick_hybrid(), name).fit(everything)
        ours, theirs = model.components_[name].score(History()), fitted.score(History())
        assert np.allclose(ours, theirs, atol=1e-4), name
    assert model.training_ == fitted.training_


def test_a_second_increment_starts_from_the_full_version_too(two_camps):
    for movie in two_camps.westerns[:2]:
        rate_movie(user=make_user(), movie_id=movie.pk, stars=5)
        version = make_increment()
        assert version.base == two_camps.version
        assert version.refers_to == [two_camps.version.directory]
    assert version.training_counts["ratings"] == read_interactions().n_ratings


def test_a_new_movie_is_known_by_its_ratings(two_camps):
    movie = make_movie("Silver Spurs", year=1952)
    movie.genres.set(two_camps.westerns[0].genres.all())
    for _ in range(4):
        fan = make_user()
        for western in two_camps.westerns[:3]:
            rate_movie(user=fan, movie_id=western.pk, stars=5)
        rate_movie(user=fan, movie_id=movie.pk, stars=5)
    make_increment()
    model = served()
    place = model.known_items.index_of(movie.pk)
    assert model.components_["ease"].components_["long"].places_[place] >= 0
    assert artefacts.load(artefact_path(active_version())).n_items == model.n_items


def test_without_a_version_there_is_nothing_to_start_from(db):
    with pytest.raises(FullTrainingNeededError, match=r"manage\.py train"):
        make_increment()


def test_without_its_state_a_training_is_needed(two_camps):
    state = state_path(two_camps.version.directory)
    state.rename(state.with_name("elsewhere"))
    with pytest.raises(FullTrainingNeededError, match=r"state\.json is missing"):
        make_increment()
    increment()
    assert active_version() == two_camps.version


def test_without_the_arrays_of_its_base_a_training_is_needed(two_camps):
    artefact_storage.delete(two_camps.version.directory)
    shutil.rmtree(artefact_path(two_camps.version))
    with pytest.raises(CommandError, match=r"Version 1 cannot be read.*full training"):
        call_command("increment")
    increment()


def test_the_state_of_another_fit_is_refused(two_camps):
    ModelVersion.objects.filter(pk=two_camps.version.pk).update(manifest_sha256="0" * 64)
    with pytest.raises(FullTrainingNeededError, match="belongs to another fit"):
        make_increment()


def test_an_altered_state_leaves_what_is_served(two_camps):
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    path = state_path(two_camps.version.directory) / "sequence.0.successions.npy"
    flip_a_byte(path)
    with pytest.raises(TrainingFailedError, match=r"successions\.npy has sha256"):
        make_increment()
    assert active_version() == two_camps.version
    assert ModelVersion.objects.first().state == State.FAILED


def test_one_that_was_killed_is_made_again(two_camps, monkeypatch):
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)

    def die(*_args, **_kwargs):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(increments, "publish_version", die)
        patched.setattr(increments, "end_version", lambda *_a, **_k: None)
        with pytest.raises(SystemExit):
            make_increment()
    assert ModelVersion.objects.first().state == State.TRAINING
    assert active_version() == two_camps.version
    assert make_increment().state == State.ACTIVE
    killed = ModelVersion.objects.get(number=2)
    assert killed.state == State.FAILED
    assert not artefact_path(killed).exists()


@pytest.fixture
def refusing_storage(two_camps, settings, tmp_path):
    """Let a file stand where the storage should be, as when a share is not mounted."""
    (tmp_path / "refusing").touch()
    place = {"OPTIONS": {"location": tmp_path / "refusing"}}
    settings.STORAGES = settings.STORAGES | {
        "artefacts": settings.STORAGES["artefacts"] | place,
    }


def test_a_storage_that_refuses_leaves_nothing_and_one_line(two_camps, refusing_storage, caplog):
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    before = {path.name for path in cache_directory().iterdir()}
    increment()
    with pytest.raises(CommandError, match="did not take 000003-"):
        call_command("increment")
    assert {path.name for path in cache_directory().iterdir()} == before
    assert active_version() == two_camps.version
    said = [record for record in caplog.records if "came to nothing" in record.message]
    assert [(record.levelname, record.exc_info) for record in said] == [("WARNING", None)]


def test_one_that_cannot_be_activated_leaves_nothing_and_its_note(two_camps, monkeypatch):
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)

    def fail(*_args, **_kwargs):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(registry, "make_local", fail)
        increment()
    failed = ModelVersion.objects.first()
    assert failed.state == State.FAILED
    assert "version 2 is not whole here: [Errno 5]" in failed.note
    assert not artefact_path(failed).exists()
    assert active_version() == two_camps.version
    assert make_increment().state == State.ACTIVE


def test_one_that_is_cancelled_ends_as_cancelled(two_camps):
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)

    def cancel(stage: str) -> None:
        assert not stage.startswith("increment") or cancel_training(number=2)

    with pytest.raises(TrainingCancelledError):
        make_increment(report=cancel)
    cancelled = ModelVersion.objects.get(number=2)
    assert cancelled.state == State.CANCELLED
    assert not artefact_path(cancelled).exists()


def test_the_task_of_one_that_is_cancelled_ends_well(two_camps, monkeypatch, caplog):
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    plain = increments.publish_version

    def cancel_and_publish(version, **fields):
        assert cancel_training(number=version.number)
        plain(version, **fields)

    monkeypatch.setattr(increments, "publish_version", cancel_and_publish)
    increment()
    assert ModelVersion.objects.first().state == State.CANCELLED
    assert "came to nothing: The training of version 2 was cancelled." in caplog.text


def test_none_is_made_beside_a_training(two_camps):
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [TRAINING_LOCK])
        with pytest.raises(TrainingRunsAlreadyError):
            make_increment()


def test_going_back_holds_until_somebody_decides_otherwise(two_camps):
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    make_increment()
    activate_version(number=two_camps.version.number)
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    increment()
    assert active_version() == two_camps.version
    assert make_increment().state == State.ACTIVE


def test_a_version_gone_forward_to_is_followed_by_increments(two_camps):
    newer = train_version(activate=False)
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    assert make_increment(after_rollback=False).base == two_camps.version

    activate_version(number=newer.number)
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)

    assert make_increment(after_rollback=False).base == newer


def test_a_later_version_gone_back_from_keeps_the_task_from_following(two_camps):
    newer = train_version(activate=False)
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    older = make_increment()
    assert older.number > newer.number
    activate_version(number=newer.number)
    assert rollback_version() == older
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)

    assert make_increment(after_rollback=False) is None

    assert make_increment().base == two_camps.version
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    assert make_increment(after_rollback=False).base == two_camps.version


def test_after_going_back_and_forward_the_newer_version_has_increments_again(two_camps):
    newer = train_version(activate=True)
    rollback_version()
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    assert make_increment().base == two_camps.version

    activate_version(number=newer.number)

    assert make_increment().base == newer


def test_states_stay_of_what_serves_and_of_what_may_be_next(two_camps):
    first = two_camps.version
    second = train_version(activate=True)
    assert kept_states() == {first.directory, second.directory}
    third = train_version(activate=False)
    assert kept_states() == {second.directory, third.directory}
    activate_version(number=third.number)
    remove_old_states()
    assert kept_states() == {second.directory, third.directory}


def kept_states() -> set[str]:
    return {path.name for path in state_path("").iterdir() if path.is_dir()}


def test_a_decision_made_meanwhile_stands(two_camps, monkeypatch):
    newer = train_version(activate=False)
    publish = increments.publish_version

    def publish_late(*args, **kwargs):
        publish(*args, **kwargs)
        activate_version(number=newer.number)

    monkeypatch.setattr(increments, "publish_version", publish_late)
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)

    assert make_increment().state == State.READY
    assert active_version() == newer


def test_one_that_cannot_score_does_not_come_to_serve(two_camps, monkeypatch):
    def update_badly(*args):
        updated = update_hybrid(*args)
        updated.components_["popularity"].liked_part_ = np.full(updated.n_items, np.inf)
        return updated

    monkeypatch.setattr(increments, "update_hybrid", update_badly)
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)

    with pytest.raises(TrainingFailedError, match="not finite"):
        make_increment()

    assert active_version() == two_camps.version


def test_the_command_says_what_it_did(two_camps, capsys):
    call_command("increment")
    rate_movie(user=make_user(), movie_id=two_camps.westerns[0].pk, stars=5)
    call_command("increment")
    said = capsys.readouterr().out
    assert "nothing has changed" in said
    assert "1 people changed and 0 movies came since version 1" in said
    assert "version 2 is active" in said


def test_the_command_fails_where_a_training_is_needed(db):
    with pytest.raises(CommandError, match="full training"):
        call_command("increment")


def test_what_one_does_while_an_increment_is_read_counts_next_time(two_camps, monkeypatch):
    user = make_user()
    rate_movie(user=user, movie_id=two_camps.westerns[0].pk, stars=5)
    plain = increments.read_interactions_of

    def rate_meanwhile(*args, **kwargs):
        people = plain(*args, **kwargs)
        rate_movie(user=user, movie_id=two_camps.westerns[1].pk, stars=5)
        return people

    with monkeypatch.context() as patched:
        patched.setattr(increments, "read_interactions_of", rate_meanwhile)
        assert make_increment().training_counts["ratings"] == read_interactions().n_ratings - 1
    assert make_increment().training_counts["ratings"] == read_interactions().n_ratings


def look(user, movie, *, minutes_ago: int = 0) -> Event:
    moment = timezone.now() - timedelta(minutes=minutes_ago)
    kind = Event.Kind.VIEWED
    return Event.objects.create(user=user, movie=movie, kind=kind, occurred_at=moment)


def test_looks_count_with_what_somebody_does_and_an_idle_account_adds_nobody(two_camps):
    make_user()
    look(two_camps.westerns[0].ratings.first().user, two_camps.musicals[0])
    assert make_increment() is None
    bump_profile(user_id=make_user().pk)
    before, after = two_camps.version.training_counts, make_increment().training_counts
    assert after["users"] == before["users"]
    assert after["events"] == before["events"] + 1


def test_looks_alone_count_when_the_first_of_them_is_an_hour_old(two_camps):
    fan = two_camps.westerns[0].ratings.first().user
    look(fan, two_camps.musicals[0], minutes_ago=61)
    look(fan, two_camps.musicals[1])
    assert make_increment().training_counts["looks"] == 2
    look(fan, two_camps.musicals[2], minutes_ago=59)
    assert make_increment() is None


def test_whoever_only_looked_and_left_is_counted_no_more(two_camps):
    user = make_user()
    look(user, two_camps.musicals[0], minutes_ago=61)
    counted = make_increment().training_counts["events"]
    user.delete()
    assert make_increment().training_counts["events"] == counted - 1
