import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Session, User
from accounts.services.people import create_confirmed_user
from accounts.sessions import MOVED, SessionStore
from config.redis import _Pause
from tests.factories import make_rater

pytestmark = pytest.mark.django_db
PASSWORD = "three blind mice"


@pytest.fixture
def ada():
    return create_confirmed_user(email="ada@example.org", display_name="Ada", password=PASSWORD)


def sign_in(client, email="ada@example.org", password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password, **extra})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_right_password_signs_in(client, ada):
    assert sign_in(client).url == reverse("home")
    assert client.session["_auth_user_id"] == str(ada.pk)


def test_address_is_read_without_its_case(client, ada):
    sign_in(client, email="ADA@example.org")
    assert is_signed_in(client)


def test_signing_in_changes_the_key_of_the_session(client, ada):
    client.get(reverse("account_login"))
    session = client.session
    session["seen"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.session.session_key != before
    assert dict(SessionStore(before).items()) == {MOVED: True}


def test_session_knows_whose_it_is(client, ada):
    sign_in(client)
    assert Session.objects.get(pk=client.session.session_key).user_id == ada.pk


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client, ada):
    cookie = sign_in(client).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_wrong_password_and_unknown_address_get_the_same_answer(client, ada):
    known = sign_in(client, password="wrong words").context["form"].errors
    unknown = sign_in(client, email="nobody@example.org").context["form"].errors
    assert known == unknown != {}


def test_unknown_address_costs_a_password_hash_too(client, ada, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda _self, password: hashed.append(password))
    sign_in(client, email="nobody@example.org", password="wrong words")
    assert hashed == ["wrong words"]


def test_switched_off_account_does_not_sign_in(client, ada):
    User.objects.update(is_active=False)
    assert sign_in(client).url == reverse("account_inactive")
    assert not is_signed_in(client)


def test_switching_an_account_off_ends_its_sessions(client, ada):
    sign_in(client)
    User.objects.update(is_active=False)
    assert isinstance(client.get(reverse("account_login")).wsgi_request.user, AnonymousUser)


@pytest.mark.parametrize("password", ["!", ""])
def test_rater_of_a_data_set_cannot_sign_in(client, password):
    rater = make_rater()
    sign_in(client, email=rater.handle, password=password)
    sign_in(client, email=f"{rater.handle}@example.org", password=password)
    assert not is_signed_in(client)


def test_rater_of_a_data_set_gets_no_reset(client):
    make_rater()
    client.post(reverse("account_reset_password"), {"email": "None@example.org"})
    assert "password/reset/key" not in mail.outbox[0].body


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(client, ada, target):
    assert sign_in(client, next=target).url == reverse("home")


def test_signing_in_leads_back_to_where_it_began(client, ada):
    assert sign_in(client, next="/account/").url == "/account/"


def test_signing_out_needs_a_post(client, ada):
    sign_in(client)
    client.get(reverse("account_logout"))
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_signing_in_needs_our_own_form(ada):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403


def test_five_wrong_passwords_are_enough_for_a_while(client, ada):
    for _ in range(5):
        assert "login" not in sign_in(client, password="wrong words").context["form"].errors
    refused = sign_in(client)
    assert "Too many" in str(refused.context["form"].errors)
    assert not is_signed_in(client)


def test_wrong_passwords_for_unknown_addresses_are_limited_alike(client, ada):
    for email in ("ada@example.org", "nobody@example.org"):
        answers = [sign_in(client, email, "wrong words").context["form"].errors for _ in range(6)]
        assert answers[0] != answers[5]
        assert "Too many" in str(answers[5])


def test_successful_sign_ins_do_not_count(client, ada):
    for _ in range(7):
        sign_in(client)
        assert is_signed_in(client)
        client.post(reverse("account_logout"))


def test_wrong_passwords_are_limited_without_redis(client, ada, monkeypatch):
    monkeypatch.setattr(_Pause, "until", time.monotonic() + 60)
    for _ in range(5):
        sign_in(client, password="wrong words")
    assert "Too many" in str(sign_in(client).context["form"].errors)


def test_signing_in_works_without_redis(client, ada, monkeypatch):
    monkeypatch.setattr(_Pause, "until", time.monotonic() + 60)
    sign_in(client)
    assert is_signed_in(client)


def test_too_many_attempts_from_one_address_are_told_to_wait(client):
    for number in range(20):
        client.post(reverse("account_signup"), {"email": f"{number}@example.org"})
    response = client.post(reverse("account_signup"), {"email": "more@example.org"})
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60


def test_curators_sign_in_on_the_same_page(client):
    response = client.get("/admin/login/?next=/admin/")
    assert response.url.startswith(reverse("account_login"))


def test_admin_is_closed_to_people_who_are_not_curators(client, ada):
    sign_in(client)
    assert client.get("/admin/").status_code in {302, 403}
    assert client.get("/admin/login/?next=/admin/").status_code == 403


def test_nothing_about_a_sign_in_is_logged(client, ada, caplog):
    caplog.set_level("DEBUG")
    sign_in(client, password="wrong words")
    sign_in(client)
    kept = [record for record in caplog.records if record.name != "django.db.backends"]
    for record in kept:
        assert "ada@example.org" not in record.getMessage()
        assert PASSWORD not in record.getMessage()
