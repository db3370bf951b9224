"""Verify the artefacts on this machine."""

from typing import Any

from django.core.management.base import BaseCommand

from recommendations.services.scrubbing import scrub_artefacts


class Command(BaseCommand):
    """Read every byte of the models on this machine; fetch anew what is damaged."""

    help = "Verify the checksums of the models on this machine and fetch anew what is damaged."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Scrub, and say how many were damaged."""
        damaged = scrub_artefacts()
        style = self.style.WARNING if damaged else self.style.SUCCESS
        self.stdout.write(style(f"{damaged} damaged"))
