"""A training that takes a second: nobody judges, and few factors are learned in few rounds."""

from recommendations.engine.models import recipe_of
from recommendations.services import training
from recommendations.services.trainer import Evaluation
from recommendations.services.trainers import ForkedTrainer
from tests.recommendations.engine.increments.worlds import quick_hybrid
from tests.two_camps import Camps, build_two_camps


def quick_recipe() -> dict:
    return recipe_of(quick_hybrid())


def build_quick_camps(settings, monkeypatch) -> Camps:
    """Let a test train quickly from now on, and build its two camps so."""
    settings.TRAINER = "tests.quick_training.QuickTrainer"
    monkeypatch.setattr(training, "served_recipe", quick_recipe)
    return build_two_camps()


class QuickTrainer(ForkedTrainer):
    """Find nothing to compare."""

    def judge(self, interactions, *, candidate, rival, watch):
        return Evaluation(note="not compared")
