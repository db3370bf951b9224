import pytest

from movies.posters.fonts.outlines import TEXT_FACE, TITLE_WIDTHS, load_face, title_face
from movies.posters.letters import capitals, printable

FIRST_TWO_PLANES = [chr(code) for code in range(0x20000)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Сталкер", "Stalker"),
        ("Щука", "Shchuka"),
        ("Ψυχή", "Psychi"),
        ("千と千尋 Spirited", "Spirited"),
        ("שלום", ""),
        ("😀", ""),
        ("a\x00b\tc", "ab c"),
        ("ﬁlm", "film"),
        ("Schindler's", "Schindler’s"),
        ("Amélie", "Amélie"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_text_is_folded_to_letters_of_the_font(text, folded):
    assert printable(text) == folded


def test_capitals_hold_no_small_letter_of_a_transliteration():
    assert capitals("Ψυχή straße") == "PSYCHI STRASSE"


def test_every_folded_character_is_in_every_cut():
    face = load_face(TEXT_FACE)
    cuts = [load_face(title_face(width)) for width in TITLE_WIDTHS]
    small = set("".join(map(printable, FIRST_TWO_PLANES)))
    large = set("".join(map(capitals, FIRST_TWO_PLANES)))
    assert small <= set(face.glyphs)
    assert all(large <= set(cut.glyphs) for cut in cuts)


def test_latin_extended_letters_are_outlines_and_not_boxes():
    cut = load_face(title_face(62))
    boxless = {cut.glyphs[letter].outline for letter in "ŌŠŚĆŁŽĐĞİŐŰẶÅÉÇ"}
    assert len(boxless) == 15


def test_letters_are_kerned_their_accented_forms_alike():
    cut = load_face(title_face(100))
    apart = cut.width("A") + cut.width("V")
    assert cut.width("AV") < apart
    assert cut.width("ŌV") == pytest.approx(cut.width("OV"), abs=12)
