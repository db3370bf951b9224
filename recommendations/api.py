"""Recommendations for programs: what a person might like, why, and what is like a movie."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import signed_in
from config.pagination import MOST_ROWS, PlaceSerializer, StrictPagination
from movies.api.serializers import MovieReferenceSerializer, MovieSerializer, refer_to
from movies.models import Movie
from recommendations.services.explained import explain_recommendation
from recommendations.services.neighbours import similar_movie_ids
from recommendations.services.recommended import (
    RecommendationReason,
    Recommendations,
    recommend_for,
)


class CitedRatingSerializer(serializers.Serializer[Any]):
    """A rating of one's own that a reason speaks of."""

    id = serializers.IntegerField(source="movie.pk", help_text="The movie's id.")
    title = serializers.CharField(source="movie.title")
    rating = serializers.FloatField(source="stars")


class ReasonSerializer(serializers.Serializer[Any]):
    """Why a movie is recommended; only what the score did use."""

    kind = serializers.ChoiceField(choices=["rated", "acclaimed", "guess"])
    text = serializers.CharField(help_text="One sentence for people.")
    movies = CitedRatingSerializer(source="cited", many=True)


class RecommendationSerializer(serializers.Serializer[Any]):
    """A movie that somebody might like."""

    movie = MovieReferenceSerializer()
    rank = serializers.IntegerField(help_text="Counts from 1.")
    score = serializers.FloatField(help_text="Comparable within this list only.")
    predicted_rating = serializers.FloatField(allow_null=True, help_text="In stars.")
    reasons = ReasonSerializer(many=True)


class RecommendationsSerializer(serializers.Serializer[Any]):
    """Part of a person's list, and what the list was made from."""

    model_version = serializers.IntegerField(
        allow_null=True,
        help_text="Null before the first model; the list is then of acclaimed films.",
    )
    profile_revision = serializers.IntegerField()
    generated_at = serializers.DateTimeField()
    count = serializers.IntegerField(help_text="How many there are in all.")
    results = RecommendationSerializer(many=True)


class PartSerializer(serializers.Serializer[Any]):
    """One summand."""

    name = serializers.CharField()
    value = serializers.FloatField()
    constant = serializers.FloatField(help_text="The share of the value that no rating gave.")


class ContributionSerializer(serializers.Serializer[Any]):
    """What the ratings of and looks at one movie gave to the score."""

    movie_id = serializers.IntegerField()
    rating = serializers.FloatField(allow_null=True, help_text="One's own; null for looks only.")
    value = serializers.FloatField()


class MoveSerializer(serializers.Serializer[Any]):
    """A rule that changed the movie's place, never its score."""

    from_rank = serializers.IntegerField(source="from_place")
    to_rank = serializers.IntegerField(source="to_place")
    why = serializers.CharField()


class ExplainedStarsSerializer(serializers.Serializer[Any]):
    """Predicted stars, and the parts that sum to them."""

    value = serializers.FloatField()
    parts = PartSerializer(many=True)


class AccountSerializer(serializers.Serializer[Any]):
    """A score and the parts that sum to it, as if one had not rated the movie."""

    movie = MovieReferenceSerializer()
    model_version = serializers.IntegerField()
    profile_revision = serializers.IntegerField()
    own_rating = serializers.FloatField(allow_null=True)
    rank = serializers.IntegerField(
        allow_null=True, help_text="In the recommendations; null where it is not among them."
    )
    score = serializers.FloatField(help_text="The sum of the parts' values.")
    parts = PartSerializer(many=True)
    contributions = ContributionSerializer(
        many=True,
        help_text="They sum to the parts' values without their constants; the largest first.",
    )
    moves = MoveSerializer(many=True)
    predicted_rating = ExplainedStarsSerializer(source="stars")


def as_plain(recommendations: Recommendations) -> dict[str, Any]:
    """Return what `RecommendationsSerializer` does, in a fraction of the time."""
    return {
        "model_version": recommendations.model_version,
        "profile_revision": recommendations.profile_revision,
        "generated_at": recommendations.generated_at,
        "count": recommendations.count,
        "results": [
            {
                "movie": refer_to(each.movie),
                "rank": each.rank,
                "score": each.score,
                "predicted_rating": each.predicted_rating,
                "reasons": [_plain_reason(reason) for reason in each.reasons],
            }
            for each in recommendations.results
        ],
    }


def _plain_reason(reason: RecommendationReason) -> dict[str, Any]:
    return {
        "kind": reason.kind,
        "text": reason.text,
        "movies": [
            {"id": each.movie.pk, "title": each.movie.title, "rating": each.stars}
            for each in reason.cited
        ],
    }


class MyRecommendationsView(APIView):
    @extend_schema(
        operation_id="list_my_recommendations",
        summary="What I might like, best first",
        parameters=[PlaceSerializer],
        responses=RecommendationsSerializer,
        tags=["my recommendations"],
    )
    def get(self, request: Request) -> Response:
        place = PlaceSerializer(data=request.query_params)
        place.is_valid(raise_exception=True)
        recommendations = recommend_for(user=signed_in(request), **place.validated_data)
        return Response(as_plain(recommendations))


class MyExplanationView(APIView):
    @extend_schema(
        operation_id="explain_recommendation",
        summary="What a movie's score for me is made of",
        responses=AccountSerializer,
        tags=["my recommendations"],
    )
    def get(self, request: Request, movie_id: int) -> Response:
        account = explain_recommendation(user=signed_in(request), movie_id=movie_id)
        return Response(AccountSerializer(account).data)


class SimilarMoviesView(APIView):
    permission_classes = (AllowAny,)
    pagination_class = StrictPagination

    @extend_schema(
        operation_id="list_similar_movies",
        summary="Movies close to a movie, closest first",
        parameters=[PlaceSerializer],
        responses=MovieSerializer(many=True),
        tags=["movies"],
    )
    def get(self, request: Request, movie_id: int) -> Response:
        pages = StrictPagination()
        similar_ids = similar_movie_ids(movie_id=movie_id, limit=MOST_ROWS)
        movie_ids = pages.paginate_queryset(similar_ids, request)
        movies = Movie.objects.visible().for_cards().in_bulk(movie_ids)
        shown = [movies[each] for each in movie_ids if each in movies]
        return pages.get_paginated_response(MovieSerializer(shown, many=True).data)
