import pytest
from django.contrib.admin.models import LogEntry

from movies.models import DataSet, Genre, Person, Rating, Tag, TagApplication
from movies.services.curation import read_curation_revision
from tests.factories import make_movie, make_rater, make_rating, make_user
from tests.staff import browser_of, make_curator, make_superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return browser_of(make_curator())


def make_tag(name: str) -> Tag:
    return Tag.objects.create(name=name, slug=name.casefold())


def make_rows(model: str, count: int) -> None:
    for number in range(count):
        movie, rater = make_movie(), make_rater()
        tag = make_tag(f"tag {number}")
        TagApplication.objects.create(tag=tag, user=rater, movie=movie)
        make_rating(rater, movie, 4)
        Person.objects.create(name=f"Somebody {number}")
        Genre.objects.create(name=f"Genre {number}", slug=f"genre-{number}")
        DataSet.objects.create(slug=f"set-{number}", title=f"Set {number}")


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("model", ["person", "genre", "tag", "tagapplication", "rating", "dataset"])
def test_lists_take_as_many_queries_for_one_as_for_twenty(
    browser, model, count, django_assert_num_queries
):
    make_rows(model, count)
    # The session, its person, two kinds of permissions, the count and the rows.
    with django_assert_num_queries(6):
        assert browser.get(f"/admin/movies/{model}/").status_code == 200


@pytest.mark.parametrize(("name", "is_hidden"), [("hide", True), ("show", False)])
def test_tags_are_moderated(browser, name, is_hidden):
    tag = make_tag("Nonsense")
    before = read_curation_revision()
    browser.post("/admin/movies/tag/", {"action": name, "_selected_action": [tag.pk]})
    tag.refresh_from_db()
    assert tag.is_hidden is is_hidden
    assert read_curation_revision() == before + 1
    assert LogEntry.objects.count() == 1


def test_tags_are_found_by_words(browser):
    for name in ("time travel", "travelling", "space"):
        make_tag(name)
    response = browser.get("/admin/movies/tag/", {"q": "travel"})
    assert {tag.name for tag in response.context["cl"].result_list} == {"time travel", "travelling"}


def test_a_wrong_tag_is_taken_off(browser):
    make_rows("tagapplication", 1)
    application = TagApplication.objects.get()
    address = f"/admin/movies/tagapplication/{application.pk}/delete/"
    assert browser.post(address, {"post": "yes"}).status_code == 302
    assert not TagApplication.objects.exists()
    assert Tag.objects.exists()


def test_ratings_are_found_by_whose_they_are(browser):
    owner, friend = make_user("Owner"), make_user("Friend")
    for user in (owner, friend):
        make_rating(user, make_movie(), 4)
    for term in (owner.email, owner.handle.upper()):
        response = browser.get("/admin/movies/rating/", {"q": term})
        assert [rating.user for rating in response.context["cl"].result_list] == [owner]


def test_ratings_belong_to_people():
    browser = browser_of(make_superuser())
    rating = make_rating(make_user(), make_movie(), 4)
    address = f"/admin/movies/rating/{rating.pk}"
    assert browser.get(f"{address}/change/").status_code == 200
    assert browser.post(f"{address}/change/", {"half_stars": "1"}).status_code == 403
    assert browser.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get("/admin/movies/rating/add/").status_code == 403
    assert Rating.objects.get().half_stars == 8


def test_a_credited_person_stays():
    movie, person = make_movie(), Person.objects.create(name="Mann")
    movie.credits.create(person=person, role="director")
    browser = browser_of(make_superuser())
    address = f"/admin/movies/person/{person.pk}/delete/"
    assert browser.post(address, {"post": "yes"}).status_code == 403
    movie.credits.all().delete()
    assert browser.post(address, {"post": "yes"}).status_code == 302
