import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from recommendations.models import ModelVersion
from recommendations.services.registry import active_version
from recommendations.services.training import train_version
from tests.factories import make_user
from tests.staff import browser_of, make_curator, make_superuser

LIST = "/admin/recommendations/modelversion/"
SUBMIT = {"_form_submitted": "True"}


@pytest.fixture
def newer(two_camps):
    return train_version(activate=False)


def test_a_version_is_activated_and_the_decision_logged(two_camps, newer):
    superuser = make_superuser()
    browser = browser_of(superuser)
    address = f"{LIST}{newer.pk}/activate/"
    assert browser.get(address).status_code == 200
    assert active_version() == two_camps.version
    response = browser.post(address, SUBMIT)
    assert response["HX-Redirect"] == LIST
    assert active_version() == newer
    assert LogEntry.objects.get().user == superuser


def test_the_version_before_serves_again(two_camps, newer):
    browser = browser_of(make_superuser())
    browser.post(f"{LIST}{newer.pk}/activate/", SUBMIT)
    browser.post(f"{LIST}roll_back/", SUBMIT)
    assert active_version() == two_camps.version


def test_what_cannot_serve_is_said(two_camps):
    browser = browser_of(make_superuser())
    failed = ModelVersion.objects.create(number=99, state="failed")
    response = browser.post(f"{LIST}{failed.pk}/activate/", SUBMIT)
    assert [str(each) for each in get_messages(response.wsgi_request)] == ["Version 99 is failed."]
    assert active_version() == two_camps.version
    assert not LogEntry.objects.exists()


def test_curators_may_look_and_nobody_else(two_camps, newer):
    curator = browser_of(make_curator())
    page = curator.get(f"{LIST}{newer.pk}/change/")
    assert newer.manifest_sha256 in page.content.decode()
    assert curator.post(f"{LIST}{newer.pk}/activate/", SUBMIT).status_code == 403
    assert curator.post(f"{LIST}roll_back/", SUBMIT).status_code == 403
    person = browser_of(make_user())
    assert person.post(f"{LIST}{newer.pk}/activate/", SUBMIT).status_code == 302
    assert active_version() == two_camps.version


def test_facts_are_only_read(two_camps):
    browser = browser_of(make_superuser())
    address = f"{LIST}{two_camps.version.pk}"
    assert browser.post(f"{address}/change/", {"state": "retired"}).status_code == 403
    assert browser.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get(f"{LIST}add/").status_code == 403
