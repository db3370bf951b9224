"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

import movies.urls
import recommendations.urls
from config import health, views

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler429 = views.too_many_requests
handler500 = views.server_error

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
]
