"""The catalogue for those who look after it."""

from movies.admin import catalogue, feedback, people, tags

__all__ = ["catalogue", "feedback", "people", "tags"]
