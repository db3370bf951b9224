"""Every address of the site."""

from http import HTTPStatus

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

import movies.urls
import recommendations.urls
from config import health, metrics_page, views
from config.problems import for_programs_too

handler400 = for_programs_too(views.bad_request, status=HTTPStatus.BAD_REQUEST)
handler403 = for_programs_too(views.permission_denied, status=HTTPStatus.FORBIDDEN)
handler404 = for_programs_too(views.page_not_found, status=HTTPStatus.NOT_FOUND)
handler429 = views.too_many_requests
handler500 = for_programs_too(views.server_error, status=HTTPStatus.INTERNAL_SERVER_ERROR)

# Here, so that a command that shows no page does not load it all.
admin.autodiscover()
# Curators sign in where everybody does: one page, one limiter, one confirmation of the address.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# A movie's page shows recommendations, so its view stands above the catalogue's others.
catalogue = ([*movies.urls.urlpatterns, *recommendations.urls.movie_urlpatterns], "movies")

urlpatterns = [
    path("", include("recommendations.urls")),
    path("", include(catalogue)),
    path("accounts/", include("allauth.account.urls")),
    path("account/", include("accounts.urls")),
    path("api/v1/", include("config.api_urls")),
    path("admin/", admin.site.urls),
    path("theme/", views.set_theme, name="theme"),
    path("your-data/", TemplateView.as_view(template_name="your_data.html"), name="your-data"),
    path(
        "accessibility/",
        TemplateView.as_view(template_name="accessibility.html"),
        name="accessibility",
    ),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics_page.metrics, name="metrics"),
]
