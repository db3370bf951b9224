"""Models in service."""

from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    """Training, registry, serving, cached lists and the pages that show them."""

    name = "recommendations"

    def ready(self) -> None:
        from movies.services.predictions import register_predictor  # noqa: PLC0415
        from recommendations import receivers  # noqa: F401, PLC0415
        from recommendations.services.prediction import predict_stars  # noqa: PLC0415

        register_predictor(predict_stars)
