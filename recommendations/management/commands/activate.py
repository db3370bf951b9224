"""Let a model version serve."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.errors import VersionNotServableError
from recommendations.services.registry import activate_version


class Command(BaseCommand):
    """Check a version's artefact and move the pointer to it."""

    requires_system_checks = ()  # they load every page, and whoever goes back is in a hurry
    help = "Let a model version serve, once its artefact has been checked."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the version's number."""
        parser.add_argument("version", type=int)

    def handle(self, *_args: Any, version: int, **_options: Any) -> None:
        """Activate, and say what serves now."""
        try:
            active = activate_version(number=version)
        except VersionNotServableError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"version {active.number} is active"))
