"""Movies and people by their names, as the pages ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from movies.models import Movie, Person

MOST_FOUND = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to; `read_as` is what a misspelt query was taken for."""

    movie_ids: Sequence[int] = ()
    people: Sequence[Person] = ()
    read_as: str = ""


def find(*, query: str, limit: int = MOST_FOUND) -> Found:
    """Return the visible movies, best first, and the people that a query names."""
    movies = Movie.objects.visible().filter(title__icontains=query).most_rated_first()
    people = Person.objects.filter(name__istartswith=query)[:5]
    return Found(list(movies.values_list("pk", flat=True)[:limit]), list(people))
