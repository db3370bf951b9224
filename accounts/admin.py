"""People, their keys, and what staff did, in the admin."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from accounts.models import ApiToken, User
from accounts.services.demo import is_demo_account
from accounts.services.personal_data import erase_person
from accounts.services.tokens import revoke_token
from config.admin import QuickAdmin, ReadOnlyAdmin

ACCESS_FIELDS = ("is_active", "is_staff", "is_superuser", "groups")

# Addresses are kept through the account's pages; groups with the look of the rest.
admin.site.unregister(EmailAddress)
admin.site.unregister(Group)


def found_by_beginning(queryset: QuerySet[Any], *, term: str, prefix: str = "") -> QuerySet[Any]:
    """Return the rows of people whose address or handle begins so, by their indexes."""
    term = term.strip().lower()
    if not term:
        return queryset
    by_email = Q(**{f"{prefix}email__startswith": term})
    return queryset.filter(by_email | Q(**{f"{prefix}handle__startswith": term}))


class WhoFilter(admin.SimpleListFilter):
    """People who sign in, staff, and raters of imported sets."""

    title = "who"
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("sign-in", "Sign in"), ("staff", "Staff"), ("imported", "Of a data set")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() == "sign-in":
            return queryset.filter(data_set="")
        if self.value() == "staff":
            return queryset.filter(is_staff=True)
        if self.value() == "imported":
            return queryset.exclude(data_set="")
        return queryset


@admin.register(User)
class UserAdmin(QuickAdmin):
    """People. Only superusers decide who may do what, or erase somebody."""

    list_display = ("display_name", "email", "handle", "source", "is_staff", "is_active")
    list_filter = (WhoFilter, "is_active")
    ordering = ("-pk",)
    search_fields = ("email",)
    search_help_text = "The beginning of an e-mail address or handle"
    actions = None
    autocomplete_fields = ("groups",)
    readonly_fields = ("email", "source", "profile_revision", "date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("display_name", "handle", "email", "source")}),
        ("Access", {"fields": ACCESS_FIELDS}),
        ("Facts", {"fields": ("profile_revision", "date_joined", "last_login")}),
    )

    @display(description="From")
    def source(self, user: User) -> str:
        return f"{user.data_set}, rater {user.data_set_user_id}" if user.is_imported else "Marquee"

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        return found_by_beginning(queryset, term=search_term), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep whoever may edit people from making themselves more than they are."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.is_superuser else (*fixed, *ACCESS_FIELDS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and (obj.is_imported or self._is_above(request, obj)):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Superusers erase people who ask for it; staff, demo and imported people stay."""
        stays = obj is not None and (obj.is_staff or obj.is_imported or is_demo_account(obj))
        return bool(request.user.is_superuser and not stays)

    def get_deleted_objects(
        self,
        objs: Any,
        request: HttpRequest,
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the person and not each of thousands of ratings."""
        said = [f"{user} with everything that is theirs, for good" for user in objs]
        return said, {"people": len(said)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        erase_person(user=User.objects.get(pk=obj.pk))

    @staticmethod
    def _is_above(request: HttpRequest, user: User) -> bool:
        return user.is_superuser and not request.user.is_superuser


@admin.register(Group)
class GroupAdmin(QuickAdmin):
    list_display = ("name",)
    search_fields = ("name",)
    filter_horizontal = ("permissions",)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin, QuickAdmin):
    """Keys of people's programs; to delete one is to revoke it."""

    list_display = ("name", "user", "created_at", "last_used_at")
    list_select_related = ("user",)
    ordering = ("-pk",)
    search_fields = ("name",)
    search_help_text = "The beginning of the owner's e-mail address or handle"
    fields = ("name", "user", "created_at", "last_used_at")

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        return found_by_beginning(queryset, term=search_term, prefix="user__"), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return QuickAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        revoke_token(user=obj.user, token_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset.select_related("user"):
            self.delete_model(request, token)


@admin.register(LogEntry)
class StaffLogAdmin(ReadOnlyAdmin, QuickAdmin):
    """What staff decided and changed, latest first."""

    list_display = ("action_time", "user", "content_type", "object_repr", "said")
    list_select_related = ("user", "content_type")
    list_filter = (("user", AutocompleteSelectFilter), "action_flag")
    ordering = ("-action_time", "-pk")
    fields = ("action_time", "user", "content_type", "object_repr", "said")

    @display(description="What")
    def said(self, entry: LogEntry) -> str:
        return entry.get_change_message() or entry.get_action_flag_display()
