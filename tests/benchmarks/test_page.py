from benchmarks import page

BEFORE = """# Figures
<!-- written by make bench-one -->
| old |
<!-- to here -->
Between.
<!-- written by make bench-two -->
| other |
<!-- to here -->
"""


def test_a_table_takes_the_place_of_its_own_only(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    page.PAGE.write_text(BEFORE, encoding="utf-8")

    page.write_table(page.format_table(("what", "figure"), ("new", "1 ms")), target="bench-one")

    table = "| what | figure |\n| --- | --- |\n| new | 1 ms |"
    assert page.PAGE.read_text(encoding="utf-8") == BEFORE.replace("| old |", table)
