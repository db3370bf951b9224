"""What the admin's pages of the catalogue share: saved changes show at once."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from config.admin import QuickAdmin
from movies.admin.names import named_like
from movies.models.search import Kind
from movies.services.curation import bump_curation


class CuratedAdmin(QuickAdmin):
    """Count every save and deletion as a decision: whatever was kept is then made anew."""

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formsets: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        super().save_related(request, form, formsets, change)
        bump_curation()

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        bump_curation()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        bump_curation()


class NamedAdmin(CuratedAdmin):
    """Search by the beginnings of words, through the index of names."""

    kind: Kind
    search_fields = ("name",)

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        return named_like(queryset, kind=self.kind, term=search_term), False
