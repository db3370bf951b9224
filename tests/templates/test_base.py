"""The frame that every page stands in."""

import json
import re

from django.conf import settings


def read_base() -> str:
    return (settings.BASE_DIR / "templates/base.html").read_text(encoding="utf-8")


def test_htmx_makes_no_code_and_no_styles_of_its_own():
    [content] = re.findall(r"name=\"htmx-config\" content='([^']+)'", read_base())
    config = json.loads(content)
    assert config["includeIndicatorStyles"] is False
    assert config["allowEval"] is False
    assert config["selfRequestsOnly"] is True


def test_both_faces_are_asked_for_before_the_sheets():
    base = read_base()
    preloads = re.findall(r'rel="preload" href="{% static "([^"]+)" %}" as="font"', base)
    assert preloads == ["fonts/archivo-latin.woff2", "fonts/brygada-1918-italic-latin.woff2"]
    assert all((settings.BASE_DIR / "static" / path).is_file() for path in preloads)
    assert base.index('rel="preload"') < base.index('rel="stylesheet"')
