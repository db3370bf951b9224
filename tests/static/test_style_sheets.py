"""Style sheets and modules: nothing from elsewhere, every file named by a page."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
# The admin's pages name theirs in Python.
PAGES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in [*(ROOT / "templates").rglob("*.html"), *ROOT.glob("*/admin.py")]
)
SHEETS = sorted((STATIC / "css").glob("*.css"))
MODULES = sorted((STATIC / "js").glob("*.js"))


@pytest.mark.parametrize("path", [*SHEETS, *MODULES], ids=lambda path: path.name)
def test_a_file_is_linked_by_a_page(path):
    assert f'"{path.relative_to(STATIC)}"' in PAGES


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_colours_stand_in_the_tokens_only(path):
    if path.name != "tokens.css":
        assert not re.search(r"#[0-9A-Fa-f]{3,8}\b(?!\))", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_sheet_uses_only_tokens_that_exist(path):
    defined = set()
    for sheet in SHEETS:
        defined |= set(re.findall(r"(--[a-z-]+):", sheet.read_text(encoding="utf-8")))
    assert set(re.findall(r"var\((--[a-z-]+)", path.read_text(encoding="utf-8"))) <= defined


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_sheet_loads_nothing_from_elsewhere(path):
    addresses = re.findall(r'url\("?([^")]+)', path.read_text(encoding="utf-8"))
    assert all((path.parent / address).is_file() for address in addresses)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_makes_no_code_of_text(path):
    assert not re.search(r"\beval\(|new Function|setAttribute\(.style", path.read_text("utf-8"))
