from types import SimpleNamespace

import pytest

from tests.chromium import do_without_chromium, find_chromium

PLAYWRIGHT_WITHOUT = SimpleNamespace(chromium=SimpleNamespace(executable_path="/nowhere/chromium"))


def test_the_named_chromium_comes_first(monkeypatch, tmp_path):
    named = tmp_path / "chromium"
    named.touch(mode=0o755)
    monkeypatch.setenv("CHROMIUM", str(named))
    assert find_chromium(PLAYWRIGHT_WITHOUT) == str(named)


def test_a_missing_chromium_skips_aloud(monkeypatch):
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium"):
        do_without_chromium()


def test_a_missing_chromium_fails_where_browsers_are_required(monkeypatch):
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="REQUIRE_BROWSER"):
        do_without_chromium()


@pytest.mark.browser
def test_chromium_opens_a_page(chromium):
    page = chromium.new_page()
    page.set_content("<title>Marquee</title>")
    assert page.title() == "Marquee"
