"""What every page of the admin has in common: it stays quick over millions of rows."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import BaseModelAdmin
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin

COUNTED_EXACTLY = 100_000
DEEP = 5_000
ESTIMATE = "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass"


class EstimatingPaginator(Paginator):  # type: ignore[type-arg]
    """Count rows up to a limit; of a whole table beyond it take PostgreSQL's own estimate."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, or about as many."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        counted = rows.order_by()[: COUNTED_EXACTLY + 1].count()
        if counted <= COUNTED_EXACTLY or rows.query.where:
            return counted
        with connection.cursor() as cursor:
            cursor.execute(ESTIMATE, [rows.query.get_meta().db_table])
            return max(counted, int(cursor.fetchone()[0]))

    def page(self, number: int | str) -> Page[Any]:
        """Return a page; a deep one finds its keys first, or joins would run for all before it."""
        number = self.validate_number(number)
        bottom = (number - 1) * self.per_page
        if bottom < DEEP:
            return super().page(number)
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        keys = list(rows.values_list("pk", flat=True)[bottom : bottom + self.per_page])
        return Page(rows.filter(pk__in=keys), number, self)


class QuickAdmin(ModelAdmin):
    """Lists without a count of everything, and saves that write only what was changed."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    warn_unsaved_form = True
    list_filter_sheet = False

    def save_model(
        self,
        request: HttpRequest,
        obj: Model,
        form: ModelForm[Any],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save the fields of the form that differ: others may have been changed meanwhile."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        columns = {field.name for field in obj._meta.concrete_fields}  # noqa: SLF001 - Django's API
        obj.save(update_fields=columns.intersection(form.changed_data))
        for action in self.get_actions_submit_line(request, obj.pk):
            if action.action_name in request.POST:
                action.method(request, obj)


class ReadOnlyAdmin(BaseModelAdmin):  # type: ignore[type-arg]
    """Rows that nobody adds, changes or deletes by hand; put it before the admin class."""

    def has_add_permission(self, request: HttpRequest, *_parent: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
