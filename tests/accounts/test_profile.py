import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, User
from accounts.services import tokens
from accounts.services.people import create_confirmed_user
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "three blind mice"
PROFILE = "/account/"
ABOUT_ADA = {"age_band": "25", "gender": "F", "occupation": "0"}


@pytest.fixture
def ada():
    return create_confirmed_user(email="ada@example.org", display_name="Ada", password=PASSWORD)


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def errors_of(response, form):
    assert response.status_code == 422
    return response.context[form].errors


@pytest.mark.parametrize("name", ["profile", "data"])
def test_guest_is_asked_to_sign_in(client, name):
    response = client.get(reverse(f"accounts:{name}"))
    assert response.url == f"{reverse('account_login')}?next={reverse(f'accounts:{name}')}"


@pytest.mark.parametrize("name", ["profile", "demographics", "token-create", "delete"])
def test_guest_changes_nothing(client, name):
    response = client.post(reverse(f"accounts:{name}"))
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["demographics", "token-create", "delete"])
def test_looking_changes_nothing(as_ada, name):
    assert as_ada.get(reverse(f"accounts:{name}")).status_code == 405


def test_nothing_of_the_page_is_kept_in_caches(as_ada):
    for name in ("profile", "data"):
        assert "no-store" in as_ada.get(reverse(f"accounts:{name}"))["Cache-Control"]


def test_page_shows_the_owner_what_is_theirs_and_nothing_of_a_friend(as_ada):
    friend = make_user("Grace Hopper")
    tokens.create_token(user=friend, name="Grace's notebook")
    page = as_ada.get(PROFILE).content.decode()
    assert "ada@example.org" in page
    assert friend.email not in page
    assert "notebook" not in page


def test_page_costs_the_same_with_one_token_and_with_twenty(
    as_ada, ada, django_assert_max_num_queries
):
    tokens.create_token(user=ada, name="one")
    with django_assert_max_num_queries(6) as one:
        as_ada.get(PROFILE)
    for number in range(19):
        tokens.create_token(user=ada, name=str(number))
    with django_assert_max_num_queries(len(one)):
        as_ada.get(PROFILE)


def test_names_can_be_changed(as_ada, ada):
    as_ada.post(PROFILE, {"display_name": "Ada  L.", "handle": "Countess-7"})
    ada.refresh_from_db()
    assert (ada.display_name, ada.handle) == ("Ada L.", "countess-7")


@pytest.mark.parametrize("handle", ["", "a b", "-ada", "ada-", "ädä", "admin", "ml-1m-3", "x" * 41])
def test_handle_that_breaks_a_rule_is_refused(as_ada, ada, handle):
    response = as_ada.post(PROFILE, {"display_name": "Ada", "handle": handle})
    assert errors_of(response, "profile_form")
    ada.refresh_from_db()
    assert ada.handle == "ada"


def test_handle_of_another_is_refused(as_ada):
    friend = make_user()
    response = as_ada.post(PROFILE, {"display_name": "Ada", "handle": friend.handle})
    assert "handle" in errors_of(response, "profile_form")


def test_handle_that_another_takes_in_the_same_moment_is_refused(as_ada, monkeypatch):
    friend = make_user()
    monkeypatch.setattr("accounts.forms.is_free", lambda *_, **__: True)
    monkeypatch.setattr("accounts.forms.ProfileForm.validate_unique", lambda _: None)
    response = as_ada.post(PROFILE, {"display_name": "Ada", "handle": friend.handle})
    assert "handle" in errors_of(response, "profile_form")


def test_refused_name_does_not_show_as_if_it_were_saved(as_ada):
    page = as_ada.post(PROFILE, {"display_name": "me@home", "handle": "ada"}).content.decode()
    assert page.count("me@home") == 1


def test_form_cannot_change_what_it_does_not_show(as_ada, ada):
    fields = {"display_name": "Ada", "handle": "ada", "is_staff": "1", "email": "x@example.org"}
    as_ada.post(PROFILE, fields)
    ada.refresh_from_db()
    assert not ada.is_staff
    assert ada.email == "ada@example.org"


def test_what_a_person_says_is_kept_and_makes_lists_anew(as_ada, ada):
    as_ada.post(reverse("accounts:demographics"), ABOUT_ADA)
    ada.refresh_from_db()
    assert (ada.age_band, ada.gender, ada.occupation) == (25, "F", 0)
    assert ada.profile_revision == 1


def test_saying_nothing_is_fine(as_ada, ada):
    response = as_ada.post(reverse("accounts:demographics"), {})
    assert response.url == PROFILE
    ada.refresh_from_db()
    assert (ada.age_band, ada.gender, ada.occupation) == (None, None, None)


def test_one_button_erases_what_was_said(as_ada, ada):
    as_ada.post(reverse("accounts:demographics"), ABOUT_ADA)
    as_ada.post(reverse("accounts:demographics"), {**ABOUT_ADA, "erase": "1"})
    ada.refresh_from_db()
    assert (ada.age_band, ada.gender, ada.occupation) == (None, None, None)


@pytest.mark.parametrize("wrong", [{"age_band": "26"}, {"gender": "f"}, {"occupation": "21"}])
def test_unknown_code_is_refused(as_ada, ada, wrong):
    response = as_ada.post(reverse("accounts:demographics"), {**ABOUT_ADA, **wrong})
    assert list(errors_of(response, "demographics_form")) == list(wrong)


def test_new_token_is_shown_once(as_ada):
    page = as_ada.post(reverse("accounts:token-create"), {"name": "Notebook"})
    secret = page.context["new_token"]
    assert secret in page.content.decode()
    assert tokens.authenticate_token(secret=secret).name == "Notebook"
    later = as_ada.get(PROFILE).content.decode()
    assert "Notebook" in later
    assert secret not in later


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_token_needs_a_name(as_ada, name):
    response = as_ada.post(reverse("accounts:token-create"), {"name": name})
    assert "name" in errors_of(response, "token_form")
    assert not ApiToken.objects.exists()


def test_token_too_many_is_refused(as_ada, monkeypatch):
    monkeypatch.setattr(tokens, "MOST_TOKENS", 0)
    response = as_ada.post(reverse("accounts:token-create"), {"name": "Notebook"})
    assert "name" in errors_of(response, "token_form")


def test_owner_revokes_a_token(as_ada, ada):
    token, _ = tokens.create_token(user=ada, name="Notebook")
    assert as_ada.post(reverse("accounts:token-revoke", args=[token.pk])).url == PROFILE
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("who", ["friend", "guest"])
def test_others_revoke_nothing(client, ada, who):
    token, _ = tokens.create_token(user=ada, name="Notebook")
    if who == "friend":
        client.force_login(make_user())
    client.post(reverse("accounts:token-revoke", args=[token.pk]))
    assert ApiToken.objects.exists()


def test_data_can_be_downloaded_as_a_file(as_ada):
    response = as_ada.get(reverse("accounts:data"))
    assert response["Content-Type"] == "application/json"
    assert "attachment" in response["Content-Disposition"]
    assert json.loads(response.content)["account"]["email"] == "ada@example.org"


def test_friend_downloads_only_what_is_theirs(client, ada):
    client.force_login(make_user())
    assert "ada@example.org" not in client.get(reverse("accounts:data")).content.decode()


def test_account_is_deleted_at_once(as_ada, ada):
    response = as_ada.post(reverse("accounts:delete"), {"password": PASSWORD})
    assert response.url == reverse("home")
    assert not User.objects.filter(pk=ada.pk).exists()
    assert "_auth_user_id" not in as_ada.session


@pytest.mark.parametrize("password", ["", "wrong words"])
def test_account_is_not_deleted_without_its_password(as_ada, ada, password):
    response = as_ada.post(reverse("accounts:delete"), {"password": password})
    assert "password" in errors_of(response, "delete_form")
    assert User.objects.filter(pk=ada.pk).exists()


def test_password_of_another_deletes_nothing(as_ada, ada):
    create_confirmed_user(email="eve@example.org", display_name="Eve", password="see how they run")
    as_ada.post(reverse("accounts:delete"), {"password": "see how they run"})
    assert User.objects.count() == 2


def test_guessing_the_password_of_a_deletion_is_limited(as_ada, ada):
    for _ in range(5):
        as_ada.post(reverse("accounts:delete"), {"password": "wrong words"})
    as_ada.post(reverse("accounts:delete"), {"password": PASSWORD})
    assert User.objects.filter(pk=ada.pk).exists()


def test_curator_is_told_why_the_account_stays(as_ada, ada):
    User.objects.update(is_staff=True)
    response = as_ada.post(reverse("accounts:delete"), {"password": PASSWORD})
    assert "administrator" in str(errors_of(response, "delete_form"))


def test_forms_need_our_own_page(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    for name in ("profile", "demographics", "token-create", "delete"):
        assert client.post(reverse(f"accounts:{name}")).status_code == 403
