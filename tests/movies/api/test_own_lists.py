import pytest

from movies.models import Dismissal, WatchlistEntry
from tests.factories import make_movie, make_user
from tests.programs import Program, assert_problem

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize(
        ("name", "model", "time_field"),
        [("watchlist", WatchlistEntry, "added_at"), ("dismissals", Dismissal, "dismissed_at")],
    ),
]


def test_a_movie_comes_onto_the_list_once(name, model, time_field):
    owner, heat = make_user(), make_movie("Heat")
    program = Program(owner)
    said = [program.put(f"/api/v1/me/{name}/{heat.pk}/").json() for _ in range(2)]
    assert said == [{"movie_id": heat.pk, "profile_revision": 1}] * 2
    assert model.objects.get().user == owner


def test_the_list_says_what_is_on_it_since_when(name, model, time_field):
    program = Program(make_user())
    for title in ("Heat", "Alien"):
        program.put(f"/api/v1/me/{name}/{make_movie(title).pk}/")
    said = program.get(f"/api/v1/me/{name}/").json()
    assert [row["movie"]["title"] for row in said["results"]] == ["Alien", "Heat"]
    assert set(said["results"][0]) == {"movie", time_field}


def test_a_movie_leaves_the_list_once_and_again(name, model, time_field):
    heat = make_movie()
    program = Program(make_user())
    program.put(f"/api/v1/me/{name}/{heat.pk}/")
    codes = [program.delete(f"/api/v1/me/{name}/{heat.pk}/").status_code for _ in range(2)]
    assert codes == [204, 204]
    assert not model.objects.exists()
    assert program.get("/api/v1/me/").json()["profile_revision"] == 2


@pytest.mark.parametrize("movie_id", ["999999", "99999999999999999999"])
def test_a_movie_that_is_not_there_is_a_problem(name, model, time_field, movie_id):
    program = Program(make_user())
    assert_problem(program.put(f"/api/v1/me/{name}/{movie_id}/"), 404)
    assert program.delete(f"/api/v1/me/{name}/{movie_id}/").status_code == 204


def test_everybody_reaches_their_own_list_only(name, model, time_field):
    heat = make_movie()
    Program(make_user("Owner")).put(f"/api/v1/me/{name}/{heat.pk}/")
    friend, stranger = Program(make_user("Friend")), Program()
    assert friend.get(f"/api/v1/me/{name}/").json()["results"] == []
    friend.delete(f"/api/v1/me/{name}/{heat.pk}/")
    assert model.objects.count() == 1
    assert_problem(stranger.get(f"/api/v1/me/{name}/"), 401)
    assert_problem(stranger.put(f"/api/v1/me/{name}/{heat.pk}/"), 401)
    assert_problem(stranger.delete(f"/api/v1/me/{name}/{heat.pk}/"), 401)


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_three_queries(name, model, time_field, count, django_assert_num_queries):
    program = Program(make_user())
    for _ in range(count):
        program.put(f"/api/v1/me/{name}/{make_movie().pk}/")
    with django_assert_num_queries(3):
        program.get(f"/api/v1/me/{name}/")
