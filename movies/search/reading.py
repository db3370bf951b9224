"""Ways to read what somebody typed: as it stands, put together, taken apart, or mended."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import connection

from movies.search.spelling import Correction, correct_words

LONGEST_QUERY = 200
MOST_WORDS = 8
MANY_NAMES = 1_000
SHORTEST_PART = 3
SHORT_WORD = 2
MOST_REGROUPED = 3
ARTICLES = frozenset({"the", "a", "an"})
FIRST_YEAR, LAST_YEAR = 1870, 2100
IMDB_CODE = re.compile(r"\btt(\d{7,9})\b", re.IGNORECASE)
EVERYTHING_AFTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word that a name may have, or begin with, in the place of a word that was typed."""

    word: str
    cost: int = 0
    is_whole: bool = False

    @property
    def end(self) -> str:
        """Return the first text that no longer counts."""
        return f"{self.word}\x01" if self.is_whole else f"{self.word}{EVERYTHING_AFTER}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What each word of a query may stand for; `common` are places that thousands have."""

    places: tuple[tuple[Wanted, ...], ...]
    is_literal: bool
    common: frozenset[int] = frozenset()

    @property
    def words(self) -> list[str]:
        """Return the likeliest word of each place."""
        return [place[0].word for place in self.places]

    @property
    def common_words(self) -> list[Wanted]:
        """Return the common words, if there are others beside them to begin with."""
        common = [self.places[place][0] for place in sorted(self.common)]
        if len(common) == len(self.places):
            common.remove(max(common, key=lambda wanted: len(wanted.word)))
        return common


@dataclass(frozen=True, slots=True)
class Query:
    """A query in the plain words that names are indexed by."""

    plain: str
    words: tuple[str, ...]
    imdb_id: int | None = None

    @property
    def is_empty(self) -> bool:
        return not self.words and self.imdb_id is None


def read_query(raw: str) -> Query:
    """Return what is left of a query: at most 200 characters, and nothing that has no meaning."""
    text = raw[:LONGEST_QUERY].replace("\0", " ").encode(errors="ignore").decode()
    code = IMDB_CODE.search(text)
    if code:
        return Query("", (), int(code[1]))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT plain, movies_without_article(plain) FROM movies_plain_words(%s) AS plain",
            [text],
        )
        plain, without_article = cursor.fetchone()
    words = list(dict.fromkeys(plain.split()))
    # An article says nothing, unless it is all there is.
    telling = [word for word in words if word not in ARTICLES] or words
    return Query(without_article, tuple(telling[:MOST_WORDS]))


def readings_of(query: Query) -> Iterator[Reading]:
    """Yield readings, the likeliest first; all but a literal one correct what was typed."""
    yield from (replace(reading, common=_common_places(reading)) for reading in _readings(query))


def _readings(query: Query) -> Iterator[Reading]:
    unknown = _words_no_name_begins_with(query.words)
    if not unknown:
        yield _literal(query.words)
    without_year = [word for word in query.words if not is_year(word)]
    if not unknown and 0 < len(without_year) < len(query.words):
        yield Reading(_literal(without_year).places, is_literal=False)
    for words in _regrouped(query.words):
        yield Reading(tuple((Wanted(word, is_whole=True),) for word in words), is_literal=False)
    corrections = correct_words(query.words)
    if unknown and all(corrections[word] for word in unknown):
        yield _corrected(query.words, {word: corrections[word][:1] for word in unknown})
    if any(corrections.values()) and all(corrections[word] for word in unknown):
        yield _corrected(query.words, corrections)


def _literal(words: Sequence[str]) -> Reading:
    """Let every word be the beginning of a word; very short ones only where the typing stops."""
    return Reading(
        tuple(
            (Wanted(word, is_whole=len(word) <= SHORT_WORD and word != words[-1]),)
            for word in words
        ),
        is_literal=True,
    )


def _corrected(words: Sequence[str], corrections: dict[str, list[Correction]]) -> Reading:
    return Reading(
        tuple(
            tuple(
                Wanted(near.word, cost=near.distance, is_whole=True)
                for near in corrections.get(word, ())
            )
            or (Wanted(word),)
            for word in words
        ),
        is_literal=False,
    )


def _regrouped(words: tuple[str, ...]) -> list[list[str]]:
    """Return the query with two words written as one, or one as two, where names have those."""
    groupings = []
    for place, word in enumerate(words):
        before, after = words[:place], words[place + 1 :]
        if after:
            groupings.append([*before, word + after[0], *after[1:]])
        groupings += [
            [*before, word[:cut], word[cut:], *after]
            for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
        ]
    known = _known_words({word for grouping in groupings for word in grouping})
    return [grouping for grouping in groupings if known.issuperset(grouping)][:MOST_REGROUPED]


def _known_words(words: set[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT word FROM movies_searchposting WHERE word = ANY (%s)", [list(words)]
        )
        return {word for (word,) in cursor.fetchall()}


def _common_places(reading: Reading) -> frozenset[int]:
    """Return the places with one word each, and that no year, which thousands of names have."""
    single = {
        place: words[0]
        for place, words in enumerate(reading.places)
        if len(words) == 1 and not is_year(words[0].word)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT place
            FROM unnest(%s::integer[], %s::text[], %s::text[]) AS single (place, low, high)
            WHERE %s < (
                SELECT count(*) FROM (
                    SELECT FROM movies_searchposting AS posting
                    WHERE posting.word >= low AND posting.word < high LIMIT %s
                ) AS first_ones
            )
            """,
            [
                list(single),
                [wanted.word for wanted in single.values()],
                [wanted.end for wanted in single.values()],
                MANY_NAMES,
                MANY_NAMES + 1,
            ],
        )
        return frozenset(place for (place,) in cursor.fetchall())


def _words_no_name_begins_with(words: tuple[str, ...]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT word FROM unnest(%s::text[], %s::text[]) AS typed (word, word_end)
            WHERE NOT EXISTS (
                SELECT FROM movies_searchposting AS posting
                WHERE posting.word >= typed.word AND posting.word < typed.word_end
            )
            """,
            [list(words), [word + EVERYTHING_AFTER for word in words]],
        )
        return [word for (word,) in cursor.fetchall() if not is_year(word)]


def is_year(word: str) -> bool:
    """Tell whether a word may be the year of a film."""
    return word.isascii() and word.isdigit() and FIRST_YEAR <= int(word) <= LAST_YEAR
