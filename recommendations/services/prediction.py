"""Expected stars of a few movies for one viewer."""

from collections.abc import Mapping, Sequence

from movies.guests import Viewer
from recommendations.services.histories import viewer_history
from recommendations.services.personal import served_model_or_none


def predict_stars(viewer: Viewer, movie_ids: Sequence[int]) -> Mapping[int, float]:
    """Return the stars that somebody would give, by movie id.

    Movies that the model does not know are left out; without a model, all are.
    """
    served = served_model_or_none()
    if served is None:
        return {}
    items = served.model.known_items
    history = viewer_history(viewer=viewer, items=items).history
    indices, is_known = items.find(movie_ids)
    stars = served.model.predict(history, indices[is_known])
    known_ids = items.ids[indices[is_known]]
    return dict(zip(known_ids.tolist(), stars.round(3).tolist(), strict=True))
