from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.services.people import create_confirmed_user
from accounts.services.tokens import authenticate_token
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def create_token(*arguments) -> list[str]:
    output = StringIO()
    call_command("create_token", *arguments, stdout=output)
    return output.getvalue().splitlines()


def test_token_stands_alone_in_the_last_line():
    lines = create_token("ada@example.org")
    assert authenticate_token(secret=lines[-1]).user.email == "ada@example.org"


def test_account_is_made_and_confirmed_where_there_is_none():
    create_token("Ada.Secret@Example.org")
    user = User.objects.get()
    assert user.emailaddress_set.get().verified
    assert not user.has_usable_password()
    assert "ada" not in f"{user.display_name} {user.handle}".lower()
    assert mail.outbox == []


def test_two_made_accounts_get_two_handles():
    create_token("ada@example.org")
    create_token("eve@example.org")
    assert User.objects.values("handle").distinct().count() == 2


def test_existing_account_gets_the_token_and_stays_as_it_is():
    ada = create_confirmed_user(email="ada@example.org", display_name="Ada", password="blind mice")
    secret = create_token("ADA@example.org")[-1]
    assert authenticate_token(secret=secret).user == ada
    assert User.objects.get().password == ada.password


def test_every_call_makes_another_token():
    first, second = create_token("ada@example.org")[-1], create_token("ada@example.org")[-1]
    assert first != second
    assert authenticate_token(secret=first) is not None


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.org", "a b@example.org"])
def test_what_is_no_address_is_refused(email):
    with pytest.raises(CommandError):
        create_token(email)
    assert not User.objects.exists()


def test_name_that_is_too_long_is_refused_and_leaves_no_account():
    with pytest.raises(CommandError):
        create_token("ada@example.org", "--name", "x" * 61)
    assert not User.objects.exists()


def test_switched_off_account_gets_no_token():
    with pytest.raises(CommandError, match="switched off"):
        create_token(make_user(is_active=False).email)
