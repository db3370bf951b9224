"""Models in service."""

from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    """Training, registry, serving, cached lists and the pages that show them."""

    name = "recommendations"

    def ready(self) -> None:
        from recommendations import receivers  # noqa: F401, PLC0415
