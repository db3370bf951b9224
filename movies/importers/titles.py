"""Read the titles of MovieLens.

They look like `City of Lost Children, The (Cité des enfants perdus, La) (1995)`.
"""

import html
import re
from dataclasses import dataclass

FIRST_YEAR, LAST_YEAR = 1870, 2100

# (1995) and what follows it: (V) for video, (2006–2007) for a series.
YEAR = re.compile(r"\s*\((\d{4})(?:\s?[-–]\s?(?:\d{4})?)?\)\s*(?:\((?:V|TV|VG)\))?\s*$")
LAST_BRACKET = re.compile(r"^(?P<before>.*[^\s(])\s*\((?P<inside>[^()]*)\)$")
NESTED_BRACKET = re.compile(r"^(?P<before>.*?[^\s(])\s+\((?P<inside>.+\([^()]*\)[^()]*)\)$")
ALSO_KNOWN_AS = re.compile(r"(?:^|[,;/]?\s+|[,;/])(?:a\.?\s?k\.?\s?a\.?)\s+", re.IGNORECASE)

ARTICLES = (
    "The|A|An|La|Le|Les|L['’]|Il|Lo|Gli|I|El|Los|Las|Der|Die|Das|Den|Det|De|Da|Het|"
    "Un|Une|Una|Uno|Ein|Eine|En|Et|Ett|O|Os|As"
)
TRAILING_ARTICLE = re.compile(rf"^(?P<rest>.+), (?P<article>{ARTICLES})$", re.IGNORECASE)
FOREIGN_ARTICLE = re.compile(
    r"^(?:(?:La|Le|Les|Il|Lo|Gli|El|Los|Las|Der|Das|Den|Det|Un|Une|Una|Uno|Ein|Eine|Ett) |L['’])"
)
# Frontière(s), 1-900 (06).
PART_OF_THE_TITLE = re.compile(r"^(?:s|\d{1,3})$")
# A channel or a remark is no title.
NO_TITLE = re.compile(r"^(?:EPIX|HBO|IMAX|V|TV|Part \d+ of .*)$")
# The subtitle in brackets belongs to what stands before it.
OPEN_END = re.compile(r"(?:\bor|\band|[:,-])$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedTitle:
    """A title as it is spoken, its year, and the other names of the film."""

    title: str
    year: int | None = None
    original_title: str = ""
    alternatives: tuple[str, ...] = ()


def parse_title(raw: str) -> ParsedTitle:
    """Take a title apart; what is not understood stays part of the title."""
    text = " ".join(html.unescape(raw).split())
    text, year = _split_year(text)
    text, brackets = _split_brackets(text)
    title = put_article_first(text)
    others = [name for bracket in brackets for name in _names_in(bracket)]
    alternatives = tuple(dict.fromkeys(name for name in others if name and name != title))
    return ParsedTitle(title, year, _original_among(brackets, alternatives), alternatives)


def put_article_first(text: str) -> str:
    """Return `The Matrix` for `Matrix, The`."""
    found = TRAILING_ARTICLE.match(text.strip())
    if not found:
        return re.sub(r"^L(['’]) (?=\w)", r"L\1", text.strip())
    article = found["article"][0].upper() + found["article"][1:]
    joint = "" if article.endswith(("'", "’")) else " "
    return f"{article}{joint}{found['rest'].strip()}"


def _split_year(text: str) -> tuple[str, int | None]:
    found = YEAR.search(text)
    if not found or not found.start():
        return text, None
    year = int(found[1])
    return text[: found.start()].strip(), year if FIRST_YEAR <= year <= LAST_YEAR else None


def _split_brackets(text: str) -> tuple[str, list[str]]:
    brackets: list[str] = []
    while found := LAST_BRACKET.match(text) or NESTED_BRACKET.match(text):
        inside = found["inside"].strip()
        if OPEN_END.search(found["before"]) or PART_OF_THE_TITLE.match(inside):
            break
        brackets.insert(0, inside)
        text = found["before"].strip()
    return text, brackets


def _names_in(bracket: str) -> list[str]:
    if NO_TITLE.match(bracket):
        return []
    return [put_article_first(name) for name in ALSO_KNOWN_AS.split(bracket) if name.strip()]


def _original_among(brackets: list[str], alternatives: tuple[str, ...]) -> str:
    """Return the first name in brackets that is plainly foreign.

    Without `a.k.a.` and with a foreign article or an accent: `Se7en` is another name of a film,
    not its original title.
    """
    for bracket in brackets:
        if ALSO_KNOWN_AS.search(bracket):
            continue
        name = put_article_first(bracket)
        has_accent = any(letter.isalpha() and not letter.isascii() for letter in name)
        if name in alternatives and (has_accent or FOREIGN_ARTICLE.match(name)):
            return name
    return ""
