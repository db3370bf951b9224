"""Ratings and data sets in the admin: to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from accounts.models import User
from config.admin import QuickAdmin, ReadOnlyAdmin
from movies.models import DataSet, Rating

MOST_PEOPLE = 100


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin, QuickAdmin):
    list_display = ("movie", "user", "stars", "rated_at")
    list_select_related = ("movie", "user")
    list_filter = (("movie", AutocompleteSelectFilter), ("user", AutocompleteSelectFilter))
    ordering = ("-pk",)
    search_fields = ("pk",)
    search_help_text = "The beginning of a person's e-mail address or handle"
    fields = ("movie", "user", "stars", "rated_at")

    @display(description="Stars", ordering="half_stars")
    def stars(self, rating: Rating) -> float:
        return rating.stars

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().lower()
        if not term:
            return queryset, False
        people = User.objects.filter(Q(email__startswith=term) | Q(handle__startswith=term))
        user_ids = list(people.values_list("pk", flat=True)[:MOST_PEOPLE])
        return queryset.filter(user__in=user_ids), False


@admin.register(DataSet)
class DataSetAdmin(ReadOnlyAdmin, QuickAdmin):
    list_display = (
        "title",
        "is_simulated",
        "movie_count",
        "person_count",
        "rating_count",
        "loaded_at",
    )
    ordering = ("-loaded_at", "-pk")
