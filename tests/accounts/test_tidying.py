from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Session, User
from accounts.services.people import create_confirmed_user
from accounts.tasks import tidy
from tests.factories import make_rater, make_user

pytestmark = pytest.mark.django_db


def sign_up(*, days_ago: int, is_confirmed: bool = False, **fields) -> User:
    user = make_user(date_joined=timezone.now() - timedelta(days=days_ago), **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=is_confirmed, primary=True)
    return user


def test_sign_up_that_nobody_confirmed_goes_after_a_week():
    sign_up(days_ago=8)
    waiting = sign_up(days_ago=6)
    tidy()
    assert list(User.objects.all()) == [waiting]


def test_everybody_else_stays():
    sign_up(days_ago=100, is_confirmed=True)
    sign_up(days_ago=100, is_staff=True)
    sign_up(days_ago=100, last_login=timezone.now())
    make_user(date_joined=timezone.now() - timedelta(days=100))
    make_rater(date_joined=timezone.now() - timedelta(days=100))
    tidy()
    assert User.objects.count() == 5


def test_waiting_for_a_new_address_costs_no_account():
    ada = create_confirmed_user(email="ada@example.org", display_name="Ada")
    User.objects.update(date_joined=timezone.now() - timedelta(days=100))
    EmailAddress.objects.create(user=ada, email="ada@new.example", verified=False)
    tidy()
    assert User.objects.get() == ada


def test_expired_sessions_go_and_others_stay(client):
    client.force_login(make_user())
    client.session.save()
    past = timezone.now() - timedelta(seconds=1)
    Session.objects.create(session_key="old", session_data="", expire_date=past)
    tidy()
    assert not Session.objects.filter(pk="old").exists()
    assert Session.objects.filter(pk=client.session.session_key).exists()


def test_tidying_twice_is_safe():
    sign_up(days_ago=8)
    tidy()
    tidy()
    assert not User.objects.exists()
