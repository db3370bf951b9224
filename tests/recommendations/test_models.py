import pytest
from django.db import IntegrityError

from recommendations.models import ModelVersion

pytestmark = pytest.mark.django_db


def test_an_increment_names_the_version_it_extends():
    base = ModelVersion.objects.create(number=1)
    ModelVersion.objects.create(number=2, kind="increment", base=base)
    with pytest.raises(IntegrityError, match="increment_has_base"):
        ModelVersion.objects.create(number=3, kind="increment")


def test_a_full_version_extends_nothing():
    base = ModelVersion.objects.create(number=1)
    with pytest.raises(IntegrityError, match="increment_has_base"):
        ModelVersion.objects.create(number=2, base=base)


def test_a_version_that_is_kept_has_an_artefact():
    with pytest.raises(IntegrityError, match="served_has_artefact"):
        ModelVersion.objects.create(number=1, state="kept")


def test_progress_ends_at_a_hundred():
    with pytest.raises(IntegrityError, match="percent_is_share"):
        ModelVersion.objects.create(number=1, percent=101)
