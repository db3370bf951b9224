"""Rules that every template keeps."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import loader
from django.template.loader import get_template

TEMPLATES = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(path.relative_to(TEMPLATES) for path in TEMPLATES.rglob("*.html"))


def read(name: Path) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_a_template_opens_with_its_name_and_variables(name):
    assert read(name).startswith(f"{{# {name}: ")


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_a_template_has_nothing_the_content_policy_forbids(name):
    text = read(name)
    assert not re.search(r"""\s(style|on[a-z]+|hx-on[:a-z-]*)\s*=\s*["']""", text)
    assert not re.search(r"<style|=\W*javascript:", text, flags=re.IGNORECASE)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_a_template_loads_nothing_from_elsewhere(name):
    assert not re.search(r"""(src|href)=["'](https?:)?//""", read(name))


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_a_template_compiles(name):
    get_template(str(name))


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_no_star_or_arrow_is_a_letter(name):
    """The faces have none of them: they are drawn."""
    assert not re.search("[★☆▾→←×]", read(name))


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_pages_for_bad_days_need_neither_request_nor_database(name):
    written = loader.render_to_string(name)
    assert written.count("<h1") == 1
    assert "Try again" in written
