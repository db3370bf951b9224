"""Tags in the admin, to be moderated."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from accounts.requests import signed_in
from config.admin import ReadOnlyAdmin
from movies.admin.base import CuratedAdmin, NamedAdmin
from movies.models import Tag, TagApplication
from movies.models.search import Kind
from movies.services.curation import set_tags_hidden

HIDDEN, SHOWN = "Hidden", "Shown"


@admin.register(Tag)
class TagAdmin(NamedAdmin):
    kind = Kind.TAG
    list_display = ("name", "standing", "times")
    list_filter = ("is_hidden",)
    ordering = ("name", "pk")
    search_help_text = "Words of a tag"
    fields = ("name", "slug", "is_hidden")
    readonly_fields = ("is_hidden",)
    actions = ("hide", "show")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # Of the rows shown only: counted after the page is cut out, 1 ms a page.
        applications = TagApplication.objects.filter(tag=OuterRef("pk")).order_by()
        times = applications.values("tag").annotate(times=Count("pk")).values("times")
        counted = Coalesce(Subquery(times, output_field=IntegerField()), 0)
        return super().get_queryset(request).annotate(times=counted)

    @display(description="Standing", label={HIDDEN: "danger"})
    def standing(self, tag: Tag) -> str:
        return HIDDEN if tag.is_hidden else SHOWN

    @display(description="Times applied")
    def times(self, tag: Any) -> int:
        return cast("int", tag.times)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return cast("dict[str, Any]", actions)

    @admin.action(description="Hide from pages and models", permissions=["change"])
    def hide(self, request: HttpRequest, tags: QuerySet[Tag]) -> None:
        self._set_hidden(request, tags, is_hidden=True)

    @admin.action(description="Show again", permissions=["change"])
    def show(self, request: HttpRequest, tags: QuerySet[Tag]) -> None:
        self._set_hidden(request, tags, is_hidden=False)

    def _set_hidden(self, request: HttpRequest, tags: QuerySet[Tag], *, is_hidden: bool) -> None:
        tag_ids = list(tags.values_list("pk", flat=True))
        count = set_tags_hidden(tag_ids=tag_ids, by=signed_in(request), is_hidden=is_hidden)
        done = "hidden" if is_hidden else "shown again"
        self.message_user(request, f"{count} tag{'' if count == 1 else 's'} {done}.")


@admin.register(TagApplication)
class TagApplicationAdmin(CuratedAdmin):
    """Who put which tag where; a wrong one can be taken off."""

    list_display = ("tag", "movie", "user", "applied_at")
    list_select_related = ("tag", "movie", "user")
    list_filter = (("tag", AutocompleteSelectFilter), ("movie", AutocompleteSelectFilter))
    ordering = ("-pk",)
    readonly_fields = ("tag", "movie", "user", "applied_at")

    has_add_permission = ReadOnlyAdmin.has_add_permission
    has_change_permission = ReadOnlyAdmin.has_change_permission
