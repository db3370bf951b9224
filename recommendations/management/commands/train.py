"""Train a model version by hand."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.engine.models import build_model, recipe_of
from recommendations.engine.models.hybrid import Hybrid
from recommendations.errors import RecommendationsError
from recommendations.services.training import train_version


class Command(BaseCommand):
    """Fit the hybrid on everything the site knows and let it serve, if it is no worse."""

    help = (
        "Fit the served model on all ratings, judge it beside what serves, write it as a new "
        "version and activate it unless it is worse with 95 % confidence."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --no-activate and --recipe."""
        parser.add_argument(
            "--no-activate", action="store_true", help="keep the version ready, but do not serve it"
        )
        parser.add_argument(
            "--recipe",
            type=Path,
            help="a JSON file with a recipe to try in place of the served one",
        )

    def handle(self, *_args: Any, no_activate: bool, recipe: Path | None, **_options: Any) -> None:
        """Train, and say what happened."""
        try:
            version = train_version(
                activate=not no_activate,
                recipe=None if recipe is None else _read_recipe(recipe),
                report=self.stdout.write,
            )
        except RecommendationsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"version {version.number}: {version.state}"))


def _read_recipe(path: Path) -> dict[str, Any]:
    """Return the recipe in a file; raise CommandError unless it is one that can be served."""
    try:
        recipe: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        model = build_model(recipe)
        model.check_hyperparameters()
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise CommandError(f"{path} is not a recipe: {error}") from error
    if not isinstance(model, Hybrid):
        raise CommandError(f"{path} is a recipe of {model.name}; only a hybrid can be served.")
    return recipe_of(model)
