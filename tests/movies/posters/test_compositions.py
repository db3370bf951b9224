from xml.etree import ElementTree as ET

import pytest

from movies.posters.compositions import COMPOSITIONS, Stage
from movies.posters.palettes import Palette
from movies.posters.seed import Seed

PALETTE = Palette(ground="#000001", a="#00000A", b="#00000B", type="#00000C")
BOXES = [(300.0, 280.0), (264.0, 150.0), (300.0, 372.0), (264.0, 330.0)]


def shapes_of(name, seed, box):
    stage = Stage(*box, PALETTE, Seed(seed), letter="W", year=1907)
    return list(ET.fromstring(f"<svg>{COMPOSITIONS[name](stage)}</svg>"))


def test_there_are_twenty_three():
    assert len(COMPOSITIONS) == 23


@pytest.mark.parametrize("name", COMPOSITIONS)
@pytest.mark.parametrize("box", BOXES)
def test_every_composition_draws_in_every_box(name, box):
    for seed in "abcdefghijkl":
        inks = [s.get("stroke") or s.get("fill") for s in shapes_of(name, seed, box)]
        assert "#00000A" in inks
        assert "#000001" not in inks


@pytest.mark.parametrize("name", sorted(set(COMPOSITIONS) - {"tiles"}))
def test_the_accent_appears_once(name):
    for seed in "abcdefghijkl":
        inks = [s.get("fill") for s in shapes_of(name, seed, (300.0, 280.0))]
        assert inks.count("#00000B") == 1


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_the_seed_varies_every_composition(name):
    drawn = {COMPOSITIONS[name](Stage(300, 280, PALETTE, Seed(s), "W", 1907)) for s in "abcdef"}
    assert len(drawn) >= 4


@pytest.mark.parametrize("letter", ["I", "W", "1", "Ł"])
def test_an_initial_of_any_width_is_drawn(letter):
    stage = Stage(264, 200, PALETTE, Seed("a"), letter=letter, year=None)
    assert COMPOSITIONS["initial"](stage).startswith("<path")


def test_the_year_is_shown_by_two_figures():
    seven = COMPOSITIONS["numeral"](Stage(300, 280, PALETTE, Seed("a"), "", 1907))
    again = COMPOSITIONS["numeral"](Stage(300, 280, PALETTE, Seed("a"), "", 2007))
    eight = COMPOSITIONS["numeral"](Stage(300, 280, PALETTE, Seed("a"), "", 2008))
    assert seven == again != eight
