"""Count what people did since the last training, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommendations.errors import RecommendationsError
from recommendations.services.increments import make_increment


class Command(BaseCommand):
    """Make and activate an increment of the version that serves."""

    help = "Bring the served model up to date with new ratings and movies, without a training."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make one, and say what serves now."""
        try:
            version = make_increment(report=self.stdout.write)
        except RecommendationsError as error:
            raise CommandError(str(error)) from error
        if version is None:
            self.stdout.write("nothing has changed since the active version was made")
            return
        self.stdout.write(self.style.SUCCESS(f"version {version.number} is active"))
