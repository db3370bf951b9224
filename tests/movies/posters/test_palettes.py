import pytest

from movies.posters.compositions import COMPOSITIONS
from movies.posters.palettes import FAMILIES, INKS, OPAL, PITCH, contrast, family_of

PALETTES = [palette for family in FAMILIES.values() for palette in family.palettes]


def test_contrast_of_black_on_white_is_twenty_one():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)


@pytest.mark.parametrize("palette", PALETTES)
def test_type_can_be_read_on_every_ground(palette):
    assert contrast(palette.type, palette.ground) >= 4.5


@pytest.mark.parametrize("palette", PALETTES)
def test_forms_and_accents_stand_out_from_every_ground(palette):
    assert contrast(palette.a, palette.ground) >= 1.5
    assert contrast(palette.b, palette.ground) >= 1.25


def test_the_label_can_be_read():
    assert contrast(OPAL, PITCH) >= 4.5


def test_every_ink_and_every_composition_is_used():
    assert {ink for palette in PALETTES for ink in palette} == set(INKS.values())
    used = {name for family in FAMILIES.values() for name in family.compositions}
    assert used == set(COMPOSITIONS)


@pytest.mark.parametrize(
    ("genres", "name"),
    [
        (("Comedy", "Horror"), "horror"),
        (("Crime", "Film-Noir"), "noir"),
        (("Crime", "Romance"), "love"),
        (("Action", "Thriller"), "noir"),
        (("Action", "Adventure"), "action"),
        (("Adventure", "War"), "west"),
        (("Science Fiction",), "scifi"),
        (("Fantasy", "Comedy"), "play"),
        (("Children's", "Comedy"), "play"),
        (("Drama",), "drama"),
        (("(no genres listed)",), "drama"),
        ((), "drama"),
    ],
)
def test_the_first_match_names_the_family(genres, name):
    assert family_of(genres) is FAMILIES[name]
