"""What fits and judges models: ratings in, artefact out.

Everything around it (reading, gate, storage, activation) knows this interface alone, so that the
work can be given to another engine or another machine: `settings.TRAINER` names the class. It is
loaded where something is trained, so that nobody else waits for it or has it in memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from recommendations.engine.interactions import Interactions
from recommendations.services.progress import Watch

Recipe = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What a recipe scored, beside the baselines and beside the recipe that serves.

    All are values of JSON. `metrics` is what the public page shows, empty where nobody can be
    judged. `setting` says on whom and what. `difference` is by how much the candidate is above the
    rival, with its 95 % interval; None where the two were not compared, and `note` says why.
    """

    metrics: dict[str, Any] = field(default_factory=dict)
    setting: dict[str, Any] = field(default_factory=dict)
    difference: dict[str, float] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """What was written: the recipe as it was fitted, and how much it has seen."""

    recipe: Recipe
    counts: Mapping[str, Any]


class Trainer(Protocol):
    """Fit and judge recipes; `watch` hears how far that is and stops it by raising."""

    def judge(
        self, interactions: Interactions, *, candidate: Recipe, rival: Recipe | None, watch: Watch
    ) -> Evaluation:
        """Return how the candidate does on ratings it has not seen, beside the rival's recipe."""

    def fit(
        self, interactions: Interactions, *, recipe: Recipe, directory: Path, watch: Watch
    ) -> Fitted:
        """Fit a recipe on everything and write its artefact into a directory that is not there."""


def configured_trainer() -> Trainer:
    """Return the trainer that the settings name."""
    trainer: Trainer = import_string(settings.TRAINER)()
    return trainer
