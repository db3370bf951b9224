"""From a catalogue's title to the words on a poster."""

import re
from typing import NamedTuple

ARTICLES = "The|A|An|La|Le|Les|Il|Der|Das|Die|El"
_SMALL = (
    "a an the of and or to in on at by for from with vs vs. & "
    "de la le les et du der die das und il el los las y e di"
)
SMALL_WORDS = frozenset(_SMALL.split())
WHOLE_TITLE_LENGTH = 20
MOST_WORDS = 10
WORDS_KEPT = 9
LONGEST_WORD = 36
LONGEST_PIECE = 16
# A word with a hyphen or stroke of its own may be parted there when it is longer than this.
LONGEST_JOINED_WORD = 12
SHORTEST_PART = 3
TITLE_LENGTH_READ = 300

_TRAILING_PARENTHESES = re.compile(r"\s*\([^()]*\)\s*$")
_TRAILING_ARTICLE = re.compile(rf"^(.+), ({ARTICLES})$", re.IGNORECASE)
_TRAILING_ARTICLE_OF_FIRST_PART = re.compile(rf"^(.+?), ({ARTICLES})(: | - )(.+)$")
_SUBTITLE = re.compile(r": | - ")


class DisplayTitle(NamedTuple):
    """The words of a poster: what is set large and what stands under it."""

    title: str
    subtitle: str


def clean_title(raw: str) -> str:
    """Return the title without year and remarks in brackets, its article in front."""
    title = " ".join(raw[:TITLE_LENGTH_READ].split())
    while (shorter := _TRAILING_PARENTHESES.sub("", title)) not in {title, ""}:
        title = shorter
    if match := _TRAILING_ARTICLE.match(title):
        return f"{match[2]} {match[1]}"
    if match := _TRAILING_ARTICLE_OF_FIRST_PART.match(title):
        return f"{match[2]} {match[1]}{match[3]}{match[4]}"
    return title


def split_title(title: str) -> DisplayTitle:
    """Part a long title at its first colon or dash."""
    found = _SUBTITLE.search(title) if len(title) > WHOLE_TITLE_LENGTH else None
    if found is None or not title[: found.start()].strip():
        return DisplayTitle(shorten(title), "")
    # "Dr. Strangelove or: How I Learned …" is set as Dr. Strangelove.
    words = _without_small_end(title[: found.start()].split())
    return DisplayTitle(shorten(" ".join(words)), title[found.end() :].replace(" - ", " — "))


def is_small_word(word: str) -> bool:
    """Say whether a line should not end in this word."""
    return word.strip().lower() in SMALL_WORDS


def shorten(title: str) -> str:
    """Return at most ten words of a bearable length: nine and an ellipsis when there are more."""
    words = [
        word if len(word) <= LONGEST_WORD else word[: LONGEST_WORD - 1] + "…"
        for word in title.split()
    ]
    if len(words) <= MOST_WORDS:
        return " ".join(words)
    return " ".join(_without_small_end(words[:WORDS_KEPT])).rstrip(",;:.") + "…"


def _without_small_end(words: list[str]) -> list[str]:
    while len(words) > 1 and is_small_word(words[-1]):
        words = words[:-1]
    return words


def main_letter(title: str) -> str:
    """Return the first letter or digit of the first word that is not small."""
    words = title.split()
    main = [word for word in words if not is_small_word(word)] or words
    return next((letter for word in main for letter in word if letter.isalnum()), "").upper()[:1]


def line_pieces(title: str) -> list[str]:
    """Part a title where a line may end; a piece keeps the space that follows it.

    Words that would force the letters below a readable size are parted too: after a hyphen of
    their own where they have one.
    """
    pieces: list[str] = []
    for word in title.split():
        pieces += [*_part_word(word)]
        pieces[-1] += " "
    return pieces


def _part_word(word: str) -> list[str]:
    mark = max(word.rfind(mark, SHORTEST_PART, LONGEST_PIECE - 1) for mark in "-/")
    if mark > 0 and len(word) > LONGEST_JOINED_WORD:
        return [word[: mark + 1], *_part_word(word[mark + 1 :])]
    if len(word) <= LONGEST_PIECE:
        return [word]
    half = min(LONGEST_PIECE - 1, (len(word) + 1) // 2)
    return [word[:half] + "-", *_part_word(word[half:])]
