"""Go back to the model version that served before."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommendations.errors import VersionNotServableError
from recommendations.services.registry import rollback_version


class Command(BaseCommand):
    """Activate the version that served before the active one and its increments."""

    requires_system_checks = ()  # they load every page, and whoever goes back is in a hurry
    help = "Let the version serve that served before the active one and its increments."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Roll back, and say what serves now."""
        try:
            active = rollback_version()
        except VersionNotServableError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"version {active.number} is active"))
