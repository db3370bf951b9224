"""The colours keep their distance in both themes, whoever chose the theme."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text(encoding="utf-8")
BLOCK = re.compile(r"(:root[^{]*)\{([^}]*)\}")
COLOUR = re.compile(r"--([a-z-]+):\s*(#[0-9A-Fa-f]{6});")

TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "mute", "red", "blue") for ground in ("page", "raise")),
    *((text, "sign") for text in ("sign-ink", "sign-red", "sign-mute")),
    ("page", "ink"),
    ("ink", "fill"),
]
CONTROL_PAIRS = [("edge", "page"), ("edge", "raise"), ("blue", "page")]


def blocks() -> list[tuple[str, dict[str, str]]]:
    found = [(name.strip(), dict(COLOUR.findall(body))) for name, body in BLOCK.findall(TOKENS)]
    return [(name, colours) for name, colours in found if "page" in colours]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


LIGHT = blocks()[0][1]
DARK = {**LIGHT, **blocks()[1][1]}
THEMES = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def test_black_on_white_is_21_to_1():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_the_dark_theme_is_the_same_for_devices_and_for_people():
    _, by_device, by_choice = blocks()
    assert by_device[0] == ':root:not([data-theme="light"])'
    assert by_choice[0] == ':root[data-theme="dark"]'
    assert by_device[1] == by_choice[1]


@THEMES
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(colours, text, ground):
    assert contrast(colours[text], colours[ground]) >= 4.5


@THEMES
@pytest.mark.parametrize(("control", "ground"), CONTROL_PAIRS)
def test_controls_and_charts_are_seen(colours, control, ground):
    assert contrast(colours[control], colours[ground]) >= 3
