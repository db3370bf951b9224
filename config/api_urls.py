"""Every address of the API."""

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.cache import never_cache
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.api import MeView
from config.openapi import SCHEMA_RENDERERS
from movies.api import movies, own
from recommendations import api as recommended

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(renderer_classes=SCHEMA_RENDERERS), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("movies/", movies.MovieListView.as_view(), name="movies"),
    path("movies/<int:movie_id>/", movies.MovieView.as_view(), name="movie"),
    path(
        "movies/<int:movie_id>/similar/",
        recommended.SimilarMoviesView.as_view(),
        name="similar-movies",
    ),
    path("me/", never_cache(MeView.as_view()), name="me"),
    path("me/ratings/", never_cache(own.MyRatingsView.as_view()), name="my-ratings"),
    path("me/ratings/<int:movie_id>/", never_cache(own.MyRatingView.as_view()), name="my-rating"),
    path("me/watchlist/", never_cache(own.MyWatchlistView.as_view()), name="my-watchlist"),
    path(
        "me/watchlist/<int:movie_id>/",
        never_cache(own.MyWatchlistEntryView.as_view()),
        name="my-watchlist-entry",
    ),
    path("me/dismissals/", never_cache(own.MyDismissalsView.as_view()), name="my-dismissals"),
    path(
        "me/dismissals/<int:movie_id>/",
        never_cache(own.MyDismissalView.as_view()),
        name="my-dismissal",
    ),
    path(
        "me/recommendations/",
        never_cache(recommended.MyRecommendationsView.as_view()),
        name="my-recommendations",
    ),
    path(
        "me/recommendations/<int:movie_id>/explanation/",
        never_cache(recommended.MyExplanationView.as_view()),
        name="my-explanation",
    ),
]
