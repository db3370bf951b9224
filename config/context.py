"""What every page's template may use."""

from django.http import HttpRequest

from config.views import THEMES
from movies.services.data_sets import loaded_data_sets


def site(request: HttpRequest) -> dict[str, object]:
    theme = request.COOKIES.get("theme", "")
    data_sets = loaded_data_sets()
    return {
        "theme": theme if theme in THEMES else "",
        "loaded_data_sets": data_sets,
        "simulated_data": any(each.is_simulated for each in data_sets),
    }
