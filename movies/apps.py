"""The catalogue and what people do with it."""

from django.apps import AppConfig


class MoviesConfig(AppConfig):
    """Movies, people, genres, tags, ratings, events, lists, search, importers and curation."""

    name = "movies"

    def ready(self) -> None:
        from accounts.services.personal_data import register_personal_data  # noqa: PLC0415
        from movies import receivers  # noqa: F401, PLC0415
        from movies.services import personal_data  # noqa: PLC0415

        register_personal_data(
            name="movies",
            export=personal_data.export_feedback,
            erase=personal_data.erase_feedback,
        )
