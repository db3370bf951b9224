"""What benchmarks print, and the tables of documents that they write, each between two comments."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def say(line: str) -> None:
    """Print a line at once, also where it goes into a file."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def format_table(*rows: Sequence[str]) -> str:
    """Return rows as a Markdown table; the first is its head."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]])


def write_table(table: str, *, target: str, page: Path = PAGE) -> None:
    """Put a table into a page, in the place of what the same make target wrote before."""
    begin, end = f"<!-- written by make {target} -->", "<!-- to here -->"
    place = re.compile(rf"(?<={begin}\n).*?(?={end})", re.DOTALL)
    written, count = place.subn(lambda _: f"{table}\n", page.read_text(encoding="utf-8"))
    if not count:
        raise ValueError(f"{page} has no place between {begin} and {end}")
    page.write_text(written, encoding="utf-8")
