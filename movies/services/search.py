"""Search movies, people and tags by what somebody types.

Nothing here writes: triggers keep the index of names. Hidden movies and tags never appear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from movies.models import Movie, Person, Tag
from movies.models.catalogue import MovieQuerySet
from movies.models.search import Kind
from movies.search.finding import (
    MOST_MOVIES,
    find_by_imdb_id,
    find_movies,
    find_people,
    find_tags,
    name_words,
)
from movies.search.reading import Query, Reading, read_query, readings_of

MOST_PEOPLE_SUGGESTED = 3
MOST_TAGS_SUGGESTED = 2
SHORTEST_NAME = 3
MOST_WORDS_OF_A_NAME = 3


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Movies that match, best first; at most 1,000 are counted.

    `corrected_query` says what a misspelt query was read as, and is empty if it was not.
    """

    movie_ids: tuple[int, ...]
    total: int
    corrected_query: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that what was typed so far may lead to."""

    kind: Kind
    target_id: int
    label: str
    detail: str = ""


def search_movies(*, query: str, limit: int = MOST_MOVIES, offset: int = 0) -> SearchResult:
    """Return the movies that match what was typed, a page of them."""
    asked = read_query(query)
    if asked.is_empty:
        return SearchResult((), 0)
    if asked.imdb_id is not None:
        movie_ids, corrected = find_by_imdb_id(asked.imdb_id), ""
    else:
        movie_ids, corrected = _search(asked)
    return SearchResult(tuple(movie_ids[offset : offset + limit]), len(movie_ids), corrected)


def movies_matching(*, movies: MovieQuerySet, query: str) -> MovieQuerySet:
    """Return those of the movies that match what was typed, best first."""
    return movies.in_order_of(search_movies(query=query).movie_ids)


def search_people(*, query: str, limit: int = 10) -> list[Person]:
    """Return people of visible movies by name, the most rated first."""
    asked = read_query(query)
    for reading in _readings(asked):
        if person_ids := find_people(reading, query=asked, limit=limit):
            people = Person.objects.in_bulk(person_ids)
            return [people[person_id] for person_id in person_ids]
    return []


def suggest(*, query: str, limit: int = 8) -> list[Suggestion]:
    """Return what somebody who is still typing may mean: movies first, then people and tags."""
    asked = read_query(query)
    if asked.imdb_id is not None:
        return _movies_suggested(find_by_imdb_id(asked.imdb_id)[:limit])
    for reading in _readings(asked):
        movie_ids = find_movies(reading, query=asked, limit=limit)
        people, tags = _names_suggested(reading, query=asked)
        if movie_ids or people or tags:
            others = people[: limit // 2] + tags[: limit // 4]
            movies = _movies_suggested(movie_ids[: limit - len(others)])
            return (movies + others)[:limit]
    return []


def _search(asked: Query) -> tuple[list[int], str]:
    for reading in _readings(asked):
        if movie_ids := find_movies(reading, query=asked):
            if reading.is_literal:
                return movie_ids, ""
            return movie_ids, " ".join(name_words(reading, movie_id=movie_ids[0]))
    return [], ""


def _readings(asked: Query) -> Iterator[Reading]:
    return readings_of(asked) if asked.words else iter(())


def _names_suggested(
    reading: Reading, *, query: Query
) -> tuple[list[Suggestion], list[Suggestion]]:
    # So little typed begins so many names that only titles are of use.
    if len(reading.places) == 1 and (
        reading.common or len(reading.places[0][0].word) < SHORTEST_NAME
    ):
        return [], []
    if len(reading.places) > MOST_WORDS_OF_A_NAME:
        return [], []
    person_ids = find_people(reading, query=query, limit=MOST_PEOPLE_SUGGESTED)
    tag_ids = find_tags(reading, query=query, limit=MOST_TAGS_SUGGESTED)
    people = Person.objects.in_bulk(person_ids)
    tags = Tag.objects.in_bulk(tag_ids)
    return (
        [Suggestion(Kind.PERSON, number, people[number].name) for number in person_ids],
        [Suggestion(Kind.TAG, number, tags[number].name) for number in tag_ids],
    )


def _movies_suggested(movie_ids: Sequence[int]) -> list[Suggestion]:
    movies = Movie.objects.only("title", "year").in_bulk(movie_ids)
    return [
        Suggestion(Kind.MOVIE, number, movies[number].title, str(movies[number].year or ""))
        for number in movie_ids
    ]
