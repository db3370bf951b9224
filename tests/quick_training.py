"""A training that takes a second: nobody judges, and few factors are learned in few rounds."""

from recommendations.engine.models import recipe_of
from recommendations.services.trainer import Evaluation
from recommendations.services.trainers import ForkedTrainer
from tests.recommendations.engine.increments.worlds import quick_hybrid


def quick_recipe() -> dict:
    return recipe_of(quick_hybrid())


class QuickTrainer(ForkedTrainer):
    """Find nothing to compare."""

    def judge(self, interactions, *, candidate, rival, watch):
        return Evaluation(note="not compared")
