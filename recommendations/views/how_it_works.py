"""The models in plain words, with their figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from movies.models import DataSet
from recommendations.services.figures import metrics_table
from recommendations.services.registry import active_version


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """Show how predictions are made and how good they are."""
    version = active_version()
    context = {
        "version": version,
        "metrics": metrics_table(version) if version else None,
        "data_sets": DataSet.objects.all(),
    }
    return render(request, "how_it_works.html", context)
