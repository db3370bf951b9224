import pytest
from django.core import mail
from django.urls import reverse

from accounts.services.people import create_confirmed_user
from tests.accounts.mail import last_mail, path_in

pytestmark = pytest.mark.django_db
PASSWORD = "three blind mice"


@pytest.fixture
def ada(client):
    person = create_confirmed_user(email="ada@example.org", display_name="Ada", password=PASSWORD)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    return person


def change_to(client, email, password=PASSWORD):
    """Ask for another address; the site asks for the password and then goes on."""
    response = client.post(reverse("account_email"), {"action_add": "", "email": email})
    if "reauthenticate" not in response.url:
        return response
    return client.post(response.url, {"password": password})


def test_new_address_counts_once_it_is_confirmed(client, ada):
    change_to(client, "Ada@New.Example")
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    client.post(path_in(last_mail()))
    ada.refresh_from_db()
    assert ada.email == "ada@new.example"
    assert [address.email for address in ada.emailaddress_set.all()] == ["ada@new.example"]


def test_old_address_is_told(client, ada):
    change_to(client, "ada@new.example")
    client.post(path_in(last_mail()))
    assert last_mail().to == ["ada@example.org"]


def test_wrong_password_changes_nothing(client, ada):
    change_to(client, "ada@new.example", password="wrong words")
    assert mail.outbox == []
    assert [address.email for address in ada.emailaddress_set.all()] == ["ada@example.org"]


def test_guessing_the_password_there_is_limited(client, ada):
    for _ in range(5):
        change_to(client, "ada@new.example", password="wrong words")
    change_to(client, "ada@new.example")
    assert mail.outbox == []


def test_taken_address_is_not_told_from_a_free_one(client, ada):
    create_confirmed_user(email="eve@example.org", display_name="Eve", password=PASSWORD)
    taken = change_to(client, "eve@example.org")
    free = change_to(client, "nobody@example.org")
    assert (taken.status_code, taken.url) == (free.status_code, free.url)


def test_address_of_another_person_cannot_be_taken(client, ada):
    create_confirmed_user(email="eve@example.org", display_name="Eve", password=PASSWORD)
    change_to(client, "eve@example.org")
    client.post(path_in(last_mail()))
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
