"""What the comparison of sizes is built from."""

import numpy as np
import pytest

from benchmarks.scale import report, site, sizes
from benchmarks.scale.shapes import describe, gini
from benchmarks.scale.simulated import interactions_of
from benchmarks.scale.sizes import SIZES, Size
from movies.models import Rating
from movies.services.profile import read_revision
from movies.services.ratings import rate_movie
from movies.simulation import Plan
from tests.factories import make_movie, make_user


def test_the_largest_size_is_the_one_that_is_promised():
    plan = Size.of("32M").plan
    assert (plan.users, plan.movies, plan.ratings) == (200_000, 87_000, 32_000_000)


def test_the_smallest_size_is_about_that_of_movielens_1m():
    plan = Size.of("1M").plan
    assert plan.users == pytest.approx(6_040, rel=0.05)
    assert plan.movies == pytest.approx(3_883, rel=0.05)


def test_figures_are_kept_by_size_and_step(tmp_path, monkeypatch):
    monkeypatch.setattr(sizes, "ROOT", tmp_path)
    Size.of("1M").keep("train", {"seconds": 3.5})
    assert Size.of("1M").figures("train") == {"seconds": 3.5}
    assert Size.of("4M").figures("train") == {}


def test_the_exponent_of_a_power_is_found():
    values = [2.0 * size.ratings**1.5 for size in SIZES]
    assert report.exponent(values) == "1.50"
    assert report.exponent([values[0], None, values[2], None]) == "1.50"
    assert report.exponent([values[0], None, None, None]) == "–"


def test_gini_is_0_where_all_have_the_same_and_grows_with_what_few_have():
    assert gini(np.array([3, 3, 3])) == pytest.approx(0.0)
    assert gini(np.array([0, 0, 0, 8])) == pytest.approx(0.75)


def test_shapes_count_what_is_there():
    made = interactions_of(Plan(users=300, movies=200, ratings=5_000, seed=1))
    rows = describe(made)
    most = int(np.diff(made.user_items.indptr).max())
    (lengths,) = [value for name, value in rows.items() if name.startswith("ratings a person")]
    assert lengths.split()[-1] == f"{most:,}"
    shares = next(value for name, value in rows.items() if name.startswith("1, 2, 3"))
    assert sum(map(float, shares.split(", "))) == pytest.approx(1.0, abs=0.005)


def test_people_rate_what_they_have_not_and_are_found_to_have_changed(db, monkeypatch):
    monkeypatch.setattr(site, "RATINGS_EACH", 2)
    movies, people = (
        [make_movie(f"Film {number}") for number in range(3)],
        [make_user(), make_user()],
    )
    rate_movie(user=people[0], movie_id=movies[0].pk, stars=5)
    revisions = [read_revision(user_id=person.pk) for person in people]
    assert site._rate_some_movies([person.pk for person in people]) == 4
    assert Rating.objects.filter(user=people[0]).count() == 3
    changed = [read_revision(user_id=person.pk) for person in people]
    assert all(np.greater(changed, revisions))
