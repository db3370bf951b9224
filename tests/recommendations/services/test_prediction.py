import pytest
from django.urls import reverse

from movies.guests import Guest
from movies.services.ratings import rate_movie
from recommendations.services.prediction import predict_stars
from recommendations.services.store import store
from tests.factories import make_movie, make_user


def test_a_strict_person_is_expected_to_give_less_than_a_stranger(two_camps):
    user = make_user()
    for movie in two_camps.westerns[:3]:
        rate_movie(user=user, movie_id=movie.pk, stars=2)
    other = two_camps.westerns[3].pk

    assert predict_stars(user, [other])[other] < predict_stars(Guest(), [other])[other]


def test_what_the_model_has_not_taken_in_yet_is_left_out(two_camps):
    store.get()
    newcomer = make_movie()

    assert predict_stars(Guest(), [newcomer.pk]) == {}


@pytest.mark.django_db
def test_without_a_model_nothing_is_predicted():
    assert predict_stars(Guest(), [make_movie().pk]) == {}


def test_pages_of_the_catalogue_show_expected_stars(two_camps, client):
    cards = client.get(reverse("movies:browse")).context["page"].object_list

    assert all(0.5 <= card.predicted <= 5 for card in cards)
