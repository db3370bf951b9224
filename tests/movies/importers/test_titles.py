from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movies.importers.archives import open_archive
from movies.importers.layouts import find_layout
from movies.importers.titles import ParsedTitle, parse_title, put_article_first
from tests.movies.importers.real_data import LATEST_SMALL, ML_1M, OLD_100K, needs


@pytest.mark.parametrize(
    ("raw", "title", "year"),
    [
        ("Matrix, The (1999)", "The Matrix", 1999),
        ("Toy Story (1995)", "Toy Story", 1995),
        ("Fish Called Wanda, A (1988)", "A Fish Called Wanda", 1988),
        ("American in Paris, An (1951)", "An American in Paris", 1951),
        ("Misérables, Les (1995)", "Les Misérables", 1995),
        ("Avventura, L' (1960)", "L'Avventura", 1960),
        ("Hip Hop Witch, Da (2000)", "Da Hip Hop Witch", 2000),
        ("Good, the Bad and the Ugly, The (1966)", "The Good, the Bad and the Ugly", 1966),
        (
            "Lord of the Rings: The Two Towers, The (2002)",
            "The Lord of the Rings: The Two Towers",
            2002,
        ),
        ("Tinker, Tailor, Soldier, Spy (1979)", "Tinker, Tailor, Soldier, Spy", 1979),
        ("I, Robot (2004)", "I, Robot", 2004),
        ("Truth or Consequences, N.M. (1997)", "Truth or Consequences, N.M.", 1997),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009),
        ("1-900 (06) (1994)", "1-900 (06)", 1994),
        ("Frontière(s) (2007)", "Frontière(s)", 2007),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968),
        ("1984 (1956)", "1984", 1956),
        ("Babylon 5", "Babylon 5", None),
        ("unknown", "unknown", None),
        ("96 Minutes (2011) ", "96 Minutes", 2011),
        ("Death Note: Desu nôto (2006–2007)", "Death Note: Desu nôto", 2006),
        ("Doctor Who (1963-)", "Doctor Who", 1963),
        (
            "Land Before Time III: The Time of the Great Giving (1995) (V)",
            "Land Before Time III: The Time of the Great Giving",
            1995,
        ),
        ("Old (0042)", "Old", None),
        ("(2006)", "(2006)", None),
        ("", "", None),
    ],
)
def test_titles_read_as_they_are_spoken(raw, title, year):
    parsed = parse_title(raw)

    assert (parsed.title, parsed.year) == (title, year)


@pytest.mark.parametrize(
    ("raw", "title", "alternatives"),
    [
        ("Seven (a.k.a. Se7en) (1995)", "Seven", ("Se7en",)),
        ("Seven (Se7en) (1995)", "Seven", ("Se7en",)),
        ("FearDotCom (a.k.a. Fear.com) (a.k.a. Fear Dot Com) (2002)", "FearDotCom",
         ("Fear.com", "Fear Dot Com")),
        ("Hard 8 (a.k.a. Sydney, a.k.a. Hard Eight) (1996)", "Hard 8", ("Sydney", "Hard Eight")),
        ("Pom Poko (a.k.a. Raccoon War, The) (1994)", "Pom Poko", ("The Raccoon War",)),
        ("Associate, The (L'Associe)(1982)", "The Associate", ("L'Associe",)),
        ("School of Flesh, The (L' École de la chair) (1998)", "The School of Flesh",
         ("L'École de la chair",)),
        ("Jim Jefferies: Fully Functional (EPIX) (2012)", "Jim Jefferies: Fully Functional", ()),
        ("Vampire in Venice (Nosferatu a Venezia) (Nosferatu in Venice) (1986)",
         "Vampire in Venice", ("Nosferatu a Venezia", "Nosferatu in Venice")),
        ("And God Created Woman (Et Dieu&#8230;Créa la Femme) (1956)", "And God Created Woman",
         ("Et Dieu…Créa la Femme",)),
        ("Slingshot, The (Kådisbellan ) (1993)", "The Slingshot", ("Kådisbellan",)),
        ("Birdman: Or (The Unexpected Virtue of Ignorance) (2014)",
         "Birdman: Or (The Unexpected Virtue of Ignorance)", ()),
        ("Nine (Nine) (1995)", "Nine", ()),
    ],
)  # fmt: skip
def test_other_names_come_out_of_their_brackets(raw, title, alternatives):
    parsed = parse_title(raw)

    assert (parsed.title, parsed.alternatives) == (title, alternatives)


@pytest.mark.parametrize(
    ("raw", "original"),
    [
        (
            "City of Lost Children, The (Cité des enfants perdus, La) (1995)",
            "La Cité des enfants perdus",
        ),
        ("Wings of Desire (Himmel über Berlin, Der) (1987)", "Der Himmel über Berlin"),
        ("Apartment, The (Appartement, L') (1996)", "L'Appartement"),
        ("Léon: The Professional (a.k.a. The Professional) (Léon) (1994)", "Léon"),
        ("Seven (a.k.a. Se7en) (1995)", ""),
        ("Independence Day (ID4) (1996)", ""),
        ("8 1/2 (8½) (1963)", ""),
    ],
)
def test_a_plainly_foreign_name_is_the_original_title(raw, original):
    assert parse_title(raw).original_title == original


def test_the_whole_of_a_foreign_title():
    parsed = parse_title("City of Lost Children, The (Cité des enfants perdus, La) (1995)")

    original = "La Cité des enfants perdus"
    assert parsed == ParsedTitle("The City of Lost Children", 1995, original, (original,))


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_parser(raw):
    parsed = parse_title(raw)

    assert parsed.title == parsed.title.strip()
    assert parsed.title not in parsed.alternatives


@given(st.from_regex(r"[A-Z][a-z]{1,9}( [a-z]{1,9}){0,3}", fullmatch=True), st.integers(1880, 2090))
def test_a_plain_title_comes_out_as_it_went_in(title, year):
    assert parse_title(f"{title}, The ({year})") == ParsedTitle(f"The {title}", year)


def test_an_article_is_moved_once():
    assert put_article_first("The, The") == "The The"


@pytest.mark.parametrize(
    ("path", "count"),
    [
        pytest.param(LATEST_SMALL, 9_742, marks=needs(LATEST_SMALL)),
        pytest.param(ML_1M, 3_883, marks=needs(ML_1M)),
        pytest.param(OLD_100K, 1_681, marks=needs(OLD_100K)),
    ],
)
def test_no_title_of_the_real_sets_keeps_a_trace_of_the_notation(path, count):
    def reject(**row):
        assert row["row"].startswith("267 | unknown")

    titles = [row.title for row in find_layout(open_archive(path), path).movies(reject)]

    assert len(titles) == count
    names = chain.from_iterable((title.title, *title.alternatives) for title in titles)
    endings = (", The", ", A", ", An", ", La", ", Le", ", Les", ", L'", ", Il", ", Der", ", El")
    assert not [name for name in names if name.endswith(endings) or "a.k.a" in name]
    # What keeps brackets: (500) Days of Summer, 1-900 (06), Frontière(s), Birdman, Evangelion.
    assert sum("(" in title.title for title in titles) <= 8
    # What has no year there either: Babylon 5, Cosmos, Black Mirror, …
    assert sum(title.year is None for title in titles) <= 14
