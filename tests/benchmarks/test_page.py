import pytest

from benchmarks.page import format_table, write_table

BEFORE = """# Figures
<!-- written by make bench-one -->
| old |
<!-- to here -->
Between.
<!-- written by make bench-two -->
| other |
<!-- to here -->
"""


@pytest.fixture
def page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(BEFORE, encoding="utf-8")
    return page


def test_a_table_takes_the_place_of_its_own_only(page):
    new = format_table(("what", "figure"), ("new", "1 ms"))

    write_table(new, target="bench-one", page=page)

    table = "| what | figure |\n| --- | --- |\n| new | 1 ms |"
    assert page.read_text(encoding="utf-8") == BEFORE.replace("| old |", table)


def test_a_table_without_a_place_is_refused(page):
    with pytest.raises(ValueError, match="bench-three"):
        write_table("| new |", target="bench-three", page=page)

    assert page.read_text(encoding="utf-8") == BEFORE
