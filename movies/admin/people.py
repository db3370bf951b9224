"""People who made movies, and genres, in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from movies.admin.base import CuratedAdmin, NamedAdmin
from movies.models import Genre, Person
from movies.models.search import Kind


@admin.register(Person)
class PersonAdmin(NamedAdmin):
    kind = Kind.PERSON
    list_display = ("name",)
    ordering = ("name", "pk")
    search_help_text = "Words of a name"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let people go who are credited nowhere."""
        is_credited = obj is not None and obj.credits.exists()
        return not is_credited and super().has_delete_permission(request, obj)


@admin.register(Genre)
class GenreAdmin(CuratedAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012 - Django's way to say it
