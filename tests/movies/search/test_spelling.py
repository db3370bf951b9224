from math import inf

import pytest

from movies.models import Credit, Person
from movies.search.spelling import correct_words, count_faults, most_faults
from tests.factories import make_movie, make_rater, make_rating


@pytest.mark.parametrize(
    ("typed", "word", "faults"),
    [
        ("matrix", "matrix", 0),
        ("matirx", "matrix", 1),
        ("matix", "matrix", 1),
        ("mattrix", "matrix", 1),
        ("natrix", "matrix", 1),
        ("natirx", "matrix", 2),
        ("intestel", "interstellar", 1.5),
        ("matr", "matrix", 0.5),
        ("umbrella", "raincoat", inf),
        ("hat", "umbrella", inf),
        ("", "", 0),
    ],
)
def test_faults_are_counted(typed, word, faults):
    assert count_faults(typed, word) == faults


@pytest.mark.parametrize(("length", "most"), [(2, 0), (3, 1), (4, 1), (5, 2), (8, 2), (9, 3)])
def test_longer_words_may_have_more_faults(length, most):
    assert most_faults("x" * length) == most


@pytest.mark.django_db
def test_the_nearest_word_comes_first_and_then_the_more_popular():
    for title, count in (("Alien", 5), ("Allien", 1), ("Klein", 900)):
        stats = make_movie(title).stats
        type(stats).objects.filter(pk=stats.pk).update(rating_count=count)

    corrections = correct_words(["alein", "zz", "1999"])

    assert [correction.word for correction in corrections["alein"]] == ["klein", "alien", "allien"]
    assert corrections["zz"] == corrections["1999"] == []


@pytest.mark.django_db
def test_many_namesakes_in_one_film_do_not_make_a_name_better_known():
    wanted, farce = make_movie("The Matrix"), make_movie("Duck Soup")
    for name in ("Chico Marx", "Groucho Marx", "Harpo Marx", "Zeppo Marx"):
        Credit.objects.create(movie=farce, person=Person.objects.create(name=name), role="cast")
    raters = [make_rater() for _ in range(3)]
    make_rating(raters[0], farce, 4)
    for rater in raters:
        make_rating(rater, wanted, 4)

    words = [correction.word for correction in correct_words(["matrx"])["matrx"]]

    assert words[:2] == ["matrix", "marx"]
