import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.mail import last_mail, path_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "three blind mice"


def sign_up(client, email="ada@example.org", name="Ada Lovelace", password=PASSWORD, **extra):
    fields = {"email": email, "display_name": name, "password1": password}
    return client.post(reverse("account_signup"), fields, **extra)


def confirm(client):
    return client.post(path_in(last_mail()))


def test_form_asks_for_address_name_and_one_password(client):
    form = client.get(reverse("account_signup")).context["form"]
    assert list(form.fields) == ["email", "display_name", "password1"]


def test_signing_up_makes_a_person_who_is_not_yet_signed_in(client):
    response = sign_up(client)
    assert response.url == reverse("account_email_verification_sent")
    assert User.objects.get().display_name == "Ada Lovelace"
    assert "_auth_user_id" not in client.session


def test_address_is_kept_in_lower_case(client):
    sign_up(client, email="Ada@Example.ORG")
    assert User.objects.get().email == "ada@example.org"


def test_handle_comes_from_the_name_and_not_from_the_address(client):
    sign_up(client, email="secret.words@example.org", name="Ada Lovelace")
    assert User.objects.get().handle == "ada-lovelace"


def test_password_is_hashed_with_argon2(client):
    sign_up(client)
    assert identify_hasher(User.objects.get().password).algorithm == "argon2"


def test_confirming_in_the_same_browser_signs_in(client):
    sign_up(client)
    confirm(client)
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_confirming_elsewhere_confirms_but_signs_nobody_in(client):
    sign_up(client)
    client.session.flush()
    client.cookies.clear()
    response = confirm(client)
    assert response.url == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_looking_at_the_link_confirms_nothing(client):
    sign_up(client)
    assert client.get(path_in(last_mail())).status_code == 200
    assert not User.objects.get().emailaddress_set.get().verified


def test_unconfirmed_person_cannot_sign_in(client):
    sign_up(client)
    fields = {"login": "ada@example.org", "password": PASSWORD}
    response = client.post(reverse("account_login"), fields)
    assert response.url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("email", ["", "ada", "a b@example.org", f"{'a' * 60}@{'b.' * 100}org"])
def test_address_that_cannot_be_is_refused(client, email):
    response = sign_up(client, email=email)
    assert "email" in response.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123", "ada@example.org"])
def test_weak_password_is_refused(client, password):
    response = sign_up(client, password=password)
    assert "password1" in response.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "ada@example.org", "…", "a\u202eb", "x" * 61])
def test_name_that_cannot_be_shown_is_refused(client, name):
    response = sign_up(client, name=name)
    assert "display_name" in response.context["form"].errors
    assert not User.objects.exists()


def test_second_person_of_a_name_gets_another_handle(client):
    sign_up(client)
    sign_up(client, email="another.ada@example.org")
    first, second = User.objects.order_by("pk")
    assert first.handle == "ada-lovelace"
    assert second.handle.startswith("ada-lovelace-")


def test_known_and_unknown_address_get_the_same_answer(client):
    known = sign_up(client, email=make_user().email)
    client.cookies.clear()
    unknown = sign_up(client, email="nobody@example.org")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 2


def test_page_after_signing_up_says_the_same_for_both(client):
    known = sign_up(client, email=make_user().email, follow=True)
    client.cookies.clear()
    unknown = sign_up(client, email="nobody-000@example.org", follow=True)
    assert words_of(known) == words_of(unknown)


def words_of(response) -> str:
    """Return a page without what differs from visit to visit, and without the address."""
    page = re.sub(r"csrfmiddlewaretoken[^>]*|X-CSRFToken[^>]*", "", response.content.decode())
    return re.sub(r"[\w-]+@example\.org", "", page)


def test_owner_of_a_known_address_is_told_by_mail(client):
    person = make_user()
    sign_up(client, email=person.email)
    assert last_mail().to == [person.email]
    assert path_in(last_mail()) == reverse("account_reset_password")


def test_known_address_costs_one_password_hash_like_an_unknown_one(client, monkeypatch):
    person = make_user()
    hashed = []
    monkeypatch.setattr("accounts.forms.make_password", hashed.append)
    sign_up(client, email="nobody@example.org")
    assert hashed == []
    client.cookies.clear()
    sign_up(client, email=person.email)
    assert hashed == [PASSWORD]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("emails", "people"),
    [(["ada@example.org"] * 4, 1), ([f"ada{number}@example.org" for number in range(4)], 4)],
)
def test_signing_up_in_the_same_moment_fails_for_nobody(emails, people):
    start = Barrier(len(emails))

    def attempt(email):
        start.wait()
        try:
            return sign_up(Client(), email=email).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(emails)) as pool:
        assert set(pool.map(attempt, emails)) == {302}
    assert User.objects.count() == people
    assert len(mail.outbox) >= people


def test_mail_that_cannot_be_sent_loses_no_account(client, monkeypatch, caplog):
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse_connection)
    response = sign_up(client)
    assert response.status_code == 302
    assert User.objects.count() == 1
    assert "was not sent" in caplog.text
    assert "ada@example.org" not in caplog.text


def refuse_connection(*_, **__):
    raise ConnectionRefusedError
