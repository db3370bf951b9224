"""People and films that the pages' tests share."""

import pytest
from django.test import Client

from tests.factories import make_movie, make_user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner(db):
    return make_user("Owner")


@pytest.fixture
def friend(db):
    return make_user("Friend")


@pytest.fixture
def heat(db):
    return make_movie("Heat", year=1995)


@pytest.fixture
def as_owner(owner):
    return signed_in(owner)


@pytest.fixture
def as_friend(friend):
    return signed_in(friend)
