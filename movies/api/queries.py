"""Which movies a program asks for."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from config.pagination import PlaceSerializer
from movies.api.fields import FIRST_YEAR, HIGHEST_ID, LAST_YEAR, DecadeField, ImdbIdField
from movies.models import Genre
from movies.models.catalogue import MovieQuerySet
from movies.services.browsing import BEST_MATCH, MOST_POPULAR, SORTS, Selection
from movies.services.search import search_movies

MOST_GENRES = 10
LONGEST_SEARCH = 200
EXACT = {"year": "year", "movielens": "movielens_id", "imdb": "imdb_id", "tmdb": "tmdb_id"}


class MovieQuerySerializer(PlaceSerializer):
    """Filters, all of which must hold, and an order."""

    search = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_SEARCH,
        help_text="The site's search: forgives typing errors, accents and articles.",
    )
    genre = serializers.ListField(
        child=serializers.SlugField(max_length=40),
        required=False,
        max_length=MOST_GENRES,
        help_text="A genre's slug; of several, a movie must have all.",
    )
    year = serializers.IntegerField(required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    decade = DecadeField(
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="Its first year: 1990 is for 1990 to 1999.",
    )
    language = serializers.CharField(required=False, max_length=8, help_text="ISO 639-1.")
    movielens = serializers.IntegerField(required=False, min_value=1, max_value=HIGHEST_ID)
    imdb = ImdbIdField(required=False, help_text="With or without `tt`.")
    tmdb = serializers.IntegerField(required=False, min_value=1, max_value=HIGHEST_ID)
    ordering = serializers.ChoiceField(
        required=False,
        choices=list(SORTS),
        help_text="Best match first where `search` is given, else most rated first.",
    )

    def validate_genre(self, slugs: list[str]) -> list[str]:
        unknown = set(slugs) - set(
            Genre.objects.filter(slug__in=slugs).values_list("slug", flat=True)
        )
        if unknown:
            raise serializers.ValidationError(f"There is no genre {sorted(unknown)[0]}.")
        return slugs


def find_movies(query: Mapping[str, Any]) -> MovieQuerySet:
    """Return the visible movies that a checked query asks for, in its order."""
    words = query.get("search", "")
    found_ids = search_movies(query=words).movie_ids if words else None
    usual = BEST_MATCH if words else MOST_POPULAR
    movies = Selection(rules=(), found_ids=found_ids).ordered(query.get("ordering", usual))
    movies = movies.filter(**{EXACT[name]: query[name] for name in EXACT if name in query})
    if "language" in query:
        movies = movies.filter(language=query["language"].lower())
    if "decade" in query:
        movies = movies.filter(year__range=(query["decade"], query["decade"] + 9))
    for slug in dict.fromkeys(query.get("genre", ())):
        movies = movies.filter(genres__slug=slug)
    return movies
