"""The trainer of this site: the engine on this machine, in a process of its own."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from recommendations.engine import artefacts
from recommendations.engine.interactions import Interactions
from recommendations.engine.models import build_model, recipe_of
from recommendations.engine.progress import listening
from recommendations.services.forked import Tell, run_forked
from recommendations.services.judging import judge_recipes
from recommendations.services.progress import Watch
from recommendations.services.trainer import Evaluation, Fitted, Recipe
from recommendations.services.trainer_state import keeping_state


class ForkedTrainer:
    """The engine on this machine, in a process of its own."""

    def judge(
        self, interactions: Interactions, *, candidate: Recipe, rival: Recipe | None, watch: Watch
    ) -> Evaluation:
        """Judge in a forked process."""

        def work(tell: Tell) -> dict[str, Any]:
            with listening(tell):
                return asdict(judge_recipes(interactions, candidate=candidate, rival=rival))

        return Evaluation(**run_forked(work, watch=watch, hours=settings.TRAINING_HOURS))

    def fit(
        self, interactions: Interactions, *, recipe: Recipe, directory: Path, watch: Watch
    ) -> Fitted:
        """Fit and write in a forked process."""

        def work(tell: Tell) -> dict[str, Any]:
            with listening(tell):
                return asdict(fit_and_save(interactions, recipe=recipe, directory=directory))

        return Fitted(**run_forked(work, watch=watch, hours=settings.TRAINING_HOURS))


def fit_and_save(interactions: Interactions, *, recipe: Recipe, directory: Path) -> Fitted:
    """Fit a recipe, write its artefact, and keep what increments of it start from."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with keeping_state(directory.name) as state:
        model = build_model(recipe).fit(interactions)
        sha256 = artefacts.save(model, directory)
        artefacts.load(directory)  # what could not serve must not come to be served
        state.finish(artefact_sha256=sha256, interactions=interactions)
    return Fitted(recipe=recipe_of(model), counts=asdict(model.training_))
