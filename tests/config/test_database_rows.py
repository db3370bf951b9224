import pytest

from accounts.models import ApiToken, Session, User
from accounts.services.tokens import create_token
from config.database.rows import read_row, read_row_with
from tests.factories import make_rater, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [make_user, make_rater])
def test_row_is_what_get_returns(make):
    user = make()
    User.objects.filter(pk=user.pk).update(age_band=25, last_login="2001-02-03T04:05:06Z")
    whole, read = User.objects.get(pk=user.pk), read_row(User, user.pk)

    assert vars(read) | {"_state": None} == vars(whole) | {"_state": None}
    assert vars(read._state) == vars(whole._state)


def test_read_row_can_be_changed_and_saved():
    user = read_row(User, make_user().pk)
    user.display_name = "Countess"
    user.save()

    assert User.objects.get(pk=user.pk).display_name == "Countess"


@pytest.mark.parametrize("key", ["", "nothing", None, "'; DROP TABLE accounts_session; --"])
def test_key_of_nothing_gives_nothing(key):
    assert read_row(Session, key) is None


def test_row_comes_with_the_one_it_refers_to(django_assert_num_queries):
    user = make_user()
    token, _ = create_token(user=user, name="phone")
    with django_assert_num_queries(1):
        read = read_row_with(ApiToken, "user", column="digest", key=token.digest)
        assert (read, read.user) == (token, user)
        assert (read.name, read.user.email) == ("phone", user.email)
    assert read_row_with(ApiToken, "user", column="digest", key="0" * 64) is None
