"""People and films that the pages' tests share.

This file is read before Django is set up, so whatever knows models is imported late.
"""

from importlib import import_module

import pytest
from django.test import Client


def factories():
    return import_module("tests.factories")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner(db):
    return factories().make_user("Owner")


@pytest.fixture
def friend(db):
    return factories().make_user("Friend")


@pytest.fixture
def heat(db):
    return factories().make_movie("Heat", year=1995)


@pytest.fixture
def as_owner(owner):
    return signed_in(owner)


@pytest.fixture
def as_friend(friend):
    return signed_in(friend)
