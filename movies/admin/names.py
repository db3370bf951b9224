"""Find things by their names in the index that search keeps, hidden ones too."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from movies.models.search import Kind, SearchPosting

AnyModel = TypeVar("AnyModel", bound=Model)

MOST_WORDS = 8
LONGEST_TERM = 200
YEAR = re.compile(r"(?:18|19|20)[0-9]{2}")
IMDB_CODE = re.compile(r"tt([0-9]{1,9})", re.IGNORECASE)
NUMBER = re.compile(r"[0-9]{1,9}")


def named_like(rows: QuerySet[AnyModel, Any], *, kind: Kind, term: str) -> QuerySet[AnyModel, Any]:
    """Return the rows that have, for each word of the term, a word in a name that begins so."""
    for word in plain_words(term):
        rows = rows.filter(_has_word(word, kind=kind))
    return rows


def movies_like(movies: QuerySet[AnyModel, Any], *, term: str) -> QuerySet[AnyModel, Any]:
    """Return movies by the words of their titles, their year, or one of their ids."""
    term = term.strip()
    if code := IMDB_CODE.fullmatch(term):
        return movies.filter(imdb_id=int(code[1]))
    for word in plain_words(term):
        fits = _has_word(word, kind=Kind.MOVIE)
        if YEAR.fullmatch(word):
            fits |= Q(year=int(word))
        if word == term and NUMBER.fullmatch(term):
            fits |= Q(movielens_id=int(term)) | Q(tmdb_id=int(term)) | Q(pk=int(term))
        movies = movies.filter(fits)
    return movies


def plain_words(term: str) -> list[str]:
    """Return the words of a term as the index has them, a few at most."""
    if not term.strip():
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT movies_plain_words(%s)", [term.replace("\x00", "")[:LONGEST_TERM]])
        words: list[str] = cursor.fetchone()[0].split()
    return list(dict.fromkeys(words))[:MOST_WORDS]


def _has_word(word: str, *, kind: Kind) -> Q:
    named = SearchPosting.objects.filter(kind=kind, word__gte=word, word__lt=f"{word}\U0010ffff")
    return Q(pk__in=named.values("target_id"))
