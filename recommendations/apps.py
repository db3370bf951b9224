"""Models in service."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class RecommendationsConfig(AppConfig):
    """Training, registry, serving, cached lists and the pages that show them."""

    name = "recommendations"

    def ready(self) -> None:
        from accounts.services.personal_data import register_personal_data  # noqa: PLC0415
        from movies.services.predictions import register_predictor  # noqa: PLC0415
        from recommendations import receivers  # noqa: F401, PLC0415
        from recommendations.checks import check_what_trains  # noqa: PLC0415
        from recommendations.services import personal_data  # noqa: PLC0415
        from recommendations.services.prediction import predict_stars  # noqa: PLC0415

        register(check_what_trains, Tags.files, deploy=True)
        register_predictor(predict_stars)
        register_personal_data(
            name="recommendations",
            export=personal_data.export_lists,
            erase=personal_data.erase_lists,
        )
