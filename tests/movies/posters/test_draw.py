import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movies.posters import PosterSubject, draw_poster, poster_hash
from movies.posters.palettes import FAMILIES
from tests.movies.posters.subjects import HEAT, ODD_TITLES

SVG = "{http://www.w3.org/2000/svg}"
PRESENTATION = (
    "viewBox x y width height rx cx cy r d fill fill-rule stroke stroke-width stroke-opacity "
    "transform"
)
ALLOWED_ATTRIBUTES = set(PRESENTATION.split())


def test_the_same_film_has_the_same_poster_for_ever():
    assert draw_poster(HEAT) == draw_poster(replace(HEAT))


def test_a_catalogue_form_of_the_title_has_the_same_poster():
    plain = PosterSubject(title="The Matrix", year=1999, director="Lana Wachowski")
    assert draw_poster(replace(plain, title="Matrix, The (1999)")) == draw_poster(plain)


@pytest.mark.parametrize(
    "change", [{"title": "Cold"}, {"year": 1996}, {"director": "Ann Mann"}, {"genres": ("War",)}]
)
def test_every_fact_changes_the_poster_and_its_hash(change):
    other = replace(HEAT, **change)
    assert draw_poster(other) != draw_poster(HEAT)
    assert poster_hash(other) != poster_hash(HEAT)


def test_a_new_rule_set_changes_the_hash(monkeypatch):
    before = poster_hash(HEAT)
    monkeypatch.setattr("movies.posters.draw.RULES_VERSION", 2)
    assert poster_hash(HEAT) != before


def test_the_order_of_genres_changes_nothing():
    other = replace(HEAT, genres=HEAT.genres[::-1])
    assert draw_poster(other) == draw_poster(HEAT)
    assert poster_hash(other) == poster_hash(HEAT)


def test_the_hash_fits_an_address():
    assert re.fullmatch(r"[0-9a-f]{10}", poster_hash(HEAT))


def test_a_poster_is_plain_shapes_and_nothing_else():
    root = ET.fromstring(draw_poster(HEAT))
    assert root.get("viewBox") == "0 0 300 450"
    elements = list(root.iter())
    assert {e.tag.removeprefix(SVG) for e in elements} <= {"svg", "rect", "circle", "path"}
    assert {name for e in elements for name in e.attrib} <= ALLOWED_ATTRIBUTES
    assert not any((e.text or "").strip() for e in elements)


@pytest.mark.parametrize("title", ODD_TITLES)
@pytest.mark.parametrize("genre", ["Comedy", "Horror", "Sci-Fi", "War"])
def test_odd_titles_are_drawn(title, genre):
    poster = draw_poster(PosterSubject(title=title, year=2001, director=title, genres=(genre,)))
    ET.fromstring(poster)
    assert len(poster.encode()) <= 40_000


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.none() | st.integers(0, 9999), st.text(max_size=40))
def test_any_text_is_drawn(title, year, director):
    ET.fromstring(draw_poster(PosterSubject(title=title, year=year, director=director)))


@pytest.mark.parametrize("genre", ["Film-Noir", "Horror", "Documentary", "Western", "Comedy"])
def test_a_film_without_title_year_and_director_gets_art_only(genre):
    root = ET.fromstring(draw_poster(PosterSubject(title="", genres=(genre,))))
    outside_the_art = [child for child in root if child.tag == f"{SVG}path"]
    assert outside_the_art == []
    assert len(root.find(f"{SVG}svg")) > 0


def test_a_title_nobody_can_print_leaves_art_and_year():
    root = ET.fromstring(draw_poster(PosterSubject(title="千と千尋の神隠し", year=2001)))
    assert len(root.findall(f"{SVG}path")) == 1


def test_a_hundred_films_use_every_part_of_their_family():
    grounds = {
        ET.fromstring(draw_poster(PosterSubject(title=str(n), genres=("Comedy",))))[0].get("fill")
        for n in range(100)
    }
    assert grounds == {palette.ground for palette in FAMILIES["comedy"].palettes}
