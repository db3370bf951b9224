import pytest

from movies.posters.layout import CREDIT_HEIGHT, HEIGHT, WIDTH, plan
from movies.posters.palettes import FAMILIES, OPAL, PITCH
from tests.movies.posters.subjects import ODD_TITLES

DARK, LIGHT = FAMILIES["noir"].palettes[0], FAMILIES["noir"].palettes[2]
TITLES = [
    "M", "Heat", "The Shawshank Redemption", "Star Wars: Episode V - The Empire Strikes Back",
    "Borat: Cultural Learnings of America for Make Benefit Glorious Nation of Kazakhstan",
    "Mystère à la Tour Eiffel", *ODD_TITLES,
]  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("name", ["foot", "head", "label"])
@pytest.mark.parametrize("at_top", [True, False])
def test_art_never_runs_under_type(title, name, at_top):
    layout = plan(title, name, DARK, at_top=at_top)
    credit = (layout.credit_baseline - CREDIT_HEIGHT, layout.credit_baseline)
    words = (layout.type_box.y, layout.type_box.foot)
    for top, foot in [credit, words] if layout.title else [credit]:
        assert foot <= layout.art.y or top >= layout.art.foot


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("name", ["foot", "head", "label"])
def test_everything_stays_on_the_poster(title, name):
    layout = plan(title, name, DARK, at_top=True)
    assert layout.art.x >= 0
    assert layout.art.x + layout.art.width <= WIDTH
    assert layout.art.y >= 0
    assert layout.art.foot <= HEIGHT + 0.01
    assert layout.art.height >= 150
    assert layout.type_box.foot <= HEIGHT - 18 + 0.01


def test_a_label_is_reversed_on_a_light_ground():
    on_dark = plan("Heat", "label", DARK, at_top=True)
    on_light = plan("Heat", "label", LIGHT, at_top=True)
    assert (on_dark.strip_ink, on_dark.type_ink) == (OPAL, PITCH)
    assert (on_light.strip_ink, on_light.type_ink) == (PITCH, OPAL)


def test_a_subtitle_has_three_lines_at_most():
    layout = plan("Borat: " + "cultural learnings " * 20, "foot", DARK, at_top=True)
    assert len(layout.subtitle) == 3
    assert layout.subtitle[-1].endswith("…")
