"""Movies that are close to a movie."""

import numpy as np

from movies.errors import MovieNotFoundError
from movies.models import Movie
from movies.services.curation import read_curation_revision
from movies.services.shelves import shelf_keeper
from recommendations.engine.models.hybrid import Hybrid
from recommendations.services.closeness import closest_allowed
from recommendations.services.personal import served_model_or_none


def similar_movie_ids(*, movie_id: int, limit: int) -> list[int]:
    """Return the visible movies closest to one, closest first, by the model or else by genre."""
    movie = Movie.objects.visible().filter(pk=movie_id).first()
    if movie is None:
        raise MovieNotFoundError(movie_id)
    served = served_model_or_none()
    index = find_index(movie_id, served.model) if served else None
    if served is None or index is None:
        return alike_by_genre(movie, limit=limit)
    indices = closest_indices(index, model=served.model, limit=limit)
    movie_ids: list[int] = served.model.known_items.ids[indices].tolist()
    return movie_ids


def find_index(movie_id: int, model: Hybrid) -> int | None:
    """Return the model's index of a movie; None for one it has not seen."""
    indices, is_known = model.known_items.find([movie_id])
    return int(indices[0]) if is_known[0] else None


def closest_indices(index: int, *, model: Hybrid, limit: int) -> list[int]:
    """Return the indices of the visible movies closest to one, closest first."""
    allowed = np.ones(model.n_items, dtype=np.bool_)
    hidden = shelf_keeper.get(curation_revision=read_curation_revision()).hidden
    hidden_indices, is_known = model.known_items.find(list(hidden))
    allowed[hidden_indices[is_known]] = False
    indices: list[int] = closest_allowed(model, index, limit, allowed=allowed).indices.tolist()
    return indices


def alike_by_genre(movie: Movie, *, limit: int) -> list[int]:
    """Return visible movies that share a genre with one, most rated first."""
    alike = Movie.objects.visible().filter(genres__in=movie.genres.all()).exclude(pk=movie.pk)
    most_rated = alike.distinct().most_rated_first()
    return list(most_rated.values_list("pk", flat=True)[:limit])
