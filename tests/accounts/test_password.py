import pytest
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.services.people import create_confirmed_user
from tests.accounts.mail import last_mail, path_in

pytestmark = pytest.mark.django_db
PASSWORD = "three blind mice"
NEW = "see how they run"


@pytest.fixture
def ada():
    return create_confirmed_user(email="ada@example.org", display_name="Ada", password=PASSWORD)


def ask_for_reset(client, email="ada@example.org", **extra):
    return client.post(reverse("account_reset_password"), {"email": email}, **extra)


def follow_link(client):
    """Open the link of the last mail; return the address of its form."""
    return client.get(path_in(last_mail())).url


def test_reset_link_lets_choose_a_new_password(client, ada):
    ask_for_reset(client)
    client.post(follow_link(client), {"password1": NEW, "password2": NEW})
    ada.refresh_from_db()
    assert ada.check_password(NEW)


def test_reset_link_works_once(client, ada):
    ask_for_reset(client)
    link = path_in(last_mail())
    client.post(follow_link(client), {"password1": NEW, "password2": NEW})
    client.post(Client().get(link).headers.get("Location", link), {"password1": "x" * 12})
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    assert Client().get(link).context["token_fail"]


def test_reset_link_of_one_person_is_of_no_use_for_another(client, ada):
    eve = create_confirmed_user(email="eve@example.org", display_name="Eve", password=PASSWORD)
    ask_for_reset(client, "eve@example.org")
    of_eve, of_ada = (f"/key/{user_pk_to_url_str(person)}-" for person in (eve, ada))
    link = path_in(last_mail())
    assert of_eve in link
    assert client.get(link.replace(of_eve, of_ada)).context["token_fail"]


def test_secret_of_the_link_does_not_stay_in_the_address(client, ada):
    ask_for_reset(client)
    secret = path_in(last_mail()).rstrip("/").split("-", 1)[1]
    assert secret not in follow_link(client)


def test_known_and_unknown_address_get_the_same_answer(client, ada):
    known = ask_for_reset(client)
    unknown = ask_for_reset(client, "nobody@example.org")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 2


def test_resetting_ends_every_other_session(client, ada):
    elsewhere = Client()
    elsewhere.force_login(ada)
    ask_for_reset(client)
    client.post(follow_link(client), {"password1": NEW, "password2": NEW})
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302


def test_requests_for_one_address_are_limited(client, ada):
    answers = [ask_for_reset(client).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_unknown_address_is_limited_alike(client):
    answers = [ask_for_reset(client, "nobody@example.org").status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


def test_changing_the_password_needs_the_old_one(client, ada):
    client.force_login(ada)
    fields = {"oldpassword": "wrong words", "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), fields)
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_changing_the_password_keeps_this_session_and_ends_the_others(client, ada):
    elsewhere = Client()
    elsewhere.force_login(ada)
    client.force_login(ada)
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post(reverse("account_change_password"), fields).status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302


def test_changing_the_password_is_told_by_mail(client, ada):
    client.force_login(ada)
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), fields)
    assert last_mail().to == ["ada@example.org"]
    assert NEW not in last_mail().body


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example"])
def test_links_in_mails_never_lead_to_a_host_that_somebody_made_up(client, ada, host):
    assert ask_for_reset(client, headers={"host": host}).status_code == 400
    assert mail.outbox == []
