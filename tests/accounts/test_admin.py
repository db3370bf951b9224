import pytest
from django.test import Client

from accounts.models import ApiToken, User
from accounts.services.tokens import authenticate_token, create_token
from tests.factories import make_movie, make_rater, make_user
from tests.staff import browser_of, form_of, make_curator, make_superuser

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def browser():
    return browser_of(make_superuser())


def page_of(user: User) -> str:
    return f"{LIST}{user.pk}/change/"


def test_staff_sign_in_where_everybody_does():
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=%2Fadmin%2F")


def test_no_password_is_shown_however_digested(browser):
    user = make_user()
    page = browser.get(page_of(user)).content.decode()
    assert user.password not in page
    assert "argon2" not in page
    assert 'name="password"' not in page


def test_people_are_found_by_the_beginning_of_an_address_or_handle(browser):
    owner = make_user("Owner")
    make_user("Friend")
    for term in (owner.email.upper(), owner.handle):
        response = browser.get(LIST, {"q": term})
        assert owner in response.context["cl"].result_list


def test_imported_raters_are_seen_and_not_touched(browser):
    rater = make_rater()
    assert browser.get(LIST, {"who": "imported"}).context["cl"].result_list[0] == rater
    assert browser.get(page_of(rater)).status_code == 200
    assert browser.post(page_of(rater), {"display_name": "Me"}).status_code == 403
    assert browser.post(f"{LIST}{rater.pk}/delete/", {"post": "yes"}).status_code == 403


def test_superusers_let_people_in_and_shut_them_out(browser):
    user = make_user()
    fields = form_of(browser.get(page_of(user)))
    fields.pop("is_active")
    assert browser.post(page_of(user), fields | {"is_staff": "on"}).status_code == 302
    user.refresh_from_db()
    assert user.is_staff
    assert not user.is_active


def test_nobody_else_makes_themselves_more_than_they_are():
    from django.contrib.auth.models import Permission  # noqa: PLC0415

    helper = make_user("Helper", is_staff=True)
    helper.user_permissions.set(
        Permission.objects.filter(codename__in=["view_user", "change_user", "delete_user"])
    )
    browser, superuser = browser_of(helper), make_superuser()
    fields = form_of(browser.get(page_of(helper)))
    browser.post(page_of(helper), fields | {"is_superuser": "on", "display_name": "Helpful"})
    helper.refresh_from_db()
    assert helper.display_name == "Helpful"
    assert not helper.is_superuser
    assert browser.post(page_of(superuser), {"display_name": "x"}).status_code == 403
    assert browser.post(f"{LIST}{make_user().pk}/delete/", {"post": "yes"}).status_code == 403


def test_superusers_erase_whoever_asks_for_it(browser):
    user = make_user()
    user.ratings.create(movie=make_movie(), half_stars=8)
    address = f"{LIST}{user.pk}/delete/"
    assert "for good" in browser.get(address).content.decode()
    assert browser.post(address, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=user.pk).exists()


def test_staff_are_not_erased(browser):
    curator = make_curator()
    assert browser.post(f"{LIST}{curator.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("is_bulk", [False, True])
def test_a_token_is_revoked(browser, is_bulk):
    token, secret = create_token(user=make_user(), name="Script")
    if is_bulk:
        sent = {"action": "delete_selected", "_selected_action": [token.pk], "post": "yes"}
        browser.post("/admin/accounts/apitoken/", sent)
    else:
        browser.post(f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"})
    assert authenticate_token(secret=secret) is None


def test_a_token_is_not_shown_or_changed(browser):
    token, secret = create_token(user=make_user(), name="Script")
    address = f"/admin/accounts/apitoken/{token.pk}/change/"
    page = browser.get(address).content.decode()
    assert secret not in page
    assert token.digest not in page
    assert browser.post(address, {"name": "Mine"}).status_code == 403
    assert browser.get("/admin/accounts/apitoken/add/").status_code == 403
    assert ApiToken.objects.get().name == "Script"


def test_the_staff_log_is_only_read(browser):
    user = make_user()
    fields = form_of(browser.get(page_of(user)))
    browser.post(page_of(user), fields | {"display_name": "New name"})
    page = browser.get("/admin/admin/logentry/")
    entry = page.context["cl"].result_list[0]
    assert "Changed Display name." in page.content.decode()
    address = f"/admin/admin/logentry/{entry.pk}"
    assert browser.get(f"{address}/change/").status_code == 200
    assert browser.post(f"{address}/change/", {}).status_code == 403
    assert browser.post(f"{address}/delete/", {"post": "yes"}).status_code == 403


def test_curators_see_no_people():
    browser = browser_of(make_curator())
    for name in ("accounts/user", "accounts/apitoken", "auth/group", "admin/logentry"):
        assert browser.get(f"/admin/{name}/").status_code == 403


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize(
    ("name", "queries"), [("accounts/user", 4), ("accounts/apitoken", 4), ("admin/logentry", 4)]
)
def test_lists_take_as_many_queries_for_one_as_for_twenty(
    browser, name, queries, count, django_assert_num_queries
):
    for _ in range(count):
        user = make_user()
        create_token(user=user, name="Script")
        browser.post(page_of(user), form_of(browser.get(page_of(user))))
    with django_assert_num_queries(queries):
        assert browser.get(f"/admin/{name}/").status_code == 200
