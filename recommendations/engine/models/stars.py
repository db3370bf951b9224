"""Expected stars with an honest interval: Bayesian factors, averaged over several fits.

Sources stand in `bayesian_factors`. Fits that differ in size and start err differently, so their
mean is better than the best of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from recommendations.engine.arrays import AnyArray, Float32Array, FloatArray, IndexArray
from recommendations.engine.base import StarPredictor
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.bayesian_factors import FactorSettings, fit_factors
from recommendations.engine.models.star_members import FoldIn, FoldInSettings, StarMember
from recommendations.engine.models.star_sets import content_sets, item_sets, user_sets

_USUAL_RATINGS = 100_000
_MEMBER = "member-"


@dataclass(frozen=True, kw_only=True, eq=False)
class StarPosterior:
    """What is believed of one person: expected stars are a linear map of a normal vector.

    stars of an item = `base`[item] + `features`[item] · v, v ~ N(`mean`, `covariance`); shapes
    (n_items,), (n_items, D), (D,) and (D, D). The first number of v is the person's own effect.
    """

    mean: FloatArray
    covariance: FloatArray
    features: FloatArray
    base: FloatArray


@dataclass(kw_only=True, eq=False)
class Stars(StarPredictor):
    """Expect stars by the mean of several Bayesian factor models.

    Member `i` has `factors[i]` factors; one precision for each person's ratings where
    `has_user_noise[i]`. The ridges of the priors' maps are those at 100,000 ratings and grow by
    the power `ridge_power` of the number of ratings. A history of n films trusts what they say as
    a set by n / (n + `set_damping`); the prior of a person is widened by `inflation` for long
    histories, because the map was not fitted on people it has not seen. Intervals are `widening`
    times as wide as the model's own variance says.
    """

    name: ClassVar[str] = "stars"
    factors: tuple[int, ...] = (20,)
    has_user_noise: tuple[bool, ...] = (True,)
    user_ridge: float = 0.5
    item_ridge: float = 1.0
    ridge_power: float = 0.6
    iterations: int = 20
    set_damping: float = 10.0
    inflation: float = 1.0
    widening: float = 1.03

    def _check_hyperparameters(self) -> None:
        if not self.factors or len(self.factors) != len(self.has_user_noise):
            raise HyperparameterError("stars: factors and has_user_noise must have equal lengths")
        if min(*self.factors, self.iterations) < 1:
            raise HyperparameterError("stars: factors and iterations must be 1 or more")
        if min(self.user_ridge, self.item_ridge, self.set_damping) <= 0 or self.inflation < 0:
            raise HyperparameterError("stars: ridges and dampings must be above 0")

    def _fit(self, interactions: Interactions) -> None:
        raters = np.flatnonzero(np.diff(interactions.user_items.indptr))
        known = interactions.keep_users(raters)
        counts = np.bincount(known.user_items.indices, minlength=known.n_items)
        rated = np.flatnonzero(counts)
        stars = known.user_items[:, rated]
        content = content_sets(known.content, known.n_items)
        sets = user_sets(known)
        items = item_sets(stars, content[rated])
        scale = (known.n_ratings / _USUAL_RATINGS) ** self.ridge_power
        self.mean_ = np.array([stars.data.mean(dtype=np.float64)])
        self.members_ = [
            StarMember.of(
                fit_factors(
                    stars,
                    user_sets=sets,
                    item_sets=items,
                    settings=FactorSettings(
                        factors=factors,
                        user_ridge=self.user_ridge * scale,
                        item_ridge=self.item_ridge * scale,
                        iterations=self.iterations,
                        has_user_noise=has_user_noise,
                        seed=self.seed + place,
                    ),
                ),
                rated=rated,
                content=content,
            )
            for place, (factors, has_user_noise) in enumerate(
                zip(self.factors, self.has_user_noise, strict=True)
            )
        ]

    def fold_in(self, history: History) -> StarPosterior:
        """Return what the first member believes of the person behind a history."""
        self._check_history(history)
        member = self.members_[0]
        person = self._fold_in(history)[0]
        return StarPosterior(
            mean=person.mean,
            covariance=person.covariance,
            features=member.features(slice(None)),
            base=self.mean_[0] + member.effects(slice(None)),
        )

    @property
    def item_vectors_(self) -> Float32Array:
        """Return the first member's item vectors [effect, factors], shape (n_items, D)."""
        return self.members_[0].item_vectors

    def _fold_in(self, history: History) -> list[FoldIn]:
        centred = history.values.astype(np.float64) - self.mean_[0]
        settings = FoldInSettings(set_damping=self.set_damping, inflation=self.inflation)
        return [member.fold_in(history, centred, settings) for member in self.members_]

    def _expect(self, history: History, item_indices: IndexArray | slice) -> FloatArray:
        people = self._fold_in(history)
        expected = [
            member.effects(item_indices) + member.dot(item_indices, person.mean)
            for member, person in zip(self.members_, people, strict=True)
        ]
        return np.asarray(self.mean_[0] + np.mean(expected, axis=0))

    def _score(self, history: History) -> FloatArray:
        return self._expect(history, slice(None))

    def _predict(self, history: History, item_indices: IndexArray) -> FloatArray:
        return self._expect(history, item_indices)

    def _deviations(self, history: History, item_indices: IndexArray) -> FloatArray:
        people = self._fold_in(history)
        variances = [
            member.variances(person, item_indices)
            for member, person in zip(self.members_, people, strict=True)
        ]
        return np.asarray(self.widening * np.sqrt(np.mean(variances, axis=0)))

    def _predict_unknown(self, history: History) -> float:
        people = self._fold_in(history)
        return float(
            self.mean_[0]
            + np.mean(
                [
                    member.new_item[0] + person.mean[0] + member.new_item[1:] @ person.mean[1:]
                    for member, person in zip(self.members_, people, strict=True)
                ]
            )
        )

    def _star_parts(self, history: History, item_index: int) -> list[Part]:
        return self._parts(history, [item_index])[0]

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        people = self._fold_in(history)
        return [self._account(people, item) for item in item_indices]

    def _account(self, people: list[FoldIn], item: int) -> list[Part]:
        at = np.array([item])
        share = 1 / len(people)
        effects, own, taste, films = 0.0, [], [], []
        constants = np.zeros(2)
        for member, person in zip(self.members_, people, strict=True):
            features = member.features(at)[0] * share
            bias = np.zeros_like(features)
            bias[0] = share
            factors = features - bias
            effects += member.effects(at)[0] * share
            own.append(person.from_ratings(bias) + person.from_sets(bias))
            taste.append(person.from_ratings(factors))
            films.append(person.from_sets(factors))
            constants += person.constant(bias), person.constant(factors)
        return [
            Part(name="overall-mean", constant=float(self.mean_[0])),
            Part(name="item-effect", constant=float(effects)),
            Part(name="user-effect", constant=constants[0], contributions=np.sum(own, axis=0)),
            Part(name="taste", constant=constants[1], contributions=np.sum(taste, axis=0)),
            Part(name="films-rated", contributions=np.sum(films, axis=0)),
        ]

    def _arrays(self) -> Iterator[tuple[str, AnyArray]]:
        yield from super()._arrays()
        for place, member in enumerate(self.members_):
            for name, values in member.arrays().items():
                yield f"{_MEMBER}{place}-{name}", values

    def _restore(self, arrays: Mapping[str, AnyArray]) -> None:
        own = {key: values for key, values in arrays.items() if not key.startswith(_MEMBER)}
        super()._restore(own)
        self.members_ = [
            StarMember.from_arrays(_without_prefix(arrays, f"{_MEMBER}{place}-"))
            for place in range(len(self.factors))
        ]


def _without_prefix(arrays: Mapping[str, AnyArray], prefix: str) -> dict[str, Any]:
    return {
        key.removeprefix(prefix): values for key, values in arrays.items() if key.startswith(prefix)
    }
