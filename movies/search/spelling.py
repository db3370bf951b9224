"""Find the words of names that come nearest to misspelt ones.

Words that share trigrams are fetched, and compared letter by letter: by the fewest insertions,
deletions, replacements and swaps of neighbours that turn one into the other (optimal string
alignment). A word that is still being typed is compared with the beginnings of others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from django.db import connection
from django.db.backends.utils import CursorWrapper

CANDIDATES = 120
NEAREST = 8
MOST_CORRECTIONS = 5
SHORTEST_WORD = 3
# One fault in three or four letters, two in up to eight, three in more.
LONGEST_WITH_FAULTS = (2, 4, 8)
# A name that has the word in full is likelier than one that only begins with it.
UNFINISHED = 0.5

LIKE_WORDS = """
SELECT typed, word FROM unnest(%(words)s::text[]) AS typed, LATERAL (
    SELECT word
    FROM movies_searchtrigram
    WHERE trigram = ANY (ARRAY(SELECT movies_trigrams(typed)))
    GROUP BY word
    HAVING abs(length(word) - length(typed)) <= 3 OR count(*) * 2 > length(typed)
    ORDER BY count(*)::float / (length(word) + length(typed) + 2 - count(*)) DESC, word
    LIMIT %(limit)s
) AS candidates
"""
# Of the first movies and people that have a word: which of two is better known shows in a few.
# Four brothers in one film do not make their name four times as well known.
POPULARITY = """
SELECT word, coalesce((
    SELECT sum(rating_count) FROM (
        SELECT target_id FROM movies_searchposting AS posting
        WHERE posting.word = known.word AND kind = 'm' LIMIT 50
    ) AS few JOIN movies_moviestats ON movie_id = target_id
), 0) + coalesce((
    SELECT sum(rating_count) FROM movies_moviestats WHERE movie_id IN (
        SELECT movie_id FROM movies_credit WHERE person_id IN (
            SELECT target_id FROM movies_searchposting AS posting
            WHERE posting.word = known.word AND kind = 'p' LIMIT 5
        )
    )
), 0)
FROM unnest(%s::text[]) AS known (word)
"""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of a name, and how many letters lie between it and what was typed."""

    word: str
    distance: int


def correct_words(words: Sequence[str]) -> dict[str, list[Correction]]:
    """Return the nearest words for each word, likeliest first; none where nothing is near."""
    long_enough = [word for word in words if len(word) >= SHORTEST_WORD and not word.isdigit()]
    distances: dict[str, dict[str, float]] = {word: {} for word in words}
    with connection.cursor() as cursor:
        cursor.execute(LIKE_WORDS, {"words": long_enough, "limit": CANDIDATES})
        for typed, word in cursor.fetchall():
            distance = count_faults(typed, word)
            if distance <= most_faults(typed):
                distances[typed][word] = distance
        nearest = {
            typed: sorted(near, key=lambda word: (near[word], word))[:NEAREST]
            for typed, near in distances.items()
        }
        popularity = _popularity(cursor, {word for near in nearest.values() for word in near})
    return {
        typed: [
            Correction(word, ceil(distances[typed][word]))
            for word in sorted(
                near,
                key=lambda word: (distances[typed][word], -popularity.get(word, 0), word),
            )[:MOST_CORRECTIONS]
        ]
        for typed, near in nearest.items()
    }


def most_faults(word: str) -> int:
    """Return how many faults a word of this length may have."""
    return sum(len(word) > longest for longest in LONGEST_WITH_FAULTS)


def count_faults(typed: str, word: str) -> float:
    """Return the distance to the word, or to a beginning of it and a half.

    Above the most that a word may have it is infinite.
    """
    most = most_faults(typed)
    if len(typed) - len(word) > most:
        return inf
    before: list[int] = []
    above = list(range(len(word) + 1))
    for row, letter in enumerate(typed, start=1):
        here = [row]
        for column, other in enumerate(word, start=1):
            fewest = min(above[column] + 1, here[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == word[column - 2] and typed[row - 2] == other:
                fewest = min(fewest, before[column - 2] + 1)
            here.append(fewest)
        if min(here) > most:
            return inf
        before, above = above, here
    return min(above[-1], min(above) + UNFINISHED)


def _popularity(cursor: CursorWrapper, words: set[str]) -> dict[str, int]:
    cursor.execute(POPULARITY, [list(words)])
    return dict(cursor.fetchall())
