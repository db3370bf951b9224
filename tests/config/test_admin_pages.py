import pytest

from config import admin
from config.admin import EstimatingPaginator
from movies.models import Movie
from tests.factories import make_movie

pytestmark = pytest.mark.django_db


def movies():
    return Movie.objects.order_by("-pk")


def test_few_rows_are_counted():
    for _ in range(3):
        make_movie()
    assert EstimatingPaginator(movies(), 2).count == 3


def test_many_rows_are_never_fewer_than_counted(monkeypatch):
    monkeypatch.setattr(admin, "COUNTED_EXACTLY", 2)
    for _ in range(5):
        make_movie()
    # Never analysed, PostgreSQL has no idea: its estimate is -1.
    assert EstimatingPaginator(movies(), 2).count == 3


def test_filtered_rows_are_counted_up_to_the_limit(monkeypatch):
    monkeypatch.setattr(admin, "COUNTED_EXACTLY", 2)
    for _ in range(5):
        make_movie()
    assert EstimatingPaginator(movies().filter(is_hidden=False), 2).count == 3


def test_deep_pages_hold_the_same_rows(monkeypatch):
    for _ in range(5):
        make_movie()
    plain = [list(EstimatingPaginator(movies(), 2).page(number)) for number in (1, 2, 3)]
    monkeypatch.setattr(admin, "DEEP", 0)
    assert [list(EstimatingPaginator(movies(), 2).page(number)) for number in (1, 2, 3)] == plain
