"""A view that does the least a view of ours can do: one Redis key and one row, answered as JSON.

The same Django, servers and gunicorn as the site, without middleware: what is left is what the
framework itself costs. `gunicorn --config python:config.gunicorn benchmarks.bare_view:application`.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.urls import path

django.setup()  # with all middleware, which apps insist on
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
application = WSGIHandler()

from config.redis import redis_client  # noqa: E402 - wants the settings
from movies.models import Movie  # noqa: E402

KEY = "marquee:bench:bare"


def bare(_request: HttpRequest) -> JsonResponse:
    kept = redis_client().get(KEY)
    row = Movie.objects.values("pk", "title").order_by("pk").first()
    return JsonResponse({"kept": kept.decode() if kept else None, "row": row})


urlpatterns = [path("", bare)]
