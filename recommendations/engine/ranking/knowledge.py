"""What a fitted model and a history let re-ranking and exploration know."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from recommendations.engine.arrays import Float32Array
from recommendations.engine.base import Recommender
from recommendations.engine.history import History
from recommendations.engine.models.als import Als
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.exploration import Posterior, fold_in_posterior
from recommendations.engine.ranking.features import ItemFeatures, components_of, features_of
from recommendations.engine.ranking.plan import ListPlan
from recommendations.engine.ranking.standouts import UsualScores


@dataclass(frozen=True, kw_only=True, eq=False)
class Taste:
    """What exploration draws from: a posterior over the space of `item_vectors`, (n_items, d).

    If it `adds_to_scores`, a draw is added to an item's score over the deviation of all scores.
    """

    posterior: Posterior
    item_vectors: Float32Array
    adds_to_scores: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Knowledge:
    """What re-ranking may use; a part of a plan that lacks what it needs does nothing.

    `taste` is called only if there is a place to explore.
    """

    features: ItemFeatures | None = None
    usual: UsualScores | None = None
    taste: Callable[[], Taste] | None = None


def knowledge_for(model: Recommender, history: History, *, plan: ListPlan) -> Knowledge:
    """Return what this plan needs to know, and nothing that costs time without being used.

    Raises `UnsupportedError` for a model without content where the plan needs it.
    """
    if plan == ListPlan():
        return Knowledge()
    return Knowledge(
        features=features_of(model),
        usual=model.usual_scores if isinstance(model, Hybrid) and plan.standouts else None,
        taste=partial(_taste, model, history) if plan.exploration_places else None,
    )


def _taste(model: Recommender, history: History) -> Taste:
    """Return the posterior of the factors, or that of liking genres beside the score."""
    for component in components_of(model):
        if isinstance(component, Als):
            mean, covariance = component.fold_in(history)
            return Taste(
                posterior=Posterior(mean=mean, covariance=covariance),
                item_vectors=component.item_vectors_,
            )
    vectors = features_of(model).genre_vectors
    return Taste(
        posterior=fold_in_posterior(history, vectors), item_vectors=vectors, adds_to_scores=True
    )
