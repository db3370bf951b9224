"""Addresses of the pages that show recommendations."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
