import numpy as np
import pytest

from recommendations.services import store as model_store
from recommendations.services.histories import read_history
from recommendations.services.personal import freshness_for, read_personal_lists
from recommendations.services.store import store
from tests.factories import make_movie, make_rating, make_user
from tests.quick_training import build_quick_camps
from tests.waiting import wait_for

# As they are outside of tests, which look when they say so.
INTERVALS = {name: getattr(model_store, name) for name in ("POINTER_SECONDS", "CHECK_SECONDS")}


@pytest.fixture
def two_camps(db, settings, tmp_path, monkeypatch):
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    return build_quick_camps(settings, monkeypatch)


@pytest.fixture
def fan(two_camps):
    """Return somebody who loves westerns."""
    fan = make_user()
    for movie in two_camps.westerns[:4]:
        make_rating(fan, movie, 5)
    return fan


def save_movie(title, like):
    movie = make_movie(title, year=1953)
    movie.genres.set(like.genres.all())
    return movie


def scores_for(user):
    store.forget()
    model = store.get().model
    person = read_history(user=user, items=model.known_items)
    return dict(
        zip(model.known_items.ids.tolist(), model.score(person.history).tolist(), strict=True)
    )


def test_a_saved_movie_can_be_recommended_at_once(two_camps, fan):
    store.get()
    western = save_movie("New Western", two_camps.westerns[0])
    musical = save_movie("New Musical", two_camps.musicals[0])
    scores = scores_for(fan)
    assert scores[western.pk] > scores[musical.pk]


def test_a_process_learns_of_a_saved_movie_by_itself(two_camps, monkeypatch):
    for name, seconds in INTERVALS.items():
        monkeypatch.setattr(model_store, name, seconds)
    store.get()
    movie = save_movie("New Western", two_camps.westerns[0])
    # It looks twice a second; a busy machine may take longer.
    assert wait_for(lambda: movie.pk in set(store.get().model.known_items.ids), seconds=10)


def test_genres_given_later_are_noticed(two_camps, fan):
    movie = make_movie("Nothing Known", year=1953)
    before = scores_for(fan)[movie.pk]
    movie.genres.set(two_camps.westerns[0].genres.all())
    assert scores_for(fan)[movie.pk] > before


def test_a_new_movie_that_was_rated_is_part_of_the_history(two_camps, fan):
    movie = save_movie("New Western", two_camps.westerns[0])
    make_rating(fan, movie, 5)
    store.forget()
    model = store.get().model
    person = read_history(user=fan, items=model.known_items)
    assert person.history.n_ratings == 5
    stars = model.predict(person.history, np.arange(model.n_items))
    assert np.isfinite(stars).all()


def test_without_new_movies_the_mapped_model_serves(two_camps):
    store.forget()
    assert store.get().model.n_items == 12
    assert store.get() is store.get()


def test_lists_and_their_reasons_are_made_with_new_movies(two_camps, fan):
    western = save_movie("New Western", two_camps.westerns[0])
    store.forget()
    lists = read_personal_lists(user=fan, curation_revision=0)
    picks = {pick.movie_id: pick for pick in lists.top}
    assert picks[western.pk].reason.kind in {"rated", "guess"}
    assert 0.5 <= picks[western.pk].predicted <= 5


def test_lists_made_before_a_movie_was_saved_are_stale(two_camps, fan):
    store.forget()
    before = freshness_for(user=fan, curation_revision=0)
    save_movie("New Western", two_camps.westerns[0])
    store.forget()
    assert freshness_for(user=fan, curation_revision=0) != before
