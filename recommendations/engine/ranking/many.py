"""What is got ready before the lists of many people are made."""

from collections.abc import Iterator
from contextlib import contextmanager

from scipy import sparse

from recommendations.engine.base import Recommender
from recommendations.engine.models.ease import EaseLayer
from recommendations.engine.models.sequence import Sequence
from recommendations.engine.models.weight_columns import turned
from recommendations.engine.ranking.features import components_of


@contextmanager
def weights_by_column(model: Recommender) -> Iterator[None]:
    """Keep the sparse weights of a model by column too, for as long as lists of many are made."""
    weights = [
        component.weights_
        for component in components_of(model)
        if isinstance(component, EaseLayer | Sequence)
    ]
    with turned(each for each in weights if sparse.issparse(each)):
        yield
