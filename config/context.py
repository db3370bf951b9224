"""What every page's template may use."""

from django.http import HttpRequest

from config.views import THEMES


def site(request: HttpRequest) -> dict[str, object]:
    theme = request.COOKIES.get("theme", "")
    return {"theme": theme if theme in THEMES else ""}
