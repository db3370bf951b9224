import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.core import mail

from recommendations.models import ModelVersion
from recommendations.services.alerts import raise_alert
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


def test_a_version_whose_files_are_gone_is_said(two_camps):
    browser = browser_of(make_superuser())
    gone = ModelVersion.objects.create(
        number=99, state=ModelVersion.State.READY, directory="gone", manifest_sha256="0" * 64
    )
    response = browser.post(f"{LIST}{gone.pk}/activate/", SUBMIT)
    (said,) = get_messages(response.wsgi_request)
    assert "99" in str(said)
    assert active_version() == two_camps.version
    assert not LogEntry.objects.exists()


def test_what_failed_or_serves_already_is_not_activated(two_camps):
    browser = browser_of(make_superuser())
    failed = ModelVersion.objects.create(number=99, state=ModelVersion.State.FAILED)
    for version in (failed, two_camps.version):
        assert browser.post(f"{LIST}{version.pk}/activate/", SUBMIT).status_code == 403


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


def test_progress_of_a_training_is_shown_and_it_can_be_cancelled(two_camps):
    training = ModelVersion.objects.create(
        number=99, stage="fitting: ease", percent=52, memory_mb=1234
    )
    browser = browser_of(make_superuser())
    said = f'<span id="progress-{training.pk}" data-progress>52 %, fitting: ease, 1,234 MB</span>'
    assert said in browser.get(LIST).content.decode()
    assert said in browser.get(f"{LIST}{training.pk}/change/").content.decode()

    browser.post(f"{LIST}{training.pk}/cancel/", SUBMIT)

    training.refresh_from_db()
    assert training.cancel_requested
    assert LogEntry.objects.get().change_message == "Cancelled."


def test_only_a_training_can_be_cancelled_and_not_by_curators(two_camps):
    training = ModelVersion.objects.create(number=99)
    address = f"{LIST}{training.pk}/cancel/"
    assert browser_of(make_curator()).post(address, SUBMIT).status_code == 403
    served = f"{LIST}{two_camps.version.pk}/cancel/"
    assert browser_of(make_superuser()).post(served, SUBMIT).status_code == 403
    training.refresh_from_db()
    assert not training.cancel_requested


def test_alerts_are_shown_until_they_are_put_away(two_camps):
    raise_alert(number=two_camps.version.number, text="Its artefact is gone.")
    browser = browser_of(make_superuser())
    assert "Its artefact is gone." in browser.get("/admin/").content.decode()
    assert "Its artefact is gone." in browser.get(LIST).content.decode()

    browser.post(f"{LIST}{two_camps.version.pk}/put_away/", SUBMIT)

    assert "Its artefact is gone." not in browser.get(LIST).content.decode()


def test_an_alert_is_mailed_once(two_camps, settings):
    settings.ADMINS = [("Operator", "operator@example.org")]
    for _ in range(2):
        raise_alert(number=two_camps.version.number, text="Its artefact is gone.")
    assert [message.subject for message in mail.outbox] == ["[Marquee] Model version 1"]


def test_an_alert_is_mailed_once_whatever_its_details(two_camps, settings):
    settings.ADMINS = [("Operator", "operator@example.org")]
    for detail in ("here", "there"):
        text = f"It is not whole anywhere: damaged {detail}."
        raise_alert(number=two_camps.version.number, text=text, kind="It is not whole anywhere")
    two_camps.version.refresh_from_db()
    assert two_camps.version.alert == "It is not whole anywhere: damaged here."
    assert len(mail.outbox) == 1


def test_what_else_is_wrong_is_told_beside_what_was(two_camps, settings):
    settings.ADMINS = [("Operator", "operator@example.org")]
    number = two_camps.version.number
    raise_alert(number=number, text="It was damaged and is sound.")

    raise_alert(number=number, text="It is not whole anywhere.")

    two_camps.version.refresh_from_db()
    told = ["It was damaged and is sound.", "It is not whole anywhere."]
    assert two_camps.version.alert.splitlines() == told
    assert [message.body for message in mail.outbox] == told


def test_an_alert_that_another_one_begins_with_is_told(two_camps, settings):
    settings.ADMINS = [("Operator", "operator@example.org")]
    told = ["The training failed. KeyError 10", "The training failed. KeyError 1"]
    for text in (*told, *told):
        raise_alert(number=two_camps.version.number, text=text)

    two_camps.version.refresh_from_db()
    assert two_camps.version.alert.splitlines() == told
    assert [message.body for message in mail.outbox] == told


def test_an_alert_of_several_lines_is_mailed_once(two_camps, settings):
    settings.ADMINS = [("Operator", "operator@example.org")]
    for _ in range(2):
        raise_alert(number=two_camps.version.number, text="The training failed.\nNo space left.")

    two_camps.version.refresh_from_db()
    assert two_camps.version.alert == "The training failed. No space left."
    assert len(mail.outbox) == 1
