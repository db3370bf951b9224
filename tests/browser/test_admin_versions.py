"""The admin's pages of model versions, as a browser shows them."""

import pytest

from recommendations.models import ModelVersion
from recommendations.services.alerts import raise_alert
from tests.browser.visitor import Visitor
from tests.staff import make_superuser

pytestmark = pytest.mark.browser

LIST = "/admin/recommendations/modelversion/"
WIDTHS = (390, 1440)
THEMES = ("light", "dark")


@pytest.fixture
def training(site) -> ModelVersion:
    raise_alert(number=ModelVersion.objects.get().number, text="Its artefact is gone.")
    return ModelVersion.objects.create(
        number=99, stage="judging: fitting the recipe, ease", percent=12, memory_mb=1234
    )


def advance(training: ModelVersion, **fields) -> None:
    ModelVersion.objects.filter(pk=training.pk).update(**fields)


def test_progress_follows_without_a_reload(visitor, training):
    visitor.sign_in(make_superuser())
    for address in (LIST, f"{LIST}{training.pk}/change/"):
        advance(training, percent=12)
        visitor.go(address)
        said = visitor.page.locator("[data-progress]").first
        assert "12 %" in said.inner_text()
        visitor.page.evaluate("window.isSamePage = true")

        advance(training, percent=57)

        visitor.page.wait_for_function(
            "document.querySelector('[data-progress]').textContent.includes('57 %')"
        )
        assert visitor.page.evaluate("window.isSamePage")
    assert visitor.errors == []


def test_what_ends_is_shown_whole(visitor, training):
    visitor.sign_in(make_superuser())
    visitor.go(LIST)

    advance(training, state="failed", note="The process was ended.")

    visitor.page.get_by_text("The process was ended.").first.wait_for()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_stay_within_the_window(chromium, live_server, training, width, theme):
    with Visitor(chromium, live_server.url, width=width) as visitor:
        visitor.sign_in(make_superuser())
        visitor.page.emulate_media(color_scheme=theme)
        served = ModelVersion.objects.exclude(pk=training.pk).get()
        changes = [f"{LIST}{version.pk}/change/" for version in (training, served)]
        for address in ("/admin/", LIST, *changes):
            visitor.go(address)
            assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        assert visitor.errors == []
