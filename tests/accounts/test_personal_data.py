import pytest

from accounts.errors import AccountKeptError
from accounts.models import ApiToken, Session, User
from accounts.services import personal_data
from accounts.services.people import create_confirmed_user
from accounts.services.personal_data import erase_person, export_personal_data
from accounts.services.tokens import create_token
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "three blind mice"


@pytest.fixture
def ada():
    return create_confirmed_user(email="ada@example.org", display_name="Ada", password=PASSWORD)


@pytest.fixture
def parts(monkeypatch):
    """Registered parts that are forgotten after the test."""
    kept = dict(personal_data._parts)
    monkeypatch.setattr(personal_data, "_parts", kept)
    return kept


def test_copy_holds_what_the_account_keeps(ada):
    ada.age_band, ada.occupation = 25, 12
    ada.save()
    account = export_personal_data(user=ada)["account"]
    assert account["email"] == "ada@example.org"
    assert account["age_band"] == "25 to 34"
    assert account["occupation"] == "Programmer"
    assert account["addresses"] == [{"email": "ada@example.org", "verified": True, "primary": True}]


def test_copy_names_tokens_and_holds_no_secret(ada):
    token, secret = create_token(user=ada, name="Notebook")
    kept = export_personal_data(user=ada)
    assert kept["account"]["tokens"][0]["name"] == "Notebook"
    for hidden in (secret, token.digest, ada.password):
        assert hidden not in str(kept)


def test_copy_has_a_part_for_every_app(ada):
    assert {"account", "movies"} <= set(export_personal_data(user=ada))


def test_registered_part_is_exported_and_erased(ada, parts):
    erased = []
    personal_data.register_personal_data(
        name="letters",
        export=lambda *, user: [f"Dear {user}"],
        erase=lambda *, user: erased.append(user.pk),
    )
    assert export_personal_data(user=ada)["letters"] == ["Dear Ada"]
    user_id = ada.pk
    erase_person(user=ada)
    assert erased == [user_id]


def test_part_that_cannot_be_erased_keeps_everything(ada, parts):
    def fail(*, user):
        raise ZeroDivisionError

    personal_data.register_personal_data(name="letters", export=fail, erase=fail)
    with pytest.raises(ZeroDivisionError):
        erase_person(user=ada)
    assert User.objects.filter(pk=ada.pk).exists()
    assert ada.emailaddress_set.exists()


def test_erasing_takes_account_addresses_tokens_and_sessions(client, ada):
    friend = make_user()
    create_token(user=ada, name="Notebook")
    create_token(user=friend, name="Notebook")
    client.force_login(ada)
    erase_person(user=ada)
    assert list(User.objects.all()) == [friend]
    assert ApiToken.objects.get().user == friend
    assert not Session.objects.exclude(user_id=None).exists()


@pytest.mark.parametrize("kept", [{"is_staff": True}, {"email": "demo@marquee.example"}])
def test_curators_and_demo_accounts_are_kept(ada, kept):
    for name, value in kept.items():
        setattr(ada, name, value)
    with pytest.raises(AccountKeptError):
        erase_person(user=ada)
