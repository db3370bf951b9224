"""What a fitted model and a history let re-ranking and exploration know."""

from functools import partial

import numpy as np

from recommendations.engine.arrays import FloatArray
from recommendations.engine.base import Recommender
from recommendations.engine.history import History
from recommendations.engine.models.als import Als
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.exploration import Posterior, fold_in_posterior
from recommendations.engine.ranking.features import components_of, features_of
from recommendations.engine.ranking.plan import Knowledge, ListPlan, Taste


def knowledge_for(
    model: Recommender, history: History, scores: FloatArray, *, plan: ListPlan
) -> Knowledge:
    """Return what this plan needs to know, and nothing that costs time without being used.

    `scores` are those of the history, shape (n_items,). Raises `UnsupportedError` for a model
    without content where the plan needs it.
    """
    if plan == ListPlan():
        return Knowledge()
    return Knowledge(
        features=features_of(model),
        usual=model.usual_scores if isinstance(model, Hybrid) and plan.standouts else None,
        taste=partial(_taste, model, history, scores) if plan.exploration_places else None,
    )


def _taste(model: Recommender, history: History, scores: FloatArray) -> Taste:
    """Return the posterior of the factors, or that of liking genres beside the score."""
    for component in components_of(model):
        if isinstance(component, Als):
            mean, covariance = component.fold_in(history)
            return Taste(
                posterior=Posterior(mean=mean, covariance=covariance),
                item_vectors=component.item_vectors_,
            )
    vectors = features_of(model).genre_vectors
    deviation = float(scores.std()) or 1.0
    return Taste(
        posterior=fold_in_posterior(history, vectors),
        item_vectors=vectors,
        offsets=np.asarray(scores / deviation),
    )
