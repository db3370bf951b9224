import pytest
from django.urls import reverse

from movies.models import Event
from movies.services.lists import add_to_watchlist
from movies.services.ratings import rate_movie
from recommendations.engine.taste_groups import Opinion
from recommendations.services import movie_page
from recommendations.services.store import store
from tests.factories import make_movie, make_rater, make_rating, make_user


@pytest.mark.django_db
def test_guest_sees_facts_and_figures(client):
    movie = make_movie("The Gold Rush", year=1925, overview="A prospector eats his shoe.")
    make_rating(make_rater(), movie, 4.5)

    response = client.get(movie.get_absolute_url())

    assert response.status_code == 200
    assert "A prospector eats his shoe." in response.text
    assert response.context["mean_stars"] == 4.5
    assert response.context["prediction"] is None
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_missing_and_hidden_movies_are_not_found(client):
    hidden = make_movie(is_hidden=True)

    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert client.get(reverse("movies:detail", args=[hidden.pk + 1])).status_code == 404
    assert client.get(f"/movies/{10**30}/").status_code == 404


def test_person_sees_a_prediction_that_adds_up(two_camps, client):
    user = make_user()
    for movie, stars in ((two_camps.westerns[0], 5), (two_camps.musicals[0], 1)):
        rate_movie(user=user, movie_id=movie.pk, stars=stars)
    client.force_login(user)

    response = client.get(two_camps.westerns[1].get_absolute_url())

    explanation = response.context["explanation"]
    assert explanation.chart.total_text == f"{response.context['prediction'].stars:.2f}"
    assert two_camps.westerns[0].title in str(explanation.note)
    assert [effect.movie for effect in explanation.raised] == [two_camps.westerns[0]]


def test_the_prediction_says_between_what_stars_it_likely_is(two_camps, client):
    client.force_login(make_user())

    response = client.get(two_camps.westerns[1].get_absolute_url())

    prediction = response.context["prediction"]
    assert 0.5 <= prediction.low < prediction.stars < prediction.high <= 5
    assert f"{prediction.low:.1f} and {prediction.high:.1f}" in response.text


def test_people_of_like_taste_are_quoted(two_camps, client, monkeypatch):
    user = make_user()
    rate_movie(user=user, movie_id=two_camps.westerns[0].pk, stars=5)
    client.force_login(user)
    opinion = Opinion(n_people=1234, mean_stars=4.26)
    monkeypatch.setattr(movie_page, "people_alike", lambda *_: opinion)

    response = client.get(two_camps.westerns[1].get_absolute_url())

    assert "1,234 people with a taste like yours gave it 4.3 on average." in response.text


def test_the_prediction_does_not_know_the_persons_own_rating(two_camps, client):
    user, movie = make_user(), two_camps.westerns[1]
    client.force_login(user)
    before = client.get(movie.get_absolute_url()).context["prediction"]

    rate_movie(user=user, movie_id=movie.pk, stars=0.5)

    response = client.get(movie.get_absolute_url())
    assert response.context["own_stars"] == 0.5
    assert response.context["prediction"] == before


def test_similar_movies_come_from_the_same_camp(two_camps, client):
    response = client.get(two_camps.westerns[0].get_absolute_url())

    similar = [card.movie for card in response.context["similar"].cards]
    assert set(similar[:3]) <= set(two_camps.westerns)
    assert two_camps.westerns[0] not in similar


def test_movie_the_model_has_not_taken_in_yet_has_neighbours_of_its_genre(two_camps, client):
    store.get()
    movie = make_movie("Newcomer")
    movie.genres.set(two_camps.musicals[0].genres.all())
    client.force_login(make_user())

    response = client.get(movie.get_absolute_url())

    assert response.context["prediction"] is None
    assert {card.movie for card in response.context["similar"].cards} == set(two_camps.musicals)


@pytest.mark.django_db
def test_own_lists_show_and_a_look_is_noted_once(client):
    user, movie = make_user(), make_movie()
    add_to_watchlist(user=user, movie_id=movie.pk)
    client.force_login(user)

    responses = [client.get(movie.get_absolute_url()) for _ in range(2)]

    assert all(response.context["is_on_watchlist"] for response in responses)
    assert user.events.filter(kind=Event.Kind.VIEWED).count() == 1


def test_queries_do_not_grow_with_neighbours(two_camps, client, django_assert_max_num_queries):
    client.force_login(make_user())
    url = two_camps.westerns[0].get_absolute_url()
    client.get(url)

    with django_assert_max_num_queries(20):
        client.get(url)
