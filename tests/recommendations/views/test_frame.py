"""The front page in a frame that was rendered before is the page as it is rendered whole."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recommendations.views import frame
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_frames(monkeypatch):
    monkeypatch.setattr(frame, "_frames", {})


def sign_in(client: Client, name: str) -> User:
    user = make_user()
    User.objects.filter(pk=user.pk).update(display_name=name)
    client.force_login(user)
    return user


def without_tokens(page: str) -> str:
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "token", page)


@pytest.mark.parametrize("name", ["", "Ada", " <b>Ada</b> & 'Co'", "ßeta", "\ue000\ue001", "  "])
@pytest.mark.parametrize("theme", ["", "dark", "pink"])
def test_page_is_what_rendering_it_whole_gives(client, theme, name):
    client.cookies["theme"] = theme
    if name:
        sign_in(client, name)
    client.get("/")
    framed = client.get("/")
    rendered = client.get("/?x=1")

    is_nameless = name != "" and not name.strip()
    assert bool(framed.templates) == is_nameless
    assert without_tokens(framed.text) == without_tokens(rendered.text.replace("/?x=1", "/"))


def test_frames_are_shared_and_names_are_not():
    clients = [Client(), Client()]
    for client, name in zip(clients, ("Ada", "Grace"), strict=True):
        sign_in(client, name)
    pages = [client.get("/").text for client in clients]

    assert len(frame._frames) == 1
    assert "Ada" in pages[0]
    assert "Ada" not in pages[1]
    assert "Ada" not in str(frame._frames)


def test_signing_in_and_out_shows_at_once(client):
    client.get("/")
    sign_in(client, "Ada")
    assert "Ada" in client.get("/").text
    client.logout()
    page = client.get("/").text
    assert "Ada" not in page
    assert reverse("account_login") in page


def test_new_name_shows_at_once(client):
    user = sign_in(client, "Ada")
    client.get("/")
    User.objects.filter(pk=user.pk).update(display_name="Countess")

    assert "Countess" in client.get("/").text


def test_message_is_shown_once(client):
    client.get("/")
    path = f"/movies/{make_movie().pk}/rating/"
    client.post(path, {"stars": "5", "next": "/"})

    pages = [client.get("/").text for _ in range(2)]

    assert ['data-kind="action"' in page for page in pages] == [True, False]


def test_address_with_odds_and_ends_leaves_nothing_to_others(client):
    client.get("/?&&")

    assert 'name="next" value="/"' in client.get("/").text


def test_form_of_a_framed_page_is_accepted():
    client = Client(enforce_csrf_checks=True)
    client.get("/")
    tokens = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', client.get("/").text)
    fields = {"csrfmiddlewaretoken": tokens[-1], "theme": "dark", "next": "/"}

    assert client.post(reverse("theme"), fields).status_code == 302
    assert client.post(reverse("theme"), {"theme": "dark", "next": "/"}).status_code == 403
