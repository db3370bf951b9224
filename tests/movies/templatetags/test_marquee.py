import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from movies.templatetags import marquee


@pytest.mark.parametrize(
    ("title", "step"),
    [
        ("Before Sunset", "xl"),
        ("M", "xl"),
        ("The Long Goodbye", "l"),
        ("Metropolis", "l"),
        ("Eternal Sunshine of the Spotless Mind", "m"),
        ("Koyaanisqatsi", "m"),
        ("Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb", "s"),
        ("Supercalifragilistic", "s"),
        ("", "xl"),
    ],
)
def test_the_letters_shrink_with_the_title_and_with_its_longest_word(title, step):
    assert marquee.sign_size(title) == step


@pytest.mark.parametrize(
    ("stars", "row"),
    [
        (4.6, ["full", "full", "full", "full", "half"]),
        (5, ["full"] * 5),
        (0.5, ["half", *["empty"] * 4]),
        (3.2, ["full", "full", "full", "empty", "empty"]),
    ],
)
def test_stars_are_drawn_to_the_nearest_half(stars, row):
    assert marquee.star_row(stars) == row


def test_the_rating_control_has_ten_ascending_steps():
    steps = marquee.rating_steps(4.5)
    assert [step.value for step in steps] == [
        *("0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4", "4.5", "5"),
    ]
    assert [step.words for step in steps[:3]] == ["½ star", "1 star", "1½ stars"]
    assert [step.value for step in steps if step.is_own] == ["4.5"]


def test_an_unrated_film_has_no_step_of_its_own():
    assert not any(step.is_own for step in marquee.rating_steps(None))


@pytest.mark.parametrize(("count", "words"), [(0, "0 films"), (1, "1 film"), (1204, "1,204 films")])
def test_films_are_counted_in_words(count, words):
    assert marquee.films_in_words(count) == words


def test_a_prediction_says_what_it_rests_on():
    assert marquee.predicted_from(1) == "Predicted from your 1 rating"
    assert marquee.predicted_from(42) == "Predicted from your 42 ratings"


def test_genres_read_like_the_start_of_a_sentence():
    assert marquee.names_in_words(["Drama", "Romance"]) == "Drama, romance"
    assert marquee.names_in_words([]) == ""


def test_two_directors_are_named_and_more_are_others():
    assert marquee.directed_by([]) == ""
    assert (
        marquee.directed_by(["Joel Coen", "Ethan Coen"]) == "Directed by Joel Coen and Ethan Coen"
    )
    assert marquee.directed_by(["A", "B", "C"]) == "Directed by A and B and others"


def test_an_average_of_nothing_is_not_mentioned():
    assert marquee.average_in_words(None) == ""
    assert marquee.average_in_words(3.74) == "Average 3.7 stars"


def test_an_avatar_shows_the_first_letter():
    assert marquee.initial(" émile") == "É"
    assert marquee.initial("") == ""


def test_links_to_pages_keep_the_other_filters():
    request = RequestFactory().get("/movies/", {"genre": ["drama", "war"], "page": "2"})
    template = Template("{% load marquee %}{% page_query 3 %}")
    written = template.render(Context({"request": request}))
    assert written == "?genre=drama&amp;genre=war&amp;page=3"


def test_far_pages_are_left_out():
    page = Paginator(range(400), 20).page(10)
    assert list(marquee.elided_pages(page)) == [1, "…", 9, 10, 11, "…", 20]
