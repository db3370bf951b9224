import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services.handles import clean_display_name, free_handle, is_free
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Ada Lovelace", "ada-lovelace"),
        ("  Zoë   Ünal ", "zoe-unal"),
        ("a_b__c", "a-b-c"),
        ("--R2--D2--", "r2-d2"),
        ("映画ファン", "film-fan"),
        ("Demo 5", "the-demo-5"),
        ("ML-1M 17", "the-ml-1m-17"),
        ("x" * 60, "x" * 40),
        ("y" * 39 + " z", "y" * 39),
    ],
)
def test_handle_is_made_of_the_name(name, handle):
    assert free_handle(name) == handle


@pytest.mark.parametrize("name", ["Ada", "Admin", "x" * 60, "Demo", "映画"])
def test_handle_keeps_every_rule_even_when_taken(name):
    for _ in range(3):
        handle = free_handle(name)
        user = make_user()
        user.handle = handle
        user.full_clean()
        user.save()
    assert User.objects.values("handle").distinct().count() == 3


@pytest.mark.parametrize("handle", ["admin", "me", "ml-1m-17", "demo-3"])
def test_reserved_handle_is_not_free(handle):
    assert not is_free(handle)


def test_own_handle_is_free_for_its_owner_alone():
    ada = make_user()
    assert is_free(ada.handle, but_for=ada)
    assert not is_free(ada.handle, but_for=make_user())


@pytest.mark.parametrize("name", ["Ada", "Jean-Luc Picard", "映画ファン", "O’Brien", "7"])
def test_ordinary_name_is_shown_as_it_is(name):
    assert clean_display_name(f"  {name} ") == name


@pytest.mark.parametrize("name", ["a@b", "\u202eabc", "a\x00b", "a\u200bb", "***", ""])
def test_name_that_misleads_is_refused(name):
    with pytest.raises(ValidationError):
        clean_display_name(name)
