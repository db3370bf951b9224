"""Addresses of the pages that show recommendations."""

from django.urls import path

from recommendations.views import home, how_it_works, movie

movie_urlpatterns = [
    path("movies/<int:movie_id>/", movie.movie, name="detail"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("picks/", home.picks, name="picks"),
    path("how-it-works/", how_it_works.how_it_works, name="how-it-works"),
]
