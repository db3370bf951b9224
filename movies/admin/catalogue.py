"""Movies in the admin: facts, credits, and what curators decide about them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action, display

from accounts.requests import signed_in
from movies.admin.base import CuratedAdmin
from movies.admin.names import movies_like
from movies.models import AlternativeTitle, Credit, Movie
from movies.services.curation import hide_movies, pin_movies, show_movies, unpin_movies

HIDDEN, PINNED, SHOWN = "Hidden", "Pinned", "Shown"


class CreditInline(TabularInline):
    model = Credit
    fields = ("role", "position", "person", "character")
    autocomplete_fields = ("person",)
    ordering = ("role", "position", "pk")
    extra = 0
    per_page = 20
    tab = True


class AlternativeTitleInline(TabularInline):
    model = AlternativeTitle
    fields = ("title",)
    extra = 0
    tab = True


class StandingFilter(admin.SimpleListFilter):
    """Movies by what curators have decided."""

    title = "decision"
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("hidden", HIDDEN), ("pinned", PINNED)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        if self.value() == "hidden":
            return queryset.filter(is_hidden=True)
        if self.value() == "pinned":
            return queryset.filter(pinned_at__isnull=False)
        return queryset


@admin.register(Movie)
class MovieAdmin(CuratedAdmin):
    list_display = ("title", "year", "standing", "rating_count", "mean", "language", "added_at")
    list_select_related = ("stats",)
    list_filter = (StandingFilter, ("genres", RelatedDropdownFilter))
    ordering = ("-added_at", "-id")
    search_fields = ("title",)
    search_help_text = "Words of a title, a year, tt0133093, or a MovieLens or TMDB number"
    actions = ("hide", "show", "pin", "unpin")
    actions_submit_line = ("hide_this", "show_this", "pin_this", "unpin_this")
    autocomplete_fields = ("genres",)
    readonly_fields = ("standing", "added_at", "rating_count", "mean")
    inlines = (CreditInline, AlternativeTitleInline)
    fieldsets = (
        (None, {"fields": ("standing", "title", "original_title", ("year", "release_date"))}),
        (
            "Facts",
            {
                "fields": (
                    "genres",
                    ("runtime_minutes", "language", "certification"),
                    "overview",
                    "tagline",
                    "keywords",
                    "poster_path",
                )
            },
        ),
        ("Ids", {"fields": (("movielens_id", "imdb_id", "tmdb_id"),)}),
        ("Figures", {"fields": (("rating_count", "mean", "added_at"),)}),
    )

    @display(description="Decision", label={HIDDEN: "danger", PINNED: "success"})
    def standing(self, movie: Movie) -> str:
        if movie.is_hidden:
            return HIDDEN
        return PINNED if movie.pinned_at else SHOWN

    @display(description="Ratings", ordering="stats__rating_count")
    def rating_count(self, movie: Movie) -> int:
        return movie.stats.rating_count

    @display(description="Mean")
    def mean(self, movie: Movie) -> str:
        mean = movie.stats.mean
        return "–" if mean is None else f"{mean:.2f}"

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        return movies_like(queryset, term=search_term), False

    def has_delete_permission(self, request: HttpRequest, obj: Movie | None = None) -> bool:
        """Let movies go that nobody has rated; what people said about the others stays theirs."""
        is_rated = obj is not None and obj.stats.rating_count > 0
        return not is_rated and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return cast("dict[str, Any]", actions)

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer only decisions that would change something."""
        movie = Movie.objects.filter(pk=object_id).first()
        if movie is None:
            return []
        useful = {
            "hide_this": not movie.is_hidden,
            "show_this": movie.is_hidden,
            "pin_this": movie.pinned_at is None and not movie.is_hidden,
            "unpin_this": movie.pinned_at is not None,
        }
        offered = super().get_actions_submit_line(request, object_id)
        return [each for each in offered if useful[each.path]]

    @action(description="Hide", permissions=["change"], icon="visibility_off")
    def hide_this(self, request: HttpRequest, movie: Movie) -> None:
        hide_movies(movie_ids=[movie.pk], by=signed_in(request))

    @action(description="Show again", permissions=["change"], icon="visibility")
    def show_this(self, request: HttpRequest, movie: Movie) -> None:
        show_movies(movie_ids=[movie.pk], by=signed_in(request))

    @action(description="Pin", permissions=["change"], icon="push_pin")
    def pin_this(self, request: HttpRequest, movie: Movie) -> None:
        pin_movies(movie_ids=[movie.pk], by=signed_in(request))

    @action(description="Unpin", permissions=["change"], icon="keep_off")
    def unpin_this(self, request: HttpRequest, movie: Movie) -> None:
        unpin_movies(movie_ids=[movie.pk], by=signed_in(request))

    @admin.action(description="Hide from every page and list", permissions=["change"])
    def hide(self, request: HttpRequest, movies: QuerySet[Movie]) -> None:
        count = hide_movies(movie_ids=_ids(movies), by=signed_in(request))
        self.message_user(request, f"{_movies(count)} hidden.")

    @admin.action(description="Show again", permissions=["change"])
    def show(self, request: HttpRequest, movies: QuerySet[Movie]) -> None:
        count = show_movies(movie_ids=_ids(movies), by=signed_in(request))
        self.message_user(request, f"{_movies(count)} shown again.")

    @admin.action(description="Pin to the head of everybody's picks", permissions=["change"])
    def pin(self, request: HttpRequest, movies: QuerySet[Movie]) -> None:
        count = pin_movies(movie_ids=_ids(movies), by=signed_in(request))
        self.message_user(request, f"{_movies(count)} pinned.")

    @admin.action(description="Unpin", permissions=["change"])
    def unpin(self, request: HttpRequest, movies: QuerySet[Movie]) -> None:
        count = unpin_movies(movie_ids=_ids(movies), by=signed_in(request))
        self.message_user(request, f"{_movies(count)} unpinned.")


def _ids(movies: QuerySet[Movie]) -> list[int]:
    return list(movies.values_list("pk", flat=True))


def _movies(count: int) -> str:
    return "One movie was" if count == 1 else f"{count} movies were"
