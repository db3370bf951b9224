import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import User
from movies.models import Genre, Rating
from tests.factories import make_movie

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(settings, tmp_path) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR / "demo-accounts.json"


def create() -> str:
    output = StringIO()
    call_command("create_demo_accounts", stdout=output)
    return output.getvalue()


def passwords(path) -> dict[str, str]:
    return {kept["email"]: kept["password"] for kept in json.loads(path.read_text()).values()}


@pytest.fixture
def catalogue():
    for slug in ("sci-fi", "mystery", "romance", "horror"):
        genre = Genre.objects.create(name=slug.title(), slug=slug)
        for _ in range(5):
            make_movie().genres.add(genre)


def test_both_can_sign_in_with_what_the_file_says(client, path):
    create()
    for email, password in passwords(path).items():
        client.post(reverse("account_login"), {"login": email, "password": password})
        assert client.session["_auth_user_id"] == str(User.objects.get(email=email).pk)
        client.post(reverse("account_logout"))


def test_only_the_owner_can_read_the_passwords(path):
    create()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [kept.name for kept in path.parent.iterdir()] == [path.name]


def test_passwords_are_not_on_the_console(path):
    output = create()
    assert str(path) in output
    assert not any(password in output for password in passwords(path).values())


def test_running_it_again_keeps_the_passwords(path):
    create()
    before = passwords(path)
    create()
    assert passwords(path) == before
    assert User.objects.count() == 2


def test_running_it_again_closes_a_file_that_was_left_open(path):
    create()
    path.chmod(0o644)
    create()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_changed_password_is_put_right(path):
    create()
    for user in User.objects.all():
        user.set_password("something else")
        user.save()
    create()
    for email, password in passwords(path).items():
        assert User.objects.get(email=email).check_password(password)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"person": 1}', '{"person": {"a": "b"}}'])
def test_file_that_says_nothing_is_written_anew(path, content):
    path.parent.mkdir()
    path.write_text(content)
    create()
    for email, password in passwords(path).items():
        assert User.objects.get(email=email).check_password(password)


def test_curator_may_shape_the_catalogue_and_nothing_else(path):
    create()
    curator = User.objects.get(email="curator@marquee.example")
    assert curator.is_staff
    assert not curator.is_superuser
    for permission in ("change_movie", "add_credit", "change_tag", "view_rating"):
        assert curator.has_perm(f"movies.{permission}")
    assert curator.has_perm("recommendations.view_modelversion")
    for permission in ("movies.change_rating", "movies.delete_movie", "accounts.view_user"):
        assert not curator.has_perm(permission)


def test_demo_person_is_nobody_special(path):
    create()
    person = User.objects.get(email="demo@marquee.example")
    assert not person.is_staff
    assert not person.get_all_permissions()


def test_demo_person_has_a_taste(path, catalogue):
    assert "rated 7 movies" in create()
    stars = Rating.objects.values_list("half_stars", flat=True)
    assert sorted(stars) == [3, 4, 8, 8, 9, 9, 10]


def test_ratings_of_the_demo_person_are_made_once(path, catalogue):
    create()
    Rating.objects.first().delete()
    create()
    assert Rating.objects.count() == 6


def test_without_a_catalogue_there_are_no_ratings_yet(path):
    create()
    assert not Rating.objects.exists()


def test_production_has_no_demo_accounts(settings, path):
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        create()
    assert not User.objects.exists()
    assert not path.exists()


def test_place_that_cannot_be_written_is_named(path):
    path.parent.write_text("not a directory")
    with pytest.raises(CommandError, match=r"demo-accounts\.json"):
        create()
    assert not User.objects.exists()
