"""The catalogue for programs."""

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.permissions import AllowAny

from movies.api.queries import MovieQuerySerializer, find_movies
from movies.api.serializers import MovieDetailSerializer, MovieSerializer
from movies.models import Credit, Movie
from movies.models.catalogue import MovieQuerySet


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
        return find_movies(query.validated_data).for_cards()


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
