import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import User
from tests.factories import make_rater, make_user

pytestmark = pytest.mark.django_db


def test_addresses_are_kept_in_lower_case():
    user = User.objects.create_user("Ann@Example.org", "x", display_name="Ann", handle="ann")

    assert user.email == "ann@example.org"


def test_an_address_is_taken_once():
    with pytest.raises(ValidationError, match="already exists"):
        User.objects.create_user(make_user().email, "x", display_name="Ann", handle="ann")


def test_raters_have_no_way_to_sign_in():
    rater = make_rater()

    assert rater.is_imported
    assert not rater.has_usable_password()
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=rater.pk).update(email="rater@example.org")


def test_rater_of_two_sets_is_two_people():
    make_rater("ml-1m", gender="F")
    User.objects.create(
        data_set="ml-100k", data_set_user_id=1, password="!", display_name="1", handle="k-1"
    )
    User.objects.create(
        data_set="ml-1m", data_set_user_id=1, password="!", display_name="1", handle="m-1"
    )

    assert User.objects.filter(data_set_user_id=1).count() == 2


@pytest.mark.parametrize("field", [{"age_band": 2}, {"gender": "X"}, {"occupation": 21}])
def test_unknown_codes_are_refused_by_the_database(field):
    user = make_user()

    with pytest.raises(IntegrityError, match="is_known"):
        User.objects.filter(pk=user.pk).update(**field)
