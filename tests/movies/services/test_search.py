import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from movies.models import AlternativeTitle, Credit, Genre, Movie, MovieStats, Person, Tag
from movies.services.search import movies_matching, search_movies, search_people, suggest
from tests.factories import make_movie, make_rater

pytestmark = pytest.mark.django_db


def make_popular(title, count=1, **fields):
    movie = make_movie(title, **fields)
    MovieStats.objects.filter(pk=movie.pk).update(rating_count=count)
    return movie


@pytest.fixture
def films():
    films = [
        make_popular("The Harbour", 5, year=1999, imdb_id=133093),
        make_popular("The Harbour Reloaded", 50, year=2003),
        make_popular("Night at the Harbour", 500, year=2004),
        make_popular("Spider-Kite", 3, year=2002),
        make_popular("Amélie's Garden", 7, year=2001),
        make_popular("Rocket II", 9, year=1979),
        make_popular("2001: A Sea Odyssey", 30, year=1968),
        make_popular("Heat", 20, year=1995),
        make_popular("Star Kites", 70, year=1977),
        make_popular("Somewhere Else", 1_000, year=1995),
    ]
    seven = make_popular("Seven Seas", 90, year=1995)
    AlternativeTitle.objects.create(movie=seven, title="Se7en Seas")
    director = Person.objects.create(name="Ada Márquez")
    Credit.objects.create(movie=films[3], person=director, role="director")
    Credit.objects.create(movie=films[4], person=director, role="director")
    tag = Tag.objects.create(name="Time travel", slug="time travel")
    films[5].tag_applications.create(tag=tag, user=make_rater())
    return films


def found(query):
    ids = search_movies(query=query).movie_ids
    titles = Movie.objects.in_bulk(ids)
    return [titles[movie_id].title for movie_id in ids]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("the harbour", ["The Harbour", "The Harbour Reloaded", "Night at the Harbour"]),
        ("HARBOUR", ["The Harbour", "The Harbour Reloaded", "Night at the Harbour"]),
        ("The Harbour 1999", ["The Harbour"]),
        ("harbour 2003", ["The Harbour Reloaded"]),
        ("tt0133093", ["The Harbour"]),
        ("https://www.imdb.com/title/tt0133093/", ["The Harbour"]),
        ("tt9999999", []),
        ("amelies garden", ["Amélie's Garden"]),
        ("spiderkite", ["Spider-Kite"]),
        ("spider kite", ["Spider-Kite"]),
        ("rocket 2", ["Rocket II"]),
        ("se7en", ["Seven Seas"]),
        ("2001 a sea odyssey", ["2001: A Sea Odyssey"]),
        ("2001", ["2001: A Sea Odyssey", "Amélie's Garden"]),
        ("ada marquez", ["Amélie's Garden", "Spider-Kite"]),
        ("time travel", ["Rocket II"]),
        ("kite marquez", ["Spider-Kite"]),
        ("harb", ["The Harbour Reloaded", "The Harbour", "Night at the Harbour"]),
        ("h", ["The Harbour Reloaded", "Heat", "The Harbour", "Night at the Harbour"]),
    ],
)
def test_movies_are_found_best_first(films, query, titles):
    assert found(query) == titles


@pytest.mark.parametrize(
    ("query", "title", "corrected"),
    [
        ("harbuor", "The Harbour", "harbour"),
        ("the hrbour reloded", "The Harbour Reloaded", "harbour reloaded"),
        ("starkites", "Star Kites", "star kites"),
        ("heat 1950", "Heat", "heat"),
        ("heta", "Heat", "heat"),
        ("some where", "Somewhere Else", "somewhere"),
        ("star kits", "Star Kites", "star kites"),
        ("ada markuez", "Amélie's Garden", "ada marquez"),
    ],
)
def test_misspelt_words_are_mended_and_said_so(films, query, title, corrected):
    result = search_movies(query=query)

    assert Movie.objects.get(pk=result.movie_ids[0]).title == title
    assert result.corrected_query == corrected


@pytest.mark.parametrize("query", ["walle", "wall e", "wall-e", "WALL·E"])
def test_a_whole_title_comes_first_whatever_stands_between_its_letters(query):
    make_popular("Walled In", 900)
    make_popular("WALL·E", 5)

    assert found(query)[0] == "WALL·E"


def test_what_is_spelt_right_is_not_corrected(films):
    assert search_movies(query="harbour").corrected_query == ""


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "\0",
        "!!!???",
        "😀",
        "\ud800",
        "zzzz qqqq",
        "x" * 10_000,
        "harbour " * 2_000 + "zzzz",
        "%_\\';--",
        "{" * 50,
    ],
)
def test_nothing_that_is_typed_is_an_error(films, query):
    assert search_movies(query=query).total in {0, 3}
    assert isinstance(suggest(query=query), list)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.text(max_size=60))
def test_no_text_at_all_is_an_error(films, query):
    assert search_movies(query=query).total >= 0


def test_hidden_movies_never_appear(films):
    Movie.objects.update(is_hidden=True)

    for query in ("harbour", "ada marquez", "time travel", "tt0133093", "harbuor", "2001", "h"):
        assert search_movies(query=query).total == 0
        assert suggest(query=query) == []
    assert search_people(query="ada marquez") == []


def test_a_hidden_tag_finds_nothing(films):
    Tag.objects.update(is_hidden=True)

    assert found("time travel") == []


def test_results_come_in_pages(films):
    page = search_movies(query="harbour", limit=1, offset=1)

    assert page.total == 3
    assert Movie.objects.get(pk__in=page.movie_ids).title == "The Harbour Reloaded"


def test_a_search_goes_with_other_filters(films):
    drama = Genre.objects.create(name="Drama", slug="drama")
    films[2].genres.add(drama)
    films[0].genres.add(drama)

    movies = movies_matching(movies=Movie.objects.filter(genres=drama), query="harbour")

    assert [movie.title for movie in movies] == ["The Harbour", "Night at the Harbour"]


def test_a_search_without_results_narrows_to_nothing(films):
    assert not movies_matching(movies=Movie.objects.all(), query="zzzz")


def test_a_beginning_that_thousands_have_gives_the_popular_ones(films, monkeypatch):
    monkeypatch.setattr("movies.search.reading.MANY_NAMES", 2)

    assert found("h")[:2] == ["Night at the Harbour", "The Harbour Reloaded"]
    assert found("heat") == ["Heat"]
    assert found("night at h") == ["Night at the Harbour"]
    assert found("reloaded h") == ["The Harbour Reloaded"]


def test_people_are_found_by_name(films):
    other = Person.objects.create(name="Ada Marsh")
    Credit.objects.create(movie=films[0], person=other, role="cast")
    Person.objects.create(name="Ada Nobody")

    assert [person.name for person in search_people(query="ada mar")] == [
        "Ada Márquez",
        "Ada Marsh",
    ]


def test_suggestions_are_movies_then_people_then_tags(films):
    Credit.objects.create(movie=films[0], person=Person.objects.create(name="Tim Sea"), role="cast")
    make_popular("Time and Tide", year=1990)

    suggestions = suggest(query="tim")

    assert [(one.kind, one.label, one.detail) for one in suggestions] == [
        ("m", "Time and Tide", "1990"),
        ("m", "The Harbour", "1999"),
        ("m", "Rocket II", "1979"),
        ("p", "Tim Sea", ""),
        ("t", "Time travel", ""),
    ]


def test_suggestions_begin_with_one_letter_and_keep_their_limit(films):
    assert len(suggest(query="s", limit=2)) == 2
    assert suggest(query="se")[0].label == "Seven Seas"


def test_suggestions_mend_what_is_still_being_typed(films):
    assert [one.label for one in suggest(query="haborur rel")] == ["The Harbour Reloaded"]


def test_a_search_asks_few_queries(films, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        search_movies(query="harbour")
    with django_assert_max_num_queries(9):
        search_movies(query="harbuor")
