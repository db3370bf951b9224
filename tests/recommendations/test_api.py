import math

import pytest

from movies.models import Movie
from movies.services.curation import hide_movies, pin_movies
from movies.services.lists import dismiss_movie
from movies.services.ratings import rate_movie
from recommendations.api import RecommendationsSerializer
from recommendations.services.recommended import recommend_for
from recommendations.services.store import store
from tests.factories import make_movie, make_rater, make_rating, make_user
from tests.programs import Program, assert_problem

ADDRESS = "/api/v1/me/recommendations/"


@pytest.fixture
def owner(two_camps):
    """Somebody who likes westerns and no musicals."""
    user = make_user("Owner")
    rate_movie(user=user, movie_id=two_camps.westerns[0].pk, stars=5)
    rate_movie(user=user, movie_id=two_camps.westerns[1].pk, stars=4.5)
    rate_movie(user=user, movie_id=two_camps.musicals[0].pk, stars=1)
    user.refresh_from_db()
    return user


def shown_ids(said) -> list[int]:
    return [result["movie"]["id"] for result in said["results"]]


def explanation_of(movie) -> str:
    return f"{ADDRESS}{movie.pk}/explanation/"


def test_the_envelope_says_what_the_list_was_made_from(owner, two_camps):
    said = Program(owner).get(ADDRESS).json()
    assert said["model_version"] == two_camps.version.number
    assert said["profile_revision"] == 3
    assert said["generated_at"].endswith("Z")
    assert said["count"] == 9
    assert [result["rank"] for result in said["results"]] == list(range(1, 10))


def test_what_is_not_in_order_of_scores_tells_why(owner):
    program = Program(owner)
    results = program.get(ADDRESS).json()["results"]
    by_score = sorted(results, key=lambda result: -result["score"])
    for place, result in enumerate(by_score, start=1):
        movie_id = result["movie"]["id"]
        moves = program.get(f"{ADDRESS}{movie_id}/explanation/").json()["moves"]
        assert [(move["from_rank"], move["to_rank"]) for move in moves] == (
            [(place, result["rank"])] if place != result["rank"] else []
        )


def test_westerns_come_first_and_the_reason_names_ratings_given(owner, two_camps):
    first = Program(owner).get(f"{ADDRESS}?limit=1").json()["results"][0]
    movie = next(each for each in two_camps.westerns if each.pk == first["movie"]["id"])
    assert first["movie"] == {
        "id": movie.pk,
        "title": movie.title,
        "year": movie.year,
        "ids": {"movielens": None, "imdb": None, "tmdb": None},
    }
    assert 0.5 <= first["predicted_rating"] <= 5
    reason = first["reasons"][0]
    assert reason["kind"] == "rated"
    assert {each["id"] for each in reason["movies"]} <= {each.pk for each in two_camps.westerns[:2]}
    assert all(each["title"] in reason["text"] for each in reason["movies"])


@pytest.mark.parametrize("stars", [5, None])
def test_the_answer_is_what_the_schema_says(two_camps, stars):
    """With ratings the reasons cite them; without any, films are acclaimed."""
    user = make_user()
    Movie.objects.filter(pk=two_camps.westerns[2].pk).update(imdb_id=64116, movielens_id=1209)
    if stars:
        rate_movie(user=user, movie_id=two_camps.westerns[0].pk, stars=stars)
        user.refresh_from_db()
    said = Program(user).get(ADDRESS).json()
    assert said == RecommendationsSerializer(recommend_for(user=user, limit=20)).data
    assert {each["kind"] for result in said["results"] for each in result["reasons"]} >= {
        "rated" if stars else "acclaimed"
    }


def test_the_list_is_as_fresh_as_the_last_change(owner, two_camps):
    program = Program(owner)
    first, second, *_ = shown_ids(program.get(ADDRESS).json())
    program.put(f"/api/v1/me/ratings/{first}/", {"rating": 2})
    program.put(f"/api/v1/me/dismissals/{second}/")
    said = program.get(ADDRESS).json()
    assert said["profile_revision"] == 5
    assert not {first, second} & set(shown_ids(said))


def test_a_movie_hidden_since_is_not_shown(owner):
    program = Program(owner)
    first, *others = shown_ids(program.get(ADDRESS).json())
    hide_movies(movie_ids=[first], by=make_user(is_staff=True))
    said = program.get(ADDRESS).json()
    assert set(shown_ids(said)) == set(others)
    assert [result["rank"] for result in said["results"]] == list(range(1, len(others) + 1))


def test_the_list_comes_in_parts(owner):
    program = Program(owner)
    whole = shown_ids(program.get(ADDRESS).json())
    part = program.get(f"{ADDRESS}?limit=2&offset=3").json()
    assert shown_ids(part) == whole[3:5]
    assert [result["rank"] for result in part["results"]] == [4, 5]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1"])
def test_a_place_out_of_range_is_a_problem(owner, query):
    assert_problem(Program(owner).get(f"{ADDRESS}?{query}"), 400)


def test_everybody_gets_their_own(owner, two_camps):
    friend = make_user("Friend")
    rate_movie(user=friend, movie_id=two_camps.musicals[1].pk, stars=5)
    friends = shown_ids(Program(friend).get(ADDRESS).json())
    assert two_camps.westerns[0].pk in friends
    assert friends != shown_ids(Program(owner).get(ADDRESS).json())
    assert_problem(Program().get(ADDRESS), 401)
    assert_problem(Program().get(explanation_of(two_camps.westerns[2])), 401)


@pytest.mark.django_db
def test_without_a_model_there_are_acclaimed_movies(settings, tmp_path):
    settings.ARTEFACTS_DIR = tmp_path
    heat = make_movie("Heat")
    for _ in range(6):
        make_rating(make_rater(), heat, 4)
    said = Program(make_user()).get(ADDRESS).json()
    assert said["model_version"] is None
    assert said["results"][0]["movie"]["title"] == "Heat"
    assert said["results"][0]["predicted_rating"] is None


def test_the_parts_sum_to_the_score_of_the_list(owner):
    program = Program(owner)
    for result in program.get(ADDRESS).json()["results"]:
        said = program.get(f"{ADDRESS}{result['movie']['id']}/explanation/").json()
        # Lists are scored in blocks, whose sums run in another order.
        assert said["score"] == pytest.approx(result["score"], rel=1e-6)
        assert said["rank"] == result["rank"]
        size = sum(abs(part["value"]) for part in said["parts"])
        total = math.fsum(part["value"] for part in said["parts"])
        assert abs(total - said["score"]) <= 1e-6 * max(1, size)
        from_history = math.fsum(part["value"] - part["constant"] for part in said["parts"])
        contributed = math.fsum(each["value"] for each in said["contributions"])
        assert contributed == pytest.approx(from_history, abs=1e-6 * max(1, size))
        stars = math.fsum(part["value"] for part in said["predicted_rating"]["parts"])
        assert stars == pytest.approx(said["predicted_rating"]["value"], abs=1e-6)


def test_contributions_are_of_own_ratings(owner, two_camps):
    said = Program(owner).get(explanation_of(two_camps.westerns[2])).json()
    ratings = {each["movie_id"]: each["rating"] for each in said["contributions"]}
    assert ratings == {
        two_camps.westerns[0].pk: 5,
        two_camps.westerns[1].pk: 4.5,
        two_camps.musicals[0].pk: 1,
    }
    sizes = [abs(each["value"]) for each in said["contributions"]]
    assert sizes == sorted(sizes, reverse=True)


def test_a_rated_movie_is_explained_as_if_it_were_not(owner, two_camps):
    movie = two_camps.westerns[0]
    said = Program(owner).get(explanation_of(movie)).json()
    assert said["own_rating"] == 5
    assert said["rank"] is None
    assert movie.pk not in {each["movie_id"] for each in said["contributions"]}


def test_a_dismissal_contributes_without_a_rating(owner, two_camps):
    dismissed = two_camps.musicals[1]
    dismiss_movie(user=owner, movie_id=dismissed.pk)
    said = Program(owner).get(explanation_of(two_camps.westerns[2])).json()
    looks = [each for each in said["contributions"] if each["movie_id"] == dismissed.pk]
    assert [each["rating"] for each in looks] == [None]


def test_a_pinned_movie_tells_its_move(owner, two_camps):
    program = Program(owner)
    results = program.get(ADDRESS).json()["results"]
    last = min(results, key=lambda result: result["score"])
    pin_movies(movie_ids=[last["movie"]["id"]], by=make_user(is_staff=True))
    said = program.get(f"{ADDRESS}{last['movie']['id']}/explanation/").json()
    assert said["moves"] == [{"from_rank": len(results), "to_rank": 1, "why": "pinned"}]
    assert said["score"] == pytest.approx(last["score"])


def test_movies_that_cannot_be_explained_are_problems(owner, two_camps):
    program = Program(owner)
    program.get(ADDRESS)
    newcomer = make_movie("Newcomer")  # the process has looked for new movies just before
    said = assert_problem(program.get(explanation_of(newcomer)), 404)
    assert "does not know" in said["detail"]
    assert_problem(program.get(explanation_of(make_movie(is_hidden=True))), 404)
    assert_problem(program.get(f"{ADDRESS}99999999999999999999/explanation/"), 404)


@pytest.mark.django_db
def test_without_a_model_nothing_can_be_explained(settings, tmp_path):
    settings.ARTEFACTS_DIR = tmp_path
    response = Program(make_user()).get(explanation_of(make_movie()))

    assert_problem(response, 503)
    assert response.headers["Retry-After"]


def test_similar_movies_are_public_and_closest_first(two_camps):
    movie = two_camps.westerns[0]
    said = Program().get(f"/api/v1/movies/{movie.pk}/similar/?limit=3").json()
    similar = [each["id"] for each in said["results"]]
    assert set(similar) <= {each.pk for each in two_camps.westerns[1:]}
    rest = Program().get(said["next"]).json()["results"] if said["next"] else []
    assert not {each["id"] for each in rest} & set(similar)


def test_hidden_movies_are_not_similar(two_camps):
    movie, hidden = two_camps.westerns[:2]
    hide_movies(movie_ids=[hidden.pk], by=make_user(is_staff=True))
    said = Program().get(f"/api/v1/movies/{movie.pk}/similar/").json()
    assert hidden.pk not in [each["id"] for each in said["results"]]
    assert_problem(Program().get(f"/api/v1/movies/{hidden.pk}/similar/"), 404)


def test_a_movie_the_model_has_not_taken_in_yet_has_neighbours_of_its_genre(two_camps):
    store.get()
    newcomer = make_movie("Newcomer")
    newcomer.genres.set(two_camps.musicals[0].genres.all())
    said = Program().get(f"/api/v1/movies/{newcomer.pk}/similar/").json()
    assert {each["id"] for each in said["results"]} == {each.pk for each in two_camps.musicals}


def test_a_new_movie_has_neighbours_of_its_content_first(two_camps):
    newcomer = make_movie("Newcomer")
    newcomer.genres.set(two_camps.musicals[0].genres.all())
    said = Program().get(f"/api/v1/movies/{newcomer.pk}/similar/?limit=6").json()
    assert {each["id"] for each in said["results"]} == {each.pk for each in two_camps.musicals}


@pytest.mark.parametrize("limit", [1, 20])
def test_queries_do_not_grow_with_the_list(owner, limit, django_assert_num_queries):
    program = Program(owner)
    program.get(ADDRESS)
    # Token, curation, then the names of all movies.
    with django_assert_num_queries(3):
        program.get(f"{ADDRESS}?limit={limit}")


@pytest.mark.parametrize("limit", [1, 20])
def test_queries_do_not_grow_with_the_neighbours(two_camps, limit, django_assert_num_queries):
    address = f"/api/v1/movies/{two_camps.westerns[0].pk}/similar/?limit={limit}"
    Program().get(address)
    # The movie, the curation, then the neighbours with genres and directors.
    with django_assert_num_queries(5):
        Program().get(address)
