"""Find what a reading of a query names, best first."""

from collections.abc import Sequence

from django.db import connection

from movies.models.search import Kind
from movies.search import statements
from movies.search.reading import Query, Reading, Wanted, is_year

# Nobody leafs through more.
MOST_MOVIES = 1_000
LOOKED_THROUGH = 4_000
# More words than this are not looked for in different names of one movie.
MOST_DIFFERENT_NAMES = 3


def find_movies(reading: Reading, *, query: Query, limit: int = MOST_MOVIES) -> list[int]:
    """Return visible movies that a reading of the query names, or else that it touches."""
    if len(reading.places) == 1 and reading.common:
        return _find_popular(reading.places[0][0], limit=limit)
    movie_ids = _find(statements.MOVIES_OF_NAMES, reading, query=query, limit=limit)
    if movie_ids or len(reading.places) == 1:
        return movie_ids
    if reading.common or len(reading.places) > MOST_DIFFERENT_NAMES:
        return []
    return _find(statements.MOVIES_BY_DIFFERENT_NAMES, reading, query=query, limit=limit)


def find_people(reading: Reading, *, query: Query, limit: int) -> list[int]:
    """Return people of visible movies, the most rated first."""
    return _find(
        statements.PEOPLE_OF_NAMES, reading, query=query, limit=limit, kinds=(Kind.PERSON,)
    )


def find_tags(reading: Reading, *, query: Query, limit: int) -> list[int]:
    """Return tags of visible movies, the most applied first."""
    return _find(statements.TAGS_OF_NAMES, reading, query=query, limit=limit, kinds=(Kind.TAG,))


def find_by_imdb_id(imdb_id: int) -> list[int]:
    """Return visible movies with an IMDb id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM movies_movie WHERE imdb_id = %s AND NOT is_hidden ORDER BY id",
            [imdb_id],
        )
        return [movie_id for (movie_id,) in cursor.fetchall()]


def name_words(reading: Reading, *, movie_id: int) -> list[str]:
    """Return the word of each place that a movie's titles have, else the likeliest."""
    words = [wanted.word for place in reading.places for wanted in place]
    with connection.cursor() as cursor:
        cursor.execute(statements.FOUND_WORDS, [movie_id, words])
        found = {word for (word,) in cursor.fetchall()}
    return [
        next((wanted.word for wanted in place if wanted.word in found), place[0].word)
        for place in reading.places
    ]


def _find_popular(wanted: Wanted, *, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            statements.POPULAR_MOVIES,
            {
                "plain": wanted.word,
                "low": wanted.word,
                "high": wanted.end,
                "looked_through": LOOKED_THROUGH,
                "limit": limit,
            },
        )
        return [movie_id for (movie_id,) in cursor.fetchall()]


def _find(
    statement: str,
    reading: Reading,
    *,
    query: Query,
    limit: int,
    kinds: Sequence[Kind] = tuple(Kind),
) -> list[int]:
    common = reading.common_words
    wanted = [
        (place, word)
        for place, words in enumerate(reading.places)
        for word in words
        if word not in common
    ]
    years = [(place, int(word)) for place, word in enumerate(reading.words) if is_year(word)]
    plain = query.plain if reading.is_literal else " ".join(reading.words)
    before_year, _, last_word = plain.rpartition(" ")
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "places": [place for place, _ in wanted],
                "lows": [word.word for _, word in wanted],
                "highs": [word.end for _, word in wanted],
                "costs": [word.cost for _, word in wanted],
                "years": [year for _, year in years],
                "year_places": [place for place, _ in years],
                "count": len(reading.places),
                "common_lows": [word.word for word in common],
                "common_highs": [word.end for word in common],
                "plain": plain,
                "plain_end": f"{plain}\U0010ffff",
                "plain_before_year": before_year,
                "last_year": years[-1][1] if years and last_word == str(years[-1][1]) else None,
                "limit": limit,
                "kinds": [kind.value for kind in kinds],
            },
        )
        return [target_id for (target_id, *_) in cursor.fetchall()]
