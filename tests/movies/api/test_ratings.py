import pytest
from django.db import transaction

from accounts.models import User
from movies.api import own
from movies.models import Rating
from movies.services.ratings import rate_movie
from tests.factories import make_movie, make_user
from tests.programs import Program, assert_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("Owner")


@pytest.fixture
def heat():
    return make_movie("Heat", year=1995, movielens_id=6, imdb_id=113277, tmdb_id=949)


def address(movie) -> str:
    return f"/api/v1/me/ratings/{movie.pk}/"


def test_rating_answers_with_the_rating_and_the_new_revision(owner, heat):
    said = Program(owner).put(address(heat), {"rating": 4.5}).json()
    rating = Rating.objects.get(user=owner, movie=heat)
    owner.refresh_from_db()
    assert rating.half_stars == 9
    assert said["movie_id"] == heat.pk
    assert said["rating"] == 4.5
    assert said["profile_revision"] == owner.profile_revision == 1


def test_rating_twice_comes_to_the_same(owner, heat):
    program = Program(owner)
    first = program.put(address(heat), {"rating": 4})
    second = program.put(address(heat), {"rating": 4.0})
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()


def test_rating_anew_replaces_the_rating(owner, heat):
    program = Program(owner)
    program.put(address(heat), {"rating": 4})
    assert program.put(address(heat), {"rating": 0.5}).json()["profile_revision"] == 2
    assert program.get(address(heat)).json()["rating"] == 0.5


@pytest.mark.parametrize(
    "body",
    [
        '{"rating": 0}',
        '{"rating": 5.5}',
        '{"rating": 7}',
        '{"rating": 4.2}',
        '{"rating": -1}',
        '{"rating": 1e999}',
        '{"rating": "4.5"}',
        '{"rating": true}',
        '{"rating": null}',
        '{"rating": [4]}',
        '{"rating": %s}' % ("9" * 400),
        '{"stars": 4}',
        "{}",
    ],
)
def test_what_is_no_rating_is_named_and_saves_nothing(owner, heat, body):
    said = assert_problem(Program(owner).put(address(heat), body), 400)
    assert list(said["errors"]) == ["rating"]
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    "body", ['{"rating": NaN}', '{"rating": Infinity}', "{", "", "\xff", "[" * 30_000]
)
def test_what_is_no_json_is_a_problem(owner, heat, body):
    assert_problem(Program(owner).put(address(heat), body.encode("latin-1") or b" "), 400)


@pytest.mark.parametrize("body", ["[]", "4.5", '"4.5"'])
def test_json_that_is_no_object_is_a_problem(owner, heat, body):
    assert list(assert_problem(Program(owner).put(address(heat), body), 400)["errors"]) == ["body"]


def test_a_form_is_no_json(owner, heat):
    form = "application/x-www-form-urlencoded"
    assert_problem(Program(owner).put(address(heat), "rating=4", content_type=form), 415)


def test_a_huge_body_is_not_read(owner, heat):
    assert_problem(Program(owner).put(address(heat), '{"rating": 4%s}' % (" " * 70_000)), 413)


@pytest.mark.parametrize("movie_id", ["999999", "99999999999999999999"])
def test_a_movie_that_is_not_there_cannot_be_rated(owner, movie_id):
    program = Program(owner)
    assert_problem(program.put(f"/api/v1/me/ratings/{movie_id}/", {"rating": 4}), 404)
    assert_problem(program.get(f"/api/v1/me/ratings/{movie_id}/"), 404)
    assert program.delete(f"/api/v1/me/ratings/{movie_id}/").status_code == 204


def test_a_hidden_movie_cannot_be_rated(owner):
    hidden = make_movie(is_hidden=True)
    assert_problem(Program(owner).put(address(hidden), {"rating": 4}), 404)


def test_taking_a_rating_back_works_once_and_again(owner, heat):
    program = Program(owner)
    program.put(address(heat), {"rating": 4})
    assert [program.delete(address(heat)).status_code for _ in range(2)] == [204, 204]
    assert_problem(program.get(address(heat)), 404)


def test_everybody_reaches_their_own_ratings_only(owner, heat):
    rate_movie(user=owner, movie_id=heat.pk, stars=5)
    friend = Program(make_user("Friend"))
    assert_problem(friend.get(address(heat)), 404)
    assert friend.get("/api/v1/me/ratings/").json()["count"] == 0
    assert friend.delete(address(heat)).status_code == 204
    assert Rating.objects.filter(user=owner).count() == 1
    stranger = Program()
    for response in (
        stranger.get(address(heat)),
        stranger.put(address(heat), {"rating": 1}),
        stranger.delete(address(heat)),
        stranger.get("/api/v1/me/ratings/"),
    ):
        assert_problem(response, 401)


def test_a_session_needs_its_csrf_token(owner, heat):
    browser = Program(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert_problem(browser.put(address(heat), {"rating": 4}), 403)
    assert not Rating.objects.exists()


def test_the_list_has_the_latest_first(owner, heat):
    alien = make_movie("Alien", year=None)
    program = Program(owner)
    program.put(address(heat), {"rating": 4})
    program.put(address(alien), {"rating": 5})
    said = program.get("/api/v1/me/ratings/").json()
    assert said["count"] == 2
    assert said["next"] is None
    assert [row["movie"]["title"] for row in said["results"]] == ["Alien", "Heat"]
    assert said["results"][0]["movie"]["ids"] == {"movielens": None, "imdb": None, "tmdb": None}
    assert said["results"][1]["movie"] == {
        "id": heat.pk,
        "title": "Heat",
        "year": 1995,
        "ids": {"movielens": 6, "imdb": "tt0113277", "tmdb": 949},
    }
    assert said["results"][1]["rating"] == 4


def test_the_list_leaves_hidden_movies_out(owner, heat):
    rate_movie(user=owner, movie_id=heat.pk, stars=5)
    heat.is_hidden = True
    heat.save()
    assert Program(owner).get("/api/v1/me/ratings/").json()["results"] == []


def test_the_list_comes_in_pages(owner):
    for number in range(5):
        rate_movie(user=owner, movie_id=make_movie(f"Film {number}").pk, stars=3)
    program = Program(owner)
    first = program.get("/api/v1/me/ratings/?limit=2").json()
    second = program.get(first["next"]).json()
    titles = [row["movie"]["title"] for page in (first, second) for row in page["results"]]
    assert titles == ["Film 4", "Film 3", "Film 2", "Film 1"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=many", "offset=-1"])
def test_a_place_out_of_range_is_named(owner, query):
    said = assert_problem(Program(owner).get(f"/api/v1/me/ratings/?{query}"), 400)
    assert list(said["errors"]) == [query.split("=")[0]]


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_three_queries(owner, count, django_assert_num_queries):
    for _ in range(count):
        rate_movie(user=owner, movie_id=make_movie().pk, stars=3)
    program = Program(owner)
    program.get("/api/v1/me/")
    # The token with its person, the count, the page: the token's use was noted a moment ago.
    with django_assert_num_queries(3):
        program.get("/api/v1/me/ratings/")


def test_an_account_that_is_deleted_meanwhile_cannot_rate(monkeypatch):
    user, movie = make_user(), make_movie()
    program = Program(user)

    def rate_too_late(**rating):
        User.objects.filter(pk=user.pk).delete()
        with transaction.atomic():
            return rate_movie(**rating)

    monkeypatch.setattr(own, "rate_movie", rate_too_late)
    said = assert_problem(program.put(f"/api/v1/me/ratings/{movie.pk}/", {"rating": 4}), 404)

    assert said["detail"] == "This account has been deleted."
