"""The page of what somebody has rated."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from movies.models import Rating
from tests.factories import make_movie


def rate(user, title, half_stars, *, days_ago=0, **fields):
    Rating.objects.create(
        user=user,
        movie=make_movie(title, **fields),
        half_stars=half_stars,
        rated_at=timezone.now() - timedelta(days=days_ago),
    )


@pytest.fixture
def three_ratings(owner):
    rate(owner, "Heat", 9, days_ago=2)
    rate(owner, "Alien", 4, days_ago=3)
    rate(owner, "Fargo", 10, days_ago=1)


def titles(client, query=""):
    page = client.get(f"/ratings/?{query}").context["page"]
    return [rating.movie.title for rating in page]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Fargo", "Heat", "Alien"]),
        ("sort=oldest", ["Alien", "Heat", "Fargo"]),
        ("sort=highest", ["Fargo", "Heat", "Alien"]),
        ("sort=lowest", ["Alien", "Heat", "Fargo"]),
        ("sort=title", ["Alien", "Fargo", "Heat"]),
        ("stars=4.5", ["Heat"]),
        ("q=ALI", ["Alien"]),
        ("q=nothing", []),
        ("sort=x&stars=seven&q=%00", ["Fargo", "Heat", "Alien"]),
    ],
)
def test_order_and_filters(as_owner, three_ratings, query, expected):
    assert titles(as_owner, query) == expected


def test_summary_is_of_all_ratings_whatever_is_shown(as_owner, three_ratings):
    context = as_owner.get("/ratings/?q=heat").context
    assert context["rating_count"] == 3
    assert context["mean_stars"] == pytest.approx((4.5 + 2 + 5) / 3)
    assert [bar.count for bar in context["distribution"].bars] == [0, 0, 0, 1, 0, 0, 0, 0, 1, 1]


def test_friend_and_stranger_do_not_see_them(as_friend, three_ratings):
    assert titles(as_friend) == []
    assert Client().get("/ratings/").url == "/accounts/login/?next=/ratings/"


def test_hidden_movies_are_left_out(as_owner, owner):
    rate(owner, "Gone", 9, is_hidden=True)
    assert titles(as_owner) == []


def test_long_list_has_pages(as_owner, owner):
    for number in range(31):
        rate(owner, f"Film {number:02}", 6)
    assert len(titles(as_owner)) == 30
    assert titles(as_owner, "sort=title&page=2") == ["Film 30"]
    assert as_owner.get("/ratings/?page=3").status_code == 404


def test_every_rating_has_its_control(as_owner, three_ratings):
    html = as_owner.get("/ratings/").content.decode()
    assert html.count("data-rating ") + html.count("data-rating\n") == 3
