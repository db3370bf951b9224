"""What every page's template may use."""

from django.http import HttpRequest

from config.views import chosen_theme
from movies.models import Movie
from movies.models.catalogue import MovieQuerySet
from movies.services.data_sets import loaded_data_sets

POSTERS_ON_THE_WALL = 24


def site(request: HttpRequest) -> dict[str, object]:
    """Give the theme, the data in use, and posters, asked for only where a page hangs them."""
    return {
        "theme": chosen_theme(request),
        "loaded_data_sets": loaded_data_sets(),
        "poster_wall": _poster_wall,
    }


def _poster_wall() -> MovieQuerySet:
    return Movie.objects.visible().for_cards().most_rated_first()[:POSTERS_ON_THE_WALL]
