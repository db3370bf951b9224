"""The catalogue and what people do with it."""

from django.apps import AppConfig


class MoviesConfig(AppConfig):
    """Movies, people, genres, tags, ratings, events, lists, search, importers and curation."""

    name = "movies"
