"""The catalogue's page: filters, counts, orders, pages."""

import pytest
from django.test import Client

from movies.models import Credit, Genre, Person, Rating
from tests.factories import make_movie, make_rater


@pytest.fixture
def genres(db):
    names = ("Comedy", "Crime", "Drama")
    return {name: Genre.objects.create(name=name, slug=name.lower()) for name in names}


@pytest.fixture
def films(genres):
    """Four films and one that nobody may see, in ways that every filter tells apart."""

    def film(title, year, minutes, language, *names, **fields):
        movie = make_movie(title, year=year, runtime_minutes=minutes, language=language, **fields)
        movie.genres.set(genres[name] for name in names)
        return movie

    return {
        "Heat": film("Heat", 1995, 170, "en", "Crime", "Drama"),
        "Fargo": film("Fargo", 1996, 98, "en", "Crime", "Comedy"),
        "Amelie": film("Amelie", 2001, 122, "fr", "Comedy"),
        "Bare": film("Bare", None, None, ""),
        "Hidden": film("Hidden", 1995, 80, "en", "Crime", is_hidden=True),
    }


def rate(movie, *half_stars):
    Rating.objects.bulk_create(
        Rating(user=make_rater(), movie=movie, half_stars=value) for value in half_stars
    )


def browse(query=""):
    response = Client().get(f"/movies/?{query}")
    assert response.status_code == 200
    return response


def titles(query=""):
    return [card.movie.title for card in browse(query).context["page"]]


def counts(query, slug):
    facet = next(facet for facet in browse(query).context["facets"] if facet.slug == slug)
    options = facet.options + facet.hidden_options
    return {option.value: option.count for option in options}


def test_everything_visible_is_shown(films):
    assert sorted(titles()) == ["Amelie", "Bare", "Fargo", "Heat"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("genre=crime", ["Fargo", "Heat"]),
        ("genre=crime&genre=comedy", ["Fargo"]),
        ("decade=1990", ["Fargo", "Heat"]),
        ("decade=1990&decade=2000", ["Amelie", "Fargo", "Heat"]),
        ("language=fr", ["Amelie"]),
        ("length=medium", ["Fargo"]),
        ("length=long", ["Amelie", "Heat"]),
        ("genre=crime&language=fr", []),
    ],
)
def test_filters_keep_what_they_say(films, query, expected):
    assert sorted(titles(query)) == expected


def test_stars_keep_movies_of_at_least_that_mean(films):
    rate(films["Heat"], 9, 9)
    rate(films["Fargo"], 8, 8)
    rate(films["Amelie"], 7, 8)
    assert titles("stars=4.5") == ["Heat"]
    assert sorted(titles("stars=4")) == ["Fargo", "Heat"]
    assert sorted(titles("stars=3.5")) == ["Amelie", "Fargo", "Heat"]


def test_counts_leave_out_their_own_filter_and_apply_the_others(films):
    assert counts("decade=1990&genre=comedy", "decade") == {"1990": 1, "2000": 1}
    assert counts("decade=1990", "language") == {"en": 2}


def test_genres_narrow_each_other_down(films):
    assert counts("", "genre") == {"crime": 2, "comedy": 2, "drama": 1}
    assert counts("genre=comedy", "genre") == {"crime": 1, "comedy": 2, "drama": 0}


def test_lengths_and_stars_are_counted(films):
    rate(films["Heat"], 10)
    assert counts("", "length") == {"short": 0, "medium": 1, "long": 2}
    assert counts("", "stars") == {"": 4, "4.5": 1, "4": 1, "3.5": 1, "3": 1}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("popular", ["Amelie", "Heat", "Fargo", "Bare"]),
        ("rated", ["Heat", "Fargo", "Bare", "Amelie"]),
        ("newest", ["Amelie", "Fargo", "Heat", "Bare"]),
        ("oldest", ["Heat", "Fargo", "Amelie", "Bare"]),
        ("title", ["Amelie", "Bare", "Fargo", "Heat"]),
    ],
)
def test_orders(films, sort, expected):
    rate(films["Amelie"], 1, 1, 1)
    rate(films["Heat"], 10, 10)
    assert titles(f"sort={sort}") == expected


def test_tokens_take_away_one_filter_each(films):
    context = browse("genre=crime&genre=comedy&decade=1990&sort=title&page=1").context
    assert [(token.label, token.remove_url) for token in context["tokens"]] == [
        ("Comedy", "/movies/?genre=crime&decade=1990&sort=title"),
        ("Crime", "/movies/?genre=comedy&decade=1990&sort=title"),
        ("1990s", "/movies/?genre=comedy&genre=crime&sort=title"),
    ]
    assert context["clear_url"] == "/movies/?sort=title"


def test_every_spelling_has_one_address(films):
    context = browse("sort=popular&decade=2000&genre=crime&decade=1990&genre=crime&x=y").context
    assert context["canonical_url"] == "/movies/?genre=crime&decade=1990&decade=2000"


@pytest.mark.parametrize(
    "query",
    [
        "genre=unknown&decade=1234&decade=x&language=zz&length=huge&stars=9&sort=up",
        "genre=&decade=&language=&length=&stars=&sort=&q=&page=",
        "genre=%00&language=%00&sort=%00&stars=%F0%9F%98%80&decade=%D9%A1%D9%A9%D9%A9%D9%A0",
        "genre[]=crime&stars=nan&decade=99999999999999999999&=&&&",
        "&".join(f"genre=crime{number}" for number in range(150)),
    ],
)
def test_nonsense_is_ignored(films, query):
    assert len(titles(query)) == 4


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "1e3", "9" * 400, "1.5", "%00"])
def test_page_that_does_not_exist_is_not_found(films, page):
    assert Client().get(f"/movies/?page={page}").status_code == 404


def test_second_page_goes_on_where_the_first_ends(db):
    for number in range(45):
        make_movie(f"Film {number:02}")
    first, second = titles("sort=title"), titles("sort=title&page=2")
    assert (len(first), len(second)) == (40, 5)
    assert first + second == sorted(first + second)


def test_nothing_found_offers_something_else(films):
    rate(films["Heat"], 10)
    context = browse("language=fr&decade=1920").context
    assert context["total"] == 0
    assert context["suggestions"][0].movie == films["Heat"]


def test_search_is_filtered_and_counted_like_everything(films):
    assert titles("q=heat&decade=1990") == ["Heat"]
    assert titles("q=heat&decade=2000") == []
    assert counts("q=fargo", "genre") == {"comedy": 1, "crime": 1, "drama": 0}


def test_misspelt_search_says_what_it_was_read_as(films):
    context = browse("q=faargo").context
    assert [card.movie for card in context["page"]] == [films["Fargo"]]
    assert (context["is_corrected"], context["corrected_query"]) == (True, "fargo")


def test_search_names_people_too(films):
    person = Person.objects.create(name="Michael Mann")
    Credit.objects.create(movie=films["Heat"], person=person, role="director")
    assert browse("q=michael mann").context["people"] == [person]


def test_search_has_its_own_order_until_another_is_chosen(films):
    make_movie("Body Heat", year=1981)
    sorts = browse("q=heat").context["sorts"]
    assert [(sort.value, sort.label) for sort in sorts if sort.is_on] == [("", "best match")]
    assert titles("q=heat") == ["Heat", "Body Heat"]
    assert titles("q=heat&sort=title") == ["Body Heat", "Heat"]


@pytest.mark.parametrize(
    "query", ["x" * 10_000, "%00", "%25", "'; DROP TABLE", "%F0%9F%8E%AC", "  "]
)
def test_absurd_searches_are_answered(films, query):
    assert browse(f"q={query}").context["total"] in {0, 4}


def test_own_stars_stand_on_the_cards(as_owner, owner, films):
    Rating.objects.create(user=owner, movie=films["Heat"], half_stars=9)
    page = as_owner.get("/movies/?genre=drama").context["page"]
    assert [card.own_stars for card in page] == [4.5]


def test_browsing_is_only_read(as_owner):
    assert as_owner.post("/movies/").status_code == 405


SORTS = ("popular", "rated", "newest", "oldest", "title")


@pytest.mark.parametrize("query", ["", "genre=crime", "q=heat", "genre=crime&decade=1990"])
@pytest.mark.parametrize("sort", SORTS)
def test_many_movies_are_listed_like_few(films, monkeypatch, query, sort):
    rate(films["Fargo"], 10, 3)
    rate(films["Heat"], 7)
    query = f"{query}&sort={sort}"
    few = (titles(query), counts(query, "genre"), counts(query, "stars"))
    monkeypatch.setattr("movies.services.browsing.FEW", 0)
    assert (titles(query), counts(query, "genre"), counts(query, "stars")) == few


@pytest.mark.parametrize("sort", SORTS)
def test_pages_of_many_movies_go_on_where_the_last_ended(films, monkeypatch, sort):
    monkeypatch.setattr("movies.services.browsing.FEW", 0)
    everything = titles(f"sort={sort}")
    monkeypatch.setattr("movies.views.browse.MOVIES_ON_A_PAGE", 3)
    assert titles(f"sort={sort}") + titles(f"sort={sort}&page=2") == everything


def test_hidden_movies_are_in_no_count(films):
    rate(films["Hidden"], 10, 10)
    assert counts("", "stars") == {"": 4, "4.5": 0, "4": 0, "3.5": 0, "3": 0}
    assert counts("", "genre")["crime"] == 2
    assert browse().context["total"] == 4


def test_large_selections_are_counted_once(films, monkeypatch):
    monkeypatch.setattr("movies.services.browsing.COSTLY_TOTAL", 0)
    first = counts("genre=crime", "language")
    films["Heat"].language = "de"
    films["Heat"].save()
    assert counts("genre=crime", "language") == first


def test_counts_need_no_redis(films, monkeypatch):
    monkeypatch.setattr("movies.services.browsing.COSTLY_TOTAL", 0)
    monkeypatch.setattr("config.redis._Pause.until", float("inf"))
    assert counts("genre=crime", "language") == {"en": 2}
