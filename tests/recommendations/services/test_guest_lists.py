from datetime import UTC, datetime

import pytest

from config.redis import redis_client
from movies.guests import Guest, GuestRating
from movies.services.adopting import adopt_guest
from movies.services.curation import read_curation_revision
from movies.services.shelves import shelf_keeper
from recommendations.services.guest_lists import read_guest_lists
from recommendations.services.personal import read_personal_lists
from tests.factories import make_movie, make_rater, make_rating, make_user

THEN = datetime(2026, 5, 4, tzinfo=UTC)


def guest_of(*rated, dismissed=()) -> Guest:
    return Guest(
        ratings={movie.pk: GuestRating(int(stars * 2), THEN) for movie, stars in rated},
        dismissals={movie.pk: THEN for movie in dismissed},
    )


def lists_of(guest):
    return read_guest_lists(guest=guest, curation_revision=read_curation_revision())


def test_three_ratings_lead_to_their_camp_and_are_named_as_reasons(two_camps):
    lists = lists_of(guest_of(*((movie, 5) for movie in two_camps.westerns[:3])))

    assert {pick.movie_id for pick in lists.top[:3]} == {
        movie.pk for movie in two_camps.westerns[3:]
    }
    assert lists.top[0].reason.kind == "rated"
    assert not {movie.pk for movie in two_camps.westerns[:3]} & {p.movie_id for p in lists.top}


def test_an_account_that_takes_over_has_the_same_scores(two_camps):
    user = make_user()
    guest = guest_of(
        (two_camps.westerns[0], 5), (two_camps.musicals[0], 1), dismissed=[two_camps.musicals[1]]
    )
    adopt_guest(user=user, guest=guest)
    user.refresh_from_db()

    own = read_personal_lists(user=user, curation_revision=read_curation_revision())

    scores = {pick.movie_id: pick.score for pick in own.top}
    assert scores == pytest.approx({pick.movie_id: pick.score for pick in lists_of(guest).top})


def test_a_dismissed_movie_is_left_out(two_camps):
    best = lists_of(guest_of((two_camps.westerns[0], 5))).top[0].movie_id
    movie = next(each for each in two_camps.westerns if each.pk == best)

    lists = lists_of(guest_of((two_camps.westerns[0], 5), dismissed=[movie]))

    assert best not in {pick.movie_id for pick in lists.top}


def test_lists_are_kept_for_just_what_was_said(two_camps):
    guest = guest_of((two_camps.westerns[0], 5))
    first = lists_of(guest)

    assert lists_of(guest).generated_at == first.generated_at
    assert lists_of(guest_of((two_camps.westerns[0], 1))).generated_at > first.generated_at


def test_rubbish_in_redis_is_no_list(two_camps):
    guest = guest_of((two_camps.westerns[0], 5))
    redis_client().set(f"marquee:guest-lists:{guest.fingerprint}", b"\x80\x04N.")

    assert lists_of(guest).top


def test_without_redis_lists_are_worked_out_each_time(two_camps, redis_away):
    assert lists_of(guest_of((two_camps.westerns[0], 5))).top


@pytest.mark.django_db
def test_without_any_model_the_best_rated_movies_are_shown():
    movie, other = make_movie(), make_movie()
    for _ in range(5):
        make_rating(make_rater(), movie, 4)
        make_rating(make_rater(), other, 5)
    shelf_keeper.forget()

    lists = lists_of(guest_of((other, 5)))

    assert [pick.movie_id for pick in lists.top] == [movie.pk]
