"""What a person thinks of movies and means to do with them, for the person's programs."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import signed_in
from config.pagination import PlaceSerializer
from movies.api.serializers import (
    DismissalSerializer,
    ListedSerializer,
    OwnRatingSerializer,
    RatedMovieSerializer,
    SavedRatingSerializer,
    StarsSerializer,
    WatchlistEntrySerializer,
)
from movies.models import Dismissal, Rating, WatchlistEntry
from movies.services.lists import (
    add_to_watchlist,
    dismiss_movie,
    remove_from_watchlist,
    restore_movie,
)
from movies.services.ratings import rate_movie, remove_rating

NOT_RATED = "You have not rated this movie."


class OwnListView(ListAPIView[Any]):
    """A list of the person's own, latest first; hidden movies are left out."""

    every: ClassVar[QuerySet[Any]]
    time_field: ClassVar[str]

    def get_queryset(self) -> QuerySet[Any]:
        mine = self.every.filter(user=signed_in(self.request), movie__is_hidden=False)
        return mine.select_related("movie").order_by(f"-{self.time_field}", "-pk")


@extend_schema_view(
    get=extend_schema(
        operation_id="list_my_ratings",
        summary="What I have rated, latest first",
        parameters=[PlaceSerializer],
        tags=["my ratings"],
    )
)
class MyRatingsView(OwnListView):
    every = Rating.objects.all()
    time_field = "rated_at"
    serializer_class = RatedMovieSerializer


@extend_schema_view(
    get=extend_schema(
        operation_id="list_my_watchlist",
        summary="What I mean to see, latest first",
        parameters=[PlaceSerializer],
        tags=["my lists"],
    )
)
class MyWatchlistView(OwnListView):
    every = WatchlistEntry.objects.all()
    time_field = "added_at"
    serializer_class = WatchlistEntrySerializer


@extend_schema_view(
    get=extend_schema(
        operation_id="list_my_dismissals",
        summary="What I do not want recommended, latest first",
        parameters=[PlaceSerializer],
        tags=["my lists"],
    )
)
class MyDismissalsView(OwnListView):
    every = Dismissal.objects.all()
    time_field = "dismissed_at"
    serializer_class = DismissalSerializer


@extend_schema(tags=["my ratings"])
class MyRatingView(APIView):
    """One rating of the person's own. Sending the same twice comes to the same."""

    @extend_schema(
        operation_id="read_my_rating",
        summary="My rating of a movie",
        responses=OwnRatingSerializer,
    )
    def get(self, request: Request, movie_id: int) -> Response:
        mine = Rating.objects.filter(user=signed_in(request), movie__is_hidden=False)
        rating = mine.filter(movie_id=movie_id).first()
        if rating is None:
            raise NotFound(NOT_RATED)
        return Response(OwnRatingSerializer(rating).data)

    @extend_schema(
        operation_id="rate_movie",
        summary="Rate a movie, or change my rating",
        request=StarsSerializer,
        responses=SavedRatingSerializer,
    )
    def put(self, request: Request, movie_id: int) -> Response:
        sent = StarsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        stars = sent.validated_data["rating"]
        outcome = rate_movie(user=signed_in(request), movie_id=movie_id, stars=stars)
        return Response(SavedRatingSerializer(outcome).data)

    @extend_schema(
        operation_id="remove_my_rating",
        summary="Take my rating back; it is well if there is none",
        responses={204: None},
    )
    def delete(self, request: Request, movie_id: int) -> Response:
        remove_rating(user=signed_in(request), movie_id=movie_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["my lists"])
class MyWatchlistEntryView(APIView):
    """One movie on the watchlist. Sending the same twice comes to the same."""

    @extend_schema(
        operation_id="add_to_my_watchlist",
        summary="Put a movie on my watchlist",
        request=None,
        responses=ListedSerializer,
    )
    def put(self, request: Request, movie_id: int) -> Response:
        revision = add_to_watchlist(user=signed_in(request), movie_id=movie_id)
        return Response({"movie_id": movie_id, "profile_revision": revision})

    @extend_schema(
        operation_id="remove_from_my_watchlist",
        summary="Take a movie off my watchlist; it is well if it is not there",
        responses={204: None},
    )
    def delete(self, request: Request, movie_id: int) -> Response:
        remove_from_watchlist(user=signed_in(request), movie_id=movie_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["my lists"])
class MyDismissalView(APIView):
    """One dismissed movie. Sending the same twice comes to the same."""

    @extend_schema(
        operation_id="dismiss_movie",
        summary="Never recommend me this movie",
        request=None,
        responses=ListedSerializer,
    )
    def put(self, request: Request, movie_id: int) -> Response:
        revision = dismiss_movie(user=signed_in(request), movie_id=movie_id)
        return Response({"movie_id": movie_id, "profile_revision": revision})

    @extend_schema(
        operation_id="restore_movie",
        summary="Let a movie be recommended again; it is well if it always could",
        responses={204: None},
    )
    def delete(self, request: Request, movie_id: int) -> Response:
        restore_movie(user=signed_in(request), movie_id=movie_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
