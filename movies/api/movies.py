"""The catalogue for programs."""

from typing import Any

from django.db.models import F, Prefetch
from django.db.models.expressions import OrderBy
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.permissions import AllowAny

from movies.api.queries import MovieQuerySerializer, filter_movies
from movies.api.serializers import MovieDetailSerializer, MovieSerializer
from movies.models import Credit, Movie
from movies.models.catalogue import MovieQuerySet

ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "popular": ("-stats__rating_count", "pk"),
    "rated": ("-stats__bayesian_mean", "pk"),
    "newest": (F("year").desc(nulls_last=True), "-pk"),
    "oldest": (F("year").asc(nulls_last=True), "pk"),
    "title": ("title", "pk"),
}


@extend_schema_view(
    get=extend_schema(
        operation_id="list_movies",
        summary="Search and filter the catalogue",
        parameters=[MovieQuerySerializer],
        tags=["movies"],
    )
)
class MovieListView(ListAPIView[Movie]):
    permission_classes = (AllowAny,)
    serializer_class = MovieSerializer

    def get_queryset(self) -> MovieQuerySet:
        query = MovieQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        asked: dict[str, Any] = query.validated_data
        # Every movie has stats; said here, so that their indexes can give the order.
        movies = filter_movies(asked).filter(stats__isnull=False).for_cards()
        return movies.order_by(*ORDERS[asked.get("ordering", "popular")])


@extend_schema_view(
    get=extend_schema(operation_id="read_movie", summary="All about one movie", tags=["movies"])
)
class MovieView(RetrieveAPIView[Movie]):
    permission_classes = (AllowAny,)
    serializer_class = MovieDetailSerializer
    lookup_url_kwarg = "movie_id"

    def get_queryset(self) -> MovieQuerySet:
        cast = Credit.objects.filter(role=Credit.Role.CAST).select_related("person")
        by_billing = cast.order_by("position", "pk")
        return (
            Movie.objects.visible()
            .for_cards()
            .prefetch_related(
                "alternative_titles",
                Prefetch("credits", queryset=by_billing, to_attr="cast_credits"),
            )
        )
