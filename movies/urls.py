"""Addresses of the catalogue."""

from django.urls import path

from movies.views import actions, browse, lists, people, posters, ratings, suggestions

app_name = "movies"
urlpatterns = [
    path("movies/", browse.browse, name="browse"),
    path("movies/suggestions/", suggestions.suggestions, name="suggestions"),
    path("movies/<int:movie_id>/rating/", actions.rate, name="rate"),
    path("movies/<int:movie_id>/watchlist/", actions.watchlist, name="watchlist-toggle"),
    path("movies/<int:movie_id>/dismissal/", actions.dismissal, name="dismissal"),
    path("posters/<int:movie_id>-<slug:content_hash>.svg", posters.poster, name="poster"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("ratings/", ratings.my_ratings, name="my-ratings"),
    path("watchlist/", lists.my_watchlist, name="my-watchlist"),
    path("rate/", ratings.rate_a_few, name="rate-a-few"),
]
