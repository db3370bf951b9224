"""Train a model version by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.errors import RecommendationsError
from recommendations.services.training import train_version


class Command(BaseCommand):
    """Fit the hybrid on everything the site knows and let it serve."""

    help = "Fit the served model on all ratings, write it as a new version and activate it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --no-activate."""
        parser.add_argument(
            "--no-activate", action="store_true", help="keep the version ready, but do not serve it"
        )

    def handle(self, *_args: Any, no_activate: bool, **_options: Any) -> None:
        """Train, and say what happened."""
        try:
            version = train_version(activate=not no_activate, report=self.stdout.write)
        except RecommendationsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"version {version.number}: {version.state}"))
