"""What every page's template may use."""

from django.http import HttpRequest

from config.views import THEMES
from movies.models import DataSet, Movie

POSTERS_ON_THE_WALL = 24


def site(request: HttpRequest) -> dict[str, object]:
    """Give the theme, and two reads that only run where a template shows them."""
    theme = request.COOKIES.get("theme", "")
    wall = Movie.objects.visible().for_cards().most_rated_first()[:POSTERS_ON_THE_WALL]
    return {
        "theme": theme if theme in THEMES else "",
        "data_sets": DataSet.objects.all(),
        "poster_wall": wall,
    }
