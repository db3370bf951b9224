import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from movies.services.curation import hide_movies, pin_movies, read_curation_revision
from movies.services.lists import dismiss_movie
from movies.services.ratings import rate_movie
from recommendations.engine.items import ItemIndex
from recommendations.services import personal, single_flight
from recommendations.services.cache import load_lists
from recommendations.services.histories import read_history
from recommendations.services.personal import read_personal_lists, served_model_or_none
from recommendations.services.picks import PersonalLists
from tests.factories import make_movie, make_user


def lists_of(user: User) -> PersonalLists:
    fresh = User.objects.get(pk=user.pk)
    return read_personal_lists(user=fresh, curation_revision=read_curation_revision())


def top_ids(user: User) -> list[int]:
    return [pick.movie_id for pick in lists_of(user).top]


@pytest.fixture
def western_lover(two_camps) -> User:
    user = make_user()
    rate_movie(user=user, movie_id=two_camps.westerns[0].pk, stars=5)
    rate_movie(user=user, movie_id=two_camps.musicals[0].pk, stars=1)
    return user


def test_first_ratings_lead_to_their_camp(two_camps, western_lover):
    rate_movie(user=western_lover, movie_id=two_camps.westerns[1].pk, stars=5)
    rate_movie(user=western_lover, movie_id=two_camps.westerns[2].pk, stars=4.5)
    westerns = {movie.pk for movie in two_camps.westerns[3:]}

    assert set(top_ids(western_lover)[:3]) == westerns


def test_rated_and_dismissed_movies_are_left_out_at_once(two_camps, western_lover):
    best = top_ids(western_lover)[0]

    dismiss_movie(user=western_lover, movie_id=best)

    assert best not in top_ids(western_lover)
    assert two_camps.westerns[0].pk not in top_ids(western_lover)


def test_lists_are_kept_and_read_until_something_changes(two_camps, western_lover):
    first = lists_of(western_lover)
    assert load_lists(user_id=western_lover.pk) == first
    assert lists_of(western_lover).generated_at == first.generated_at

    rate_movie(user=western_lover, movie_id=two_camps.westerns[1].pk, stars=4)

    again = lists_of(western_lover)
    assert again.freshness.profile_revision == first.freshness.profile_revision + 1
    assert again.generated_at > first.generated_at


def test_a_new_day_brings_new_lists(two_camps, western_lover, monkeypatch):
    first = lists_of(western_lover)
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)

    assert lists_of(western_lover).generated_at == tomorrow.isoformat() > first.generated_at


def test_a_history_is_read_for_the_present_moment(two_camps, western_lover, monkeypatch):
    items = ItemIndex.of([two_camps.westerns[0].pk])
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    history = read_history(user=western_lover, items=items).history

    assert history.as_of == int(tomorrow.timestamp()) >= history.timestamps[0] + 86_399


def test_reasons_cite_what_was_liked(two_camps, western_lover):
    reason = lists_of(western_lover).top[0].reason

    assert reason.kind == "rated"
    assert reason.movie_ids == (two_camps.westerns[0].pk,)


def test_because_lists_hold_unseen_neighbours(two_camps, western_lover):
    (because,) = lists_of(western_lover).because

    assert because.source_movie_id == two_camps.westerns[0].pk
    close = {pick.movie_id for pick in because.picks}
    assert close
    assert not close & lists_of(western_lover).seen


def test_hidden_movies_vanish_and_pinned_ones_lead_at_once(two_camps, western_lover):
    curator = make_user(is_staff=True)
    before = sorted(lists_of(western_lover).top, key=lambda pick: -pick.score)
    best, *others, worst = (pick.movie_id for pick in before)

    hide_movies(movie_ids=[best], by=curator)
    pin_movies(movie_ids=[worst], by=curator)

    top = lists_of(western_lover).top
    assert top[0].movie_id == worst
    assert {pick.movie_id for pick in top[1:]} == set(others)
    assert (top[0].move.from_place, top[0].move.to_place) == (len(before) - 1, 1)
    assert top[0].score == pytest.approx(min(pick.score for pick in top))


def test_somebody_without_ratings_gets_everything_unseen(two_camps):
    everything = {movie.pk for movie in (*two_camps.westerns, *two_camps.musicals)}

    assert set(top_ids(make_user())) == everything


@pytest.mark.django_db
def test_without_any_model_the_best_rated_movies_are_shown():
    user, movie = make_user(), make_movie()
    for _ in range(5):
        rate_movie(user=make_user(), movie_id=movie.pk, stars=4)

    lists = lists_of(user)

    assert [pick.movie_id for pick in lists.top] == [movie.pk]
    assert lists.freshness.model_version == 0


@pytest.fixture
def makings(transactional_db, monkeypatch) -> list[int]:
    """Collect whose lists are made, when two have asked for some and found none."""
    makings, have_asked, make = [], threading.Barrier(2), personal._lists_without_model

    def make_slowly(*, user, **arguments) -> PersonalLists:
        makings.append(user.pk)
        time.sleep(0.2)
        return make(user=user, **arguments)

    monkeypatch.setattr(personal, "count_cache_read", lambda **_: have_asked.wait(timeout=30))
    monkeypatch.setattr(personal, "_lists_without_model", make_slowly)
    monkeypatch.setattr(personal._flights, "_usual_seconds", 30.0)
    monkeypatch.setattr(single_flight, "MOST_PATIENCE_SECONDS", 30.0)
    assert served_model_or_none() is None  # else another test's would go on serving one of two
    return makings


def lists_at_once(*users: User) -> list[PersonalLists]:
    def read(user: User) -> PersonalLists:
        with closing(connection):
            return lists_of(user)

    with ThreadPoolExecutor(len(users)) as pool:
        return list(pool.map(read, users, timeout=60))


def test_lists_that_one_person_asks_for_twice_at_once_are_made_once(makings):
    user = make_user()

    first, second = lists_at_once(user, user)

    assert first == second
    assert makings == [user.pk]


def test_two_people_who_ask_at_once_have_lists_of_their_own(makings):
    people, movies = [make_user(), make_user()], [make_movie(), make_movie()]
    for user, movie in zip(people, movies, strict=True):
        dismiss_movie(user=user, movie_id=movie.pk)

    lists = lists_at_once(*people)

    assert [each.unwanted for each in lists] == [{movie.pk} for movie in movies]
    assert sorted(makings) == sorted(user.pk for user in people)


def test_lists_survive_json(two_camps, western_lover):
    lists = lists_of(western_lover)

    assert PersonalLists.from_json(lists.to_json()) == lists
    assert lists.generated_at <= timezone.now().isoformat()


def test_a_liked_movie_that_is_not_wanted_any_more_is_no_reason(two_camps, western_lover):
    dismiss_movie(user=western_lover, movie_id=two_camps.westerns[0].pk)

    lists = lists_of(western_lover)

    assert lists.because == ()
    assert {pick.reason.kind for pick in lists.top} == {"acclaimed"}
