import pytest

from accounts.services.personal_data import erase_person, export_personal_data
from movies.models import Dismissal, Event, Movie, Rating, Tag, TagApplication, WatchlistEntry
from movies.services.events import record_view
from movies.services.lists import add_to_watchlist, dismiss_movie
from movies.services.ratings import rate_movie
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db


def make_traces(user) -> None:
    """Let a person do one of everything."""
    rate_movie(user=user, movie_id=make_movie("Heat", year=1995).pk, stars=4.5)
    add_to_watchlist(user=user, movie_id=make_movie("Ran").pk)
    dismiss_movie(user=user, movie_id=make_movie("Cats").pk)
    record_view(user=user, movie_id=make_movie("Up").pk)
    tag = Tag.objects.create(name=f"rain {user.pk}", slug=f"rain-{user.pk}")
    TagApplication.objects.create(tag=tag, user=user, movie=make_movie("Drive"))


def test_copy_holds_everything_a_person_did():
    ada = make_user()
    make_traces(ada)
    kept = export_personal_data(user=ada)["movies"]
    [rating] = kept["ratings"]
    assert (rating["title"], rating["year"], rating["stars"]) == ("Heat", 1995, 4.5)
    assert [entry["title"] for entry in kept["watchlist"]] == ["Ran"]
    assert [entry["title"] for entry in kept["dismissals"]] == ["Cats"]
    assert [event["kind"] for event in kept["events"]] == ["watchlisted", "dismissed", "viewed"]
    assert [tag["tag"] for tag in kept["tags"]] == [f"rain {ada.pk}"]


def test_copy_holds_nothing_of_others():
    make_traces(make_user("friend"))
    kept = export_personal_data(user=make_user("stranger"))["movies"]
    assert not any(kept.values())


def test_copy_costs_the_same_however_much_there_is(django_assert_num_queries):
    ada = make_user()
    for _ in range(20):
        rate_movie(user=ada, movie_id=make_movie().pk, stars=3)
    with django_assert_num_queries(7):
        export_personal_data(user=ada)


def test_erasing_a_person_leaves_no_trace_but_that_of_others():
    ada, friend = make_user(), make_user()
    make_traces(ada)
    make_traces(friend)
    erase_person(user=ada)
    for model in (Rating, WatchlistEntry, Dismissal, TagApplication):
        assert list(model.objects.values_list("user_id", flat=True)) == [friend.pk]
    assert set(Event.objects.values_list("user_id", flat=True)) == {friend.pk}


def test_figures_of_a_movie_follow_an_erasure():
    ada, friend, movie = make_user(), make_user(), make_movie()
    rate_movie(user=ada, movie_id=movie.pk, stars=1)
    rate_movie(user=friend, movie_id=movie.pk, stars=5)
    erase_person(user=ada)
    stats = Movie.objects.get(pk=movie.pk).stats
    assert (stats.rating_count, stats.mean) == (1, 5)
