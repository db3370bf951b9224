"""Models in service."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class RecommendationsConfig(AppConfig):
    """Training, registry, serving, cached lists and the pages that show them."""

    name = "recommendations"

    def ready(self) -> None:
        from accounts.services.personal_data import register_personal_data  # noqa: PLC0415
        from config.later import later  # noqa: PLC0415
        from movies.services.predictions import register_predictor  # noqa: PLC0415
        from movies.signals import profile_changed  # noqa: PLC0415
        from recommendations.checks import check_what_trains  # noqa: PLC0415
        from recommendations.services import personal_data  # noqa: PLC0415
        from recommendations.signals import version_activated  # noqa: PLC0415

        register(check_what_trains, Tags.files, deploy=True)
        # These load the engine, half a second of it, which most commands do not need.
        receivers = "recommendations.receivers"
        profile_changed.connect(later(f"{receivers}.refresh_after_change"), weak=False)
        version_activated.connect(later(f"{receivers}.make_lists_by_new_version"), weak=False)
        register_predictor(later("recommendations.services.prediction.predict_stars"))
        register_personal_data(
            name="recommendations",
            export=personal_data.export_lists,
            erase=personal_data.erase_lists,
        )
