"""What a guest said becomes an account's: signing up, confirming anywhere, signing in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.messages import get_messages
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts.hashers import Argon2Hasher
from accounts.models import Session, User
from accounts.services.people import create_confirmed_user
from accounts.services.personal_data import erase_person
from movies import receivers
from movies.models import Rating
from tests.accounts.mail import last_mail, path_in
from tests.accounts.test_sign_up import confirm, sign_up
from tests.factories import make_movie

pytestmark = pytest.mark.django_db


@pytest.fixture
def movies():
    return [make_movie(f"Film {number}") for number in range(3)]


@pytest.fixture
def guest(movies) -> Client:
    """Rate two films and dismiss a third, in one browser, without an account."""
    client = Client()
    for movie in movies[:2]:
        client.post(f"/movies/{movie.pk}/rating/", {"stars": "4.5"})
    client.post(f"/movies/{movies[2].pk}/dismissal/")
    return client


def rated(user: User) -> set[int]:
    return set(user.ratings.values_list("movie_id", flat=True))


@pytest.fixture
def user(db) -> User:
    return create_confirmed_user(email="bob@example.org", password="long enough")


def sign_in(client: Client, user: User):
    fields = {"login": user.email, "password": "long enough"}
    return client.post(reverse("account_login"), fields)


def test_signing_up_changes_no_figure_before_the_address_is_confirmed(guest, movies):
    sign_up(guest)

    assert not Rating.objects.exists()
    assert guest.get("/rate/").context["rating_count"] == 2


def test_confirming_in_the_same_browser_hands_everything_over(guest, movies):
    sign_up(guest)
    confirm(guest)

    user = User.objects.get()
    assert rated(user) == {movie.pk for movie in movies[:2]}
    assert [each.movie_id for each in user.dismissals.all()] == [movies[2].pk]
    assert "guest" not in guest.session


def test_confirming_in_another_browser_hands_everything_over(guest, movies):
    sign_up(guest)
    response = Client().post(path_in(last_mail()))

    assert rated(User.objects.get()) == {movie.pk for movie in movies[:2]}
    assert "The 2 ratings you made as a guest are in your account now." in [
        str(message) for message in get_messages(response.wsgi_request)
    ]
    assert guest.get("/rate/").context["rating_count"] == 0


def test_what_is_rated_between_sign_up_and_confirmation_comes_too(guest, movies):
    sign_up(guest)
    guest.post(f"/movies/{movies[2].pk}/rating/", {"stars": "2"})
    Client().post(path_in(last_mail()))

    assert rated(User.objects.get()) == {movie.pk for movie in movies}


def test_signing_in_hands_everything_over_with_its_times(guest, movies, user):
    times = [seconds for _, seconds in guest.session["guest"]["ratings"].values()]

    response = sign_in(guest, user)

    assert rated(user) == {movie.pk for movie in movies[:2]}
    assert sorted(each.rated_at.timestamp() for each in user.ratings.all()) == times
    assert "guest" not in guest.session
    assert "The 2 ratings you made as a guest are in your account now." in [
        str(message) for message in get_messages(response.wsgi_request)
    ]


def test_after_signing_out_a_guest_knows_nothing_of_the_account(guest, movies, user):
    sign_in(guest, user)
    guest.post(reverse("account_logout"))

    assert guest.get("/rate/").context["rating_count"] == 0


def test_a_guest_who_signs_up_for_a_taken_address_gives_it_nothing(guest, movies, user):
    sign_up(guest, email=user.email)

    assert rated(user) == set()
    assert guest.get("/rate/").context["rating_count"] == 2


def test_somebody_who_mistyped_the_address_keeps_everything(guest, movies):
    sign_up(guest, email="adda@example.org")
    sign_up(guest, email="ada@example.org")
    confirm(guest)

    assert rated(User.objects.get(email="ada@example.org")) == {each.pk for each in movies[:2]}
    assert rated(User.objects.get(email="adda@example.org")) == set()


def test_signing_up_without_having_said_anything_promises_nothing(client):
    sign_up(client)

    assert "promised_to" not in client.session
    confirm(client)
    assert not Rating.objects.exists()


def test_erasing_an_account_that_waits_ends_the_visit_it_was_made_in(guest):
    sign_up(guest)
    erase_person(user=User.objects.get())

    assert not Session.objects.filter(user_id__isnull=False).exists()
    assert guest.get("/rate/").context["rating_count"] == 0


def test_one_guests_visit_is_not_anothers(guest, movies):
    other = Client()

    assert other.get("/rate/").context["rating_count"] == 0
    assert other.get(movies[0].get_absolute_url()).context["own_stars"] is None
    assert guest.get(movies[0].get_absolute_url()).context["own_stars"] == 4.5


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen while a password is hashed, which takes longer than all the rest."""

    def happen(method: str, action) -> None:
        hash_it = getattr(Argon2Hasher, method)

        def act_and_hash(*args, **kwargs):
            monkeypatch.setattr(Argon2Hasher, method, hash_it)
            action()
            return hash_it(*args, **kwargs)

        monkeypatch.setattr(Argon2Hasher, method, act_and_hash)

    return happen


def other_tab(client: Client) -> Client:
    tab = Client()
    tab.cookies = client.cookies.copy()
    return tab


def test_what_another_tab_rates_during_signing_in_comes_too(guest, movies, user, meanwhile):
    tab, late = other_tab(guest), make_movie("Late")
    meanwhile("verify", lambda: tab.post(f"/movies/{late.pk}/rating/", {"stars": "3"}))

    sign_in(guest, user)

    assert rated(user) == {movie.pk for movie in (*movies[:2], late)}


def test_what_another_tab_rates_during_signing_up_comes_too(guest, movies, meanwhile):
    tab, late = other_tab(guest), make_movie("Late")
    meanwhile("encode", lambda: tab.post(f"/movies/{late.pk}/rating/", {"stars": "3"}))

    sign_up(guest)
    confirm(guest)

    assert rated(User.objects.get()) == {movie.pk for movie in (*movies[:2], late)}


def test_a_sign_in_that_fails_leaves_the_guest_everything(guest, user, monkeypatch):
    def fail(**_named):
        raise OperationalError("gone")

    guest.raise_request_exception = False
    monkeypatch.setattr(receivers, "adopt_visit", fail)
    assert sign_in(guest, user).status_code == 503

    assert guest.get("/rate/").context["rating_count"] == 2
    assert not rated(user)


def test_a_rating_that_comes_too_late_is_refused_and_signs_nobody_out(guest, movies, user):
    tab, late = other_tab(guest), make_movie("Late")
    sign_in(guest, user)

    page = tab.get("/movies/")
    answer = tab.post(f"/movies/{late.pk}/rating/", {"stars": "3"})

    assert answer.status_code == 400
    assert "sessionid" not in {**page.cookies, **answer.cookies}
    assert rated(user) == {movie.pk for movie in movies[:2]}


@pytest.mark.django_db(transaction=True)
def test_all_that_was_acknowledged_while_somebody_signed_in_is_theirs(guest, user, meanwhile):
    late = [[make_movie() for _ in range(25)] for _tab in range(3)]
    started = Barrier(len(late) + 1)

    def rate_until_refused(films) -> set[int]:
        tab, saved = other_tab(guest), set()
        try:
            for film in films:
                if not rate_by_script(tab, film):
                    break
                saved.add(film.pk)
                if len(saved) == 1:
                    started.wait(10)
        finally:
            connection.close()
        return saved

    with ThreadPoolExecutor(len(late)) as pool:
        tabs = [pool.submit(rate_until_refused, films) for films in late]
        meanwhile("verify", lambda: started.wait(10))
        sign_in(guest, user)
    saved = {movie_id for tab in tabs for movie_id in tab.result()}

    assert len(saved) >= len(late)
    assert saved <= rated(user)


def rate_by_script(tab: Client, movie) -> bool:
    """Rate as the page's script does; return whether the answer says that it was saved."""
    url = reverse("movies:rate", args=[movie.pk])
    return tab.post(url, {"stars": "3"}, headers={"accept": "application/json"}).status_code == 200
