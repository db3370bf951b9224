"""Tables of docs/performance.md that benchmarks write themselves, each between two comments."""

import re
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def format_table(*rows: Sequence[str]) -> str:
    """Return rows as a Markdown table; the first is its head."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]])


def write_table(table: str, *, target: str) -> None:
    """Put a table into the page, in the place of what the same make target wrote before."""
    place = re.compile(
        rf"(?<=<!-- written by make {target} -->\n).*?(?=<!-- to here -->)", re.DOTALL
    )
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(place.sub(lambda _: f"{table}\n", page), encoding="utf-8")
