import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from movies.models import AlternativeTitle, Credit, Genre, Movie, Person
from movies.services.curation import read_curation_revision
from tests.factories import make_movie, make_rater, make_rating, make_user
from tests.staff import browser_of, form_of, make_curator, make_superuser

pytestmark = pytest.mark.django_db
LIST = "/admin/movies/movie/"


@pytest.fixture
def curator():
    return make_curator()


@pytest.fixture
def browser(curator):
    return browser_of(curator)


@pytest.fixture
def heat():
    return make_movie("Heat", year=1995, imdb_id=113277, movielens_id=6, tmdb_id=949)


def page_of(movie: Movie) -> str:
    return f"{LIST}{movie.pk}/change/"


def found(browser, words: str) -> set[str]:
    response = browser.get(LIST, {"q": words})
    return {movie.title for movie in response.context["cl"].result_list}


@pytest.mark.parametrize(
    "words",
    ["heat", "HEA", "héat", "heat 1995", "tt0113277", "6", "949", "another heat", "  heat  "],
)
def test_search_finds_movies_by_words_and_numbers(browser, heat, words):
    make_movie("Alien", year=1979)
    if words == "another heat":
        AlternativeTitle.objects.create(movie=heat, title="Another Heat")
    assert found(browser, words) == {"Heat"}


@pytest.mark.parametrize(
    "words", ["cold", "heat 1979", "tt999", "\x00", "x" * 10_000, "99999999999"]
)
def test_search_for_what_is_not_there_finds_nothing(browser, heat, words):
    assert found(browser, words) <= {"Heat"} - ({"Heat"} if words.strip("\x00") else set())


def test_search_finds_hidden_movies(browser):
    make_movie("Secret", is_hidden=True)
    assert found(browser, "secret") == {"Secret"}


@pytest.mark.parametrize(
    ("name", "decided"),
    [
        ("hide", {"is_hidden": True}),
        ("show", {"is_hidden": False}),
        ("pin", {"pinned_at__isnull": False}),
        ("unpin", {"pinned_at__isnull": True}),
    ],
)
def test_decisions_hold_at_once_and_are_logged(browser, curator, heat, name, decided):
    before = read_curation_revision()
    sent = {"action": name, "_selected_action": [heat.pk]}
    assert browser.post(LIST, sent).status_code == 302
    assert Movie.objects.filter(pk=heat.pk, **decided).exists()
    assert read_curation_revision() == before + 1
    assert LogEntry.objects.get().user == curator


def test_the_page_of_a_movie_has_the_buttons_that_would_change_something(browser, heat):
    hidden = make_movie(is_hidden=True)
    names = [each.path for each in browser.get(page_of(heat)).context["actions_submit_line"]]
    assert names == ["hide_this", "pin_this"]
    names = [each.path for each in browser.get(page_of(hidden)).context["actions_submit_line"]]
    assert names == ["show_this"]


def test_a_button_decides(browser, heat):
    fields = form_of(browser.get(page_of(heat)))
    response = browser.post(page_of(heat), fields | {"movies_movie_hide_this": "1"})
    assert response.status_code == 302
    heat.refresh_from_db()
    assert heat.is_hidden
    assert "Hidden." in LogEntry.objects.values_list("change_message", flat=True)


def test_saving_shows_at_once_and_is_logged(browser, curator, heat):
    before = read_curation_revision()
    fields = form_of(browser.get(page_of(heat))) | {"title": "Heat!"}
    assert browser.post(page_of(heat), fields).status_code == 302
    heat.refresh_from_db()
    assert heat.title == "Heat!"
    assert read_curation_revision() == before + 1
    assert LogEntry.objects.get().get_change_message() == "Changed Title."


def test_saving_leaves_alone_what_others_decided_meanwhile(browser, heat):
    fields = form_of(browser.get(page_of(heat))) | {"tagline": "A Los Angeles crime saga"}
    Movie.objects.filter(pk=heat.pk).update(is_hidden=True, year=1996)
    browser.post(page_of(heat), fields)
    heat.refresh_from_db()
    assert heat.is_hidden


def test_a_credit_is_added_in_the_movie(browser, heat):
    person = Person.objects.create(name="Michael Mann")
    fields = form_of(browser.get(page_of(heat))) | {
        "credits-TOTAL_FORMS": "1",
        "credits-0-role": "director",
        "credits-0-position": "1",
        "credits-0-person": str(person.pk),
        "credits-0-movie": str(heat.pk),
    }
    assert browser.post(page_of(heat), fields).status_code == 302
    assert Credit.objects.get().person == person


def test_a_movie_is_added(browser):
    before = read_curation_revision()
    fields = form_of(browser.get(f"{LIST}add/")) | {"title": "Brand New", "year": "2024"}
    response = browser.post(f"{LIST}add/", fields)
    assert response.status_code == 302, response.context["errors"]
    assert Movie.objects.get().stats.rating_count == 0
    assert read_curation_revision() == before + 1


@pytest.mark.parametrize("sent", [{"title": ""}, {"year": "95"}, {"imdb_id": "-1"}])
def test_what_cannot_be_is_said_and_changes_nothing(browser, heat, sent):
    response = browser.post(page_of(heat), form_of(browser.get(page_of(heat))) | sent)
    assert response.status_code == 200
    assert response.context["errors"]
    assert not LogEntry.objects.exists()


def test_a_movie_that_was_rated_cannot_be_deleted(heat):
    browser = browser_of(make_superuser())
    make_rating(make_rater(), heat, 4)
    assert browser.post(f"{LIST}{heat.pk}/delete/", {"post": "yes"}).status_code == 403
    unrated = make_movie()
    before = read_curation_revision()
    assert browser.post(f"{LIST}{unrated.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(Movie.objects.all()) == [heat]
    assert read_curation_revision() == before + 1


def test_people_are_offered_by_the_beginnings_of_their_names(browser):
    for name in ("Michael Mann", "Val Kilmer"):
        Person.objects.create(name=name)
    query = {"app_label": "movies", "model_name": "credit", "field_name": "person", "term": "mann"}
    offered = browser.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [each["text"] for each in offered] == ["Michael Mann"]


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_as_many_queries_for_one_as_for_twenty(
    browser, count, django_assert_num_queries
):
    genre = Genre.objects.create(name="Crime", slug="crime")
    for _ in range(count):
        make_movie().genres.add(genre)
    with django_assert_num_queries(7):
        browser.get(LIST)


def test_only_curators_get_in(heat):
    person = browser_of(make_user("Person"))
    mere_staff = browser_of(make_user("Staff", is_staff=True))
    for address in (LIST, page_of(heat)):
        assert person.get(address).status_code == 302
        assert mere_staff.get(address).status_code == 403
    sent = {"action": "hide", "_selected_action": [heat.pk]}
    mere_staff.post(LIST, sent)
    person.post(LIST, sent)
    heat.refresh_from_db()
    assert not heat.is_hidden
