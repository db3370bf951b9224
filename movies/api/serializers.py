"""What programs get to see of the catalogue."""

from typing import Any

from rest_framework import serializers

from movies.api.fields import StarsField
from movies.models import Credit, Movie, Rating
from movies.services.naming import NamedMovie


class OuterIdsSerializer(serializers.Serializer[Any]):
    """What others call the movie."""

    movielens = serializers.IntegerField(source="movielens_id", allow_null=True)
    imdb = serializers.SerializerMethodField()
    tmdb = serializers.IntegerField(source="tmdb_id", allow_null=True)

    def get_imdb(self, movie: Movie) -> str | None:
        return movie.imdb_code or None


class MovieReferenceSerializer(serializers.Serializer[Any]):
    """Just enough to know which movie is meant."""

    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    ids = OuterIdsSerializer(source="*")


def refer_to(movie: NamedMovie) -> dict[str, Any]:
    """Return what `MovieReferenceSerializer` does, in a fraction of the time."""
    return {
        "id": movie.pk,
        "title": movie.title,
        "year": movie.year,
        "ids": {
            "movielens": movie.movielens_id,
            "imdb": movie.imdb_code or None,
            "tmdb": movie.tmdb_id,
        },
    }


class MovieSerializer(MovieReferenceSerializer):
    """A movie as it stands in lists."""

    original_title = serializers.CharField()
    runtime_minutes = serializers.IntegerField(allow_null=True)
    language = serializers.CharField(help_text="ISO 639-1; empty where it is not known.")
    genres = serializers.SerializerMethodField(help_text="Slugs.")
    directors = serializers.ListField(
        child=serializers.CharField(), source="director_names", read_only=True
    )
    rating_count = serializers.IntegerField(source="stats.rating_count")
    mean_rating = serializers.FloatField(
        source="stats.mean", allow_null=True, help_text="In stars, over all ratings."
    )
    page_url = serializers.CharField(source="get_absolute_url")
    poster_url = serializers.CharField()

    def get_genres(self, movie: Movie) -> list[str]:
        return [genre.slug for genre in movie.genres.all()]


class CastMemberSerializer(serializers.Serializer[Credit]):
    """Somebody who acted in the movie."""

    name = serializers.CharField(source="person.name")
    character = serializers.CharField()


class MovieDetailSerializer(MovieSerializer):
    """A movie with all that is known about it."""

    alternative_titles = serializers.SerializerMethodField()
    overview = serializers.CharField()
    tagline = serializers.CharField()
    certification = serializers.CharField()
    release_date = serializers.DateField(allow_null=True)
    keywords = serializers.ListField(child=serializers.CharField())
    cast = CastMemberSerializer(source="cast_credits", many=True)
    rating_histogram = serializers.ListField(
        child=serializers.IntegerField(),
        source="stats.histogram",
        min_length=10,
        max_length=10,
        help_text="How many gave 0.5, 1, … 5 stars.",
    )

    def get_alternative_titles(self, movie: Movie) -> list[str]:
        return [alternative.title for alternative in movie.alternative_titles.all()]


class StarsSerializer(serializers.Serializer[Any]):
    """What somebody thinks of a movie."""

    rating = StarsField()


class OwnRatingSerializer(serializers.Serializer[Rating]):
    """A rating of one's own."""

    movie_id = serializers.IntegerField()
    rating = StarsField(source="stars")
    rated_at = serializers.DateTimeField()


class SavedRatingSerializer(serializers.Serializer[Any]):
    """A rating that was just saved, and the revision of the profile that includes it."""

    movie_id = serializers.IntegerField(source="rating.movie_id")
    rating = StarsField(source="rating.stars")
    rated_at = serializers.DateTimeField(source="rating.rated_at")
    profile_revision = serializers.IntegerField()


class RatedMovieSerializer(serializers.Serializer[Rating]):
    """A rating of one's own in the list of all of them."""

    movie = MovieReferenceSerializer()
    rating = StarsField(source="stars")
    rated_at = serializers.DateTimeField()


class WatchlistEntrySerializer(serializers.Serializer[Any]):
    """A movie that somebody means to see."""

    movie = MovieReferenceSerializer()
    added_at = serializers.DateTimeField()


class DismissalSerializer(serializers.Serializer[Any]):
    """A movie that somebody does not want recommended."""

    movie = MovieReferenceSerializer()
    dismissed_at = serializers.DateTimeField()


class ListedSerializer(serializers.Serializer[Any]):
    """The movie that stands on the list now, and the revision of the profile that includes it."""

    movie_id = serializers.IntegerField()
    profile_revision = serializers.IntegerField()
