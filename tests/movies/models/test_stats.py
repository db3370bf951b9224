import pytest

from movies.models import MovieStats, Rating
from movies.models.catalogue import PRIOR_RATINGS, PRIOR_STARS
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db


def test_new_movie_has_empty_stats():
    stats = make_movie().stats

    assert (stats.rating_count, stats.mean) == (0, None)
    assert stats.histogram == [0] * 10
    assert stats.bayesian_mean == pytest.approx(PRIOR_STARS)


def test_stats_follow_every_way_of_writing_ratings():
    one, two = make_movie(), make_movie()
    users = [make_user() for _ in range(3)]
    Rating.objects.bulk_create(
        Rating(user=user, movie=movie, half_stars=halves)
        for movie, all_halves in ((one, (10, 10, 1)), (two, (5, 6, 7)))
        for user, halves in zip(users, all_halves, strict=True)
    )
    Rating.objects.filter(movie=two, half_stars__gt=5).update(half_stars=8)
    users[2].delete()

    first, second = MovieStats.objects.get(movie=one), MovieStats.objects.get(movie=two)
    assert first.histogram == [0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (first.rating_count, first.half_star_total, first.mean) == (2, 20, 5)
    assert second.histogram == [0, 0, 0, 0, 1, 0, 0, 1, 0, 0]
    assert second.mean == pytest.approx((2.5 + 4) / 2)


def test_bayesian_mean_is_drawn_to_the_prior():
    movie = make_movie()
    Rating.objects.create(user=make_user(), movie=movie, half_stars=10)

    expected = (5 + PRIOR_STARS * PRIOR_RATINGS) / (1 + PRIOR_RATINGS)
    assert MovieStats.objects.get(movie=movie).bayesian_mean == pytest.approx(expected)


def test_moving_ratings_to_another_movie_moves_their_counts():
    old, new = make_movie(), make_movie()
    Rating.objects.create(user=make_user(), movie=old, half_stars=3)

    Rating.objects.filter(movie=old).update(movie=new)

    assert MovieStats.objects.get(movie=old).histogram == [0] * 10
    assert MovieStats.objects.get(movie=new).histogram[2] == 1
