"""A small site, and somebody with a browser to visit it."""

from collections.abc import Iterator

import pytest

from tests.browser.site import Site, build_site
from tests.browser.visitor import Visitor


@pytest.fixture
def site(live_server, settings, tmp_path) -> Site:
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    settings.SITE_URL = live_server.url
    return build_site()


@pytest.fixture
def visitor(chromium, site, live_server) -> Iterator[Visitor]:
    with Visitor(chromium, live_server.url) as visitor:
        yield visitor
