"""How the admin looks and what stands in its sidebar; the colours are the site's ink and sign."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

INK = {
    "50": "#f6f6f3",
    "100": "#ebebe6",
    "200": "#d7dbd9",
    "300": "#c2c7c5",
    "400": "#a5a8ac",
    "500": "#757b7f",
    "600": "#51565b",
    "700": "#3a3e43",
    "800": "#24272b",
    "900": "#1a1c20",
    "950": "#111215",
}
SIGN_RED = {
    "50": "#fdf3f1",
    "100": "#fbe3df",
    "200": "#f7c8c0",
    "300": "#f2a093",
    "400": "#ff7a66",
    "500": "#d8402f",
    "600": "#b92319",
    "700": "#9a1d15",
    "800": "#7d1a14",
    "900": "#651a15",
    "950": "#370a07",
}


def _entry(title: str, icon: str, model: str) -> dict[str, Any]:
    app, _, name = model.partition(".")

    def may_see(request: HttpRequest) -> bool:
        return request.user.has_perm(f"{app}.view_{name}")

    link = reverse_lazy(f"admin:{app}_{name}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": may_see}


def _icon(_request: HttpRequest) -> str:
    return static("icons/marquee.svg")


UNFOLD = {
    "SITE_TITLE": "Marquee",
    "SITE_HEADER": "Marquee",
    "SITE_SUBHEADER": "For curators",
    "SITE_URL": "/",
    "SITE_SYMBOL": "theaters",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "3px",
    "COLORS": {"base": INK, "primary": SIGN_RED},
    "DASHBOARD_CALLBACK": "recommendations.admin.tell_of_alerts",
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "Catalogue",
                "items": [
                    _entry("Movies", "movie", "movies.movie"),
                    _entry("People in film", "recent_actors", "movies.person"),
                    _entry("Genres", "category", "movies.genre"),
                ],
            },
            {
                "title": "What people say",
                "items": [
                    _entry("Tags", "sell", "movies.tag"),
                    _entry("Applied tags", "bookmarks", "movies.tagapplication"),
                    _entry("Ratings", "star", "movies.rating"),
                    _entry("Data sets", "database", "movies.dataset"),
                ],
            },
            {
                "title": "Recommendations",
                "items": [
                    _entry("Model versions", "model_training", "recommendations.modelversion")
                ],
            },
            {
                "title": "Site",
                "items": [
                    _entry("Accounts", "group", "accounts.user"),
                    _entry("Groups", "shield_person", "auth.group"),
                    _entry("API tokens", "key", "accounts.apitoken"),
                    _entry("Staff log", "history", "admin.logentry"),
                ],
            },
        ],
    },
}
