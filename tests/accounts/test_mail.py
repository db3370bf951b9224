"""Every mail is plain, warm and true, and leads where it says."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.services.people import create_confirmed_user
from tests.accounts.mail import last_mail, path_in

pytestmark = pytest.mark.django_db
PASSWORD = "three blind mice"
AWKWARD = "o'neil+films@example.org"


@pytest.fixture
def ada():
    return create_confirmed_user(email=AWKWARD, display_name="<b>Ada</b>", password=PASSWORD)


def assert_is_plain(message) -> None:
    assert message.alternatives == []
    assert "\n" not in message.subject
    for stray in ("&#", "&lt;", "{{", "{%", "testserver!", "None"):
        assert stray not in message.subject + message.body


def test_mail_of_a_sign_up(client):
    fields = {"email": AWKWARD, "display_name": "Ada", "password1": PASSWORD}
    client.post(reverse("account_signup"), fields)
    assert_is_plain(last_mail())
    assert path_in(last_mail()).startswith("/accounts/confirm-email/")


def test_mail_of_a_second_sign_up(client, ada):
    fields = {"email": AWKWARD, "display_name": "Ada", "password1": PASSWORD}
    client.post(reverse("account_signup"), fields)
    assert_is_plain(last_mail())
    assert AWKWARD in last_mail().body


def test_mail_of_a_reset(client, ada):
    client.post(reverse("account_reset_password"), {"email": AWKWARD})
    assert_is_plain(last_mail())
    form = client.get(path_in(last_mail())).url
    client.post(form, {"password1": "see how they run", "password2": "see how they run"})
    assert_is_plain(last_mail())
    assert "new password was chosen" in last_mail().body
    assert "127.0.0.1" in last_mail().body


def test_mail_of_a_reset_for_nobody(client):
    client.post(reverse("account_reset_password"), {"email": AWKWARD})
    assert_is_plain(last_mail())
    assert path_in(last_mail()) == reverse("account_signup")


def test_every_mail_comes_from_the_site(client, ada, settings):
    client.post(reverse("account_reset_password"), {"email": AWKWARD})
    assert [message.from_email for message in mail.outbox] == [settings.DEFAULT_FROM_EMAIL]
