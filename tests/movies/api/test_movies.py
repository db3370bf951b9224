import pytest

from movies.models import AlternativeTitle, Credit, Genre, Movie, Person
from tests.factories import make_movie, make_rater, make_user
from tests.programs import Program, assert_problem

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/movies/"


@pytest.fixture
def genres():
    names = ("Crime", "Drama", "Horror")
    return {name: Genre.objects.create(name=name, slug=name.lower()) for name in names}


@pytest.fixture
def heat(genres):
    movie = make_movie(
        "Heat", year=1995, language="en", movielens_id=6, imdb_id=113277, tmdb_id=949
    )
    movie.genres.set([genres["Crime"], genres["Drama"]])
    return movie


@pytest.fixture
def alien(genres):
    movie = make_movie("Alien", year=1979, language="fr", imdb_id=78748)
    movie.genres.set([genres["Horror"]])
    return movie


def titles(query: str) -> list[str]:
    response = Program().get(f"{ADDRESS}?{query}")
    assert response.status_code == 200, response.content
    return [movie["title"] for movie in response.json()["results"]]


def rate(movie: Movie, *half_stars: int) -> None:
    for value in half_stars:
        movie.ratings.create(user=make_rater(), half_stars=value)


def test_anybody_may_see_the_catalogue(heat):
    rate(heat, 9, 10)
    said = Program().get(ADDRESS).json()
    assert said["count"] == 1
    movie = said["results"][0]
    assert movie["id"] == heat.pk
    assert movie["genres"] == ["crime", "drama"]
    assert movie["rating_count"] == 2
    assert movie["mean_rating"] == 4.75
    assert movie["page_url"] == heat.get_absolute_url()
    assert movie["ids"] == {"movielens": 6, "imdb": "tt0113277", "tmdb": 949}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("genre=crime", ["Heat"]),
        ("genre=crime&genre=drama", ["Heat"]),
        ("genre=crime&genre=horror", []),
        ("year=1995", ["Heat"]),
        ("decade=1970", ["Alien"]),
        ("language=FR", ["Alien"]),
        ("movielens=6", ["Heat"]),
        ("imdb=tt0113277", ["Heat"]),
        ("imdb=113277", ["Heat"]),
        ("imdb=0078748", ["Alien"]),
        ("tmdb=949", ["Heat"]),
        ("tmdb=950", []),
        ("year=1995&genre=horror", []),
    ],
)
def test_filters_narrow_the_list(heat, alien, query, found):
    assert titles(query) == found


@pytest.mark.parametrize(
    "query",
    [
        "genre=opera",
        "genre=%00",
        "year=many",
        "year=99999999999999999999",
        "decade=1995",
        "imdb=0113277tt",
        "imdb=tt",
        "tmdb=-1",
        "movielens=99999999999999999999",
        "ordering=password",
        "limit=1000",
        "search=" + "a" * 10_000,
        "language=%00",
    ],
)
def test_a_filter_that_cannot_be_used_is_named(heat, query):
    said = assert_problem(Program().get(f"{ADDRESS}?{query}"), 400)
    assert list(said["errors"]) == [query.split("=")[0]]


def test_orders(heat, alien):
    rate(heat, 8, 8, 8)
    rate(alien, 10, 10)
    assert titles("") == ["Heat", "Alien"]
    assert titles("ordering=rated") == ["Alien", "Heat"]
    assert titles("ordering=newest") == ["Heat", "Alien"]
    assert titles("ordering=oldest") == ["Alien", "Heat"]
    assert titles("ordering=title") == ["Alien", "Heat"]


def test_search_finds_by_title_and_keeps_the_filters(heat, alien):
    make_movie("Aliens", year=1986)
    assert titles("search=heat") == ["Heat"]
    assert set(titles("search=alien")) == {"Alien", "Aliens"}
    assert titles("search=alien&decade=1980") == ["Aliens"]
    assert titles("search=alien&ordering=oldest") == ["Alien", "Aliens"]
    assert set(titles("search=")) == {"Heat", "Alien", "Aliens"}


def test_hidden_movies_are_nowhere(heat):
    Movie.objects.update(is_hidden=True)
    assert titles("movielens=6") == []
    assert_problem(Program().get(f"{ADDRESS}{heat.pk}/"), 404)


def test_a_movie_tells_all_about_itself(heat):
    AlternativeTitle.objects.create(movie=heat, title="Fuego contra fuego")
    people = [Person.objects.create(name=name) for name in ("Mann", "Kilmer", "Pacino")]
    for person, role, position, character in zip(
        people,
        ("director", "cast", "cast"),
        (1, 2, 1),
        ("", "Chris", "Vincent"),
        strict=True,
    ):
        Credit.objects.create(
            movie=heat, person=person, role=role, position=position, character=character
        )
    rate(heat, 1, 10)
    said = Program(make_user()).get(f"{ADDRESS}{heat.pk}/").json()
    assert said["alternative_titles"] == ["Fuego contra fuego"]
    assert said["directors"] == ["Mann"]
    assert said["cast"] == [
        {"name": "Pacino", "character": "Vincent"},
        {"name": "Kilmer", "character": "Chris"},
    ]
    assert said["rating_histogram"] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("movie_id", ["999999", "99999999999999999999", "0", "heat"])
def test_a_movie_that_is_not_there_is_a_problem(movie_id):
    assert_problem(Program().get(f"{ADDRESS}{movie_id}/"), 404)


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_four_queries(genres, count, django_assert_num_queries):
    for _ in range(count):
        movie = make_movie()
        movie.genres.set(genres.values())
        person = Person.objects.create(name="Somebody")
        Credit.objects.create(movie=movie, person=person, role="director")
    # The count, the page, its genres, its directors.
    with django_assert_num_queries(4):
        Program().get(ADDRESS)
