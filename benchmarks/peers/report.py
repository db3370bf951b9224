"""Write docs/evaluation.md: the template's words, and tables made of results."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.peers import tables
from benchmarks.peers.places import REPORT
from benchmarks.peers.pools import Setting

TEMPLATE = Path(__file__).with_name("evaluation.template.md")
_PLACE = re.compile(r"^\{\{ (.+) \}\}$", re.MULTILINE)
PARTS: Mapping[str, Callable[[], str]] = {
    "goals": tables.goals,
    "breadth": tables.breadth,
    "coverage": tables.coverage,
    "where peers win": tables.where_peers_win,
    "tuned": tables.tuned,
    "versions": tables.versions,
}


def write_report() -> None:
    """Fill the template and write the page."""
    text = _PLACE.sub(lambda match: fill(match[1]), TEMPLATE.read_text(encoding="utf-8"))
    REPORT.write_text(text, encoding="utf-8")


def fill(place: str) -> str:
    """Return a named part, or the comparison of "data world task"."""
    if place in PARTS:
        return PARTS[place]()
    data, world, task = place.split()
    return tables.comparison(Setting(data=data, world=world, task=task))
