"""Items that came after the fit: scored as items nobody has rated, by their content.

They stand behind all others. What a fit learned is not touched, so this takes milliseconds, and
any two processes that take in the same items score them alike.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommendations.engine.arrays import AnyArray, BoolArray, Float32Array, FloatArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import InvalidInteractionsError
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.models.als import Als
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.content import Content
from recommendations.engine.models.ease import EaseLayer
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.popularity import Popularity
from recommendations.engine.models.products import divide
from recommendations.engine.models.returns import Returns
from recommendations.engine.models.sequence import PRIOR_COUNT, Sequence
from recommendations.engine.models.stack import Stack
from recommendations.engine.models.star_members import StarMember
from recommendations.engine.models.stars import Stars
from recommendations.engine.models.symmetric import pairing

Join = Callable[[AnyArray, AnyArray], Any]


def join_copied(first: AnyArray, tail: AnyArray) -> AnyArray:
    """Return both arrays as one."""
    return np.concatenate([first, tail.astype(first.dtype)])


def with_new_items(
    model: Hybrid,
    *,
    item_ids: npt.ArrayLike,
    content: ItemContent,
    join: Join = join_copied,
) -> Hybrid:
    """Return a model that knows these items too; `model` stays as it is.

    `content` describes the items in the order of `item_ids`, which must ascend and be above all
    that are known, or `InvalidInteractionsError` is raised. `join` puts the rows of new items
    behind the rows of the known ones, for arrays with many columns. Terms that the content model
    has not learned are left out.
    """
    new_ids = np.asarray(item_ids, dtype=np.int64)
    known = model.known_items.ids
    content.check(n_items=len(new_ids))
    if not len(new_ids):
        return model
    if len(known) and new_ids[0] <= known[-1]:
        raise InvalidInteractionsError(
            f"new items must have ids above {known[-1]}, got {new_ids[0]}"
        )
    items = ItemIndex(np.concatenate([known, new_ids]))
    return cast("Hybrid", _Growth(model, items=items, content=content, join=join).of(model))


class _Growth:
    """How each kind of model grows by unrated items."""

    def __init__(
        self, model: Hybrid, *, items: ItemIndex, content: ItemContent, join: Join
    ) -> None:
        self._items, self._content, self._join = items, content, join
        self._n_new = len(items) - model.n_items
        self._is_unrated = model.content_emphasis_ == 1.0 + model.cold_boost

    def of(self, model: Recommender) -> Recommender:
        """Return the model over all items; the arrays of known ones are shared."""
        grown = copy(model)
        grown.items_ = self._items
        grow: dict[type[Recommender], Callable[[Any], None]] = {
            Popularity: self._grow_popularity,
            Returns: self._grow_returns,
            EaseLayer: self._grow_places,
            Als: self._grow_als,
            Sequence: self._grow_sequence,
            Content: self._grow_content,
            Stars: self._grow_stars,
            Bias: self._grow_bias,
            Hybrid: self._grow_hybrid,
        }
        if isinstance(grown, Stack):
            grown.__post_init__()
            grown.components_ = {
                name: self.of(component) for name, component in grown.components_.items()
            }
        for kind, action in grow.items():
            if isinstance(grown, kind):
                action(grown)
        return grown

    def _append(self, values: AnyArray, new: float) -> Any:
        tail = np.broadcast_to(np.asarray(new, dtype=values.dtype), (self._n_new,))
        return np.concatenate([values, tail])

    def _unrated(self, values: FloatArray) -> float:
        """Return what unrated items have in the mean; where there is none, the least."""
        unrated = values[self._is_unrated]
        return float(unrated.mean() if len(unrated) else values.min())

    def _zeros(self, values: AnyArray) -> AnyArray:
        return np.zeros((self._n_new, *values.shape[1:]), dtype=values.dtype)

    def _grow_popularity(self, model: Popularity) -> None:
        nobody = np.log(model.count_damping)
        model.mean_part_ = self._append(model.mean_part_, self._unrated(model.mean_part_))
        model.count_part_ = self._append(model.count_part_, model.count_weight * nobody)
        model.liked_part_ = self._append(model.liked_part_, 0.0)
        model.recent_part_ = self._append(model.recent_part_, model.recent_weight * nobody)
        lifts = model.group_lifts_
        model.group_lifts_ = np.hstack(
            [lifts, np.zeros((len(lifts), self._n_new), dtype=np.float32)]
        )

    def _grow_returns(self, model: Returns) -> None:
        unrated = model.lifts_[self._is_unrated]
        model.lifts_ = self._append(model.lifts_, float(unrated.mean()) if len(unrated) else 0.0)

    def _grow_places(self, model: EaseLayer | Sequence | Stars) -> None:
        model.places_ = self._append(model.places_, -1)

    def _grow_als(self, model: Als) -> None:
        model.__post_init__()
        vectors = model.item_vectors_
        model.item_vectors_ = self._join(vectors, self._zeros(vectors))

    def _grow_sequence(self, model: Sequence) -> None:
        self._grow_places(model)
        unrated = model.popularity_share * np.log(PRIOR_COUNT)
        model.intercepts_ = self._append(model.intercepts_, unrated)

    def _grow_content(self, model: Content) -> None:
        rows = model.rows(self._content, n_items=self._n_new)
        vectors = model.vectors_of(rows)
        entries = _stretched(model, vectors, is_unrated=self._is_unrated)
        model.terms_ = sparse.csr_array(
            sparse.vstack([model.terms_, model.likeness_terms(rows)], format="csr")
        )
        model.vectors_ = self._join(model.vectors_, vectors)
        model.entry_factors_ = self._join(model.entry_factors_, entries)

    def _grow_stars(self, model: Stars) -> None:
        self._grow_places(model)
        model.members_ = [self._grown_member(member) for member in model.members_]

    def _grown_member(self, member: StarMember) -> StarMember:
        pairs = pairing(len(member.new_item))
        spread = member.new_item_covariance[pairs.rows, pairs.columns].astype(np.float32)
        vectors = np.tile(member.new_item.astype(np.float32), (self._n_new, 1))
        covariances = np.tile(spread, (self._n_new, 1))
        return replace(
            member,
            item_vectors=self._join(member.item_vectors, vectors),
            item_covariances=self._join(member.item_covariances, covariances),
            set_map=self._join(member.set_map, self._zeros(member.set_map)),
            item_weights=self._append(member.item_weights, 1.0),
        )

    def _grow_bias(self, model: Bias) -> None:
        model.item_effects_ = self._append(model.item_effects_, 0.0)
        unknown = float(model.variance_[0]) / model.item_damping
        model.item_variances_ = self._append(model.item_variances_, unknown)

    def _grow_hybrid(self, model: Hybrid) -> None:
        model.content_emphasis_ = self._append(model.content_emphasis_, 1.0 + model.cold_boost)
        for name in ("usual_means_", "usual_deviations_"):
            values = getattr(model, name)
            setattr(model, name, self._append(values, self._unrated(values)))


def _stretched(model: Content, vectors: Float32Array, *, is_unrated: BoolArray) -> AnyArray:
    """Return what new items add to a person's vector, from the factors that content foretells.

    Both differ by a factor a column, the same for all items that were unrated at the fit; where
    there was none it is taken from all.
    """
    width = model.entry_factors_.shape[1]
    chosen = is_unrated if is_unrated.any() else np.ones(len(is_unrated), dtype=np.bool_)
    foretold = model.vectors_[chosen, 1 : 1 + width].astype(np.float64)
    squares = np.sum(foretold**2, axis=0)
    crossed = np.sum(foretold * model.entry_factors_[chosen], axis=0)
    return np.asarray(vectors[:, 1 : 1 + width] * divide(crossed, squares), dtype=np.float32)
