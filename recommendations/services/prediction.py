"""Expected stars of a few movies for one person."""

from collections.abc import Mapping, Sequence

from accounts.models import User
from recommendations.engine.history import History
from recommendations.services.histories import read_history
from recommendations.services.personal import served_model_or_none


def predict_stars(user: User | None, movie_ids: Sequence[int]) -> Mapping[int, float]:
    """Return the stars that a person, or somebody unknown, would give, by movie id.

    Movies that the model does not know are left out; without a model, all are.
    """
    served = served_model_or_none()
    if served is None:
        return {}
    items = served.model.known_items
    history = read_history(user=user, items=items).history if user else History()
    indices, is_known = items.find(movie_ids)
    stars = served.model.predict(history, indices[is_known])
    known_ids = items.ids[indices[is_known]]
    return dict(zip(known_ids.tolist(), stars.round(3).tolist(), strict=True))
