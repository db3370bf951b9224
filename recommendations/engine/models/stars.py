"""Expected stars with an honest interval: Bayesian factors, then what neighbours add.

Several factor models (sources in `bayesian_factors`) that differ in size and start err
differently, so their mean is better than the best of them. What the mean leaves of a person's
ratings is spread to other films by item-to-item ridge (`residual_neighbours`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any, ClassVar, cast

import numpy as np

from recommendations.engine.arrays import AnyArray, CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.base import StarPredictor
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.bayesian_factors import (
    EarlierFit,
    FactorSettings,
    fit_factors,
)
from recommendations.engine.models.cells import Columns, by_column
from recommendations.engine.models.residual_neighbours import (
    NeighbourSettings,
    learn_neighbours,
    most_rated,
)
from recommendations.engine.models.row_sums import take_block
from recommendations.engine.models.samples import MANY_RATINGS, some_people
from recommendations.engine.models.set_ridge import SetRidge
from recommendations.engine.models.star_block import StarBlock, ends_of
from recommendations.engine.models.star_loops import (
    add_cells,
    add_columns,
    add_expected,
    rows_of,
)
from recommendations.engine.models.star_members import FoldInSettings, StarMember
from recommendations.engine.models.star_person import Account, StarPerson
from recommendations.engine.models.star_residuals import left_out_errors
from recommendations.engine.models.star_sets import content_sets, item_sets, user_sets
from recommendations.engine.models.star_sums import record_sums
from recommendations.engine.recording import is_recording, part
from recommendations.engine.threads import blas_threads

_USUAL_RATINGS = 100_000
_USUAL_USERS = 1_000
_MEMBER = "member-"
_HALF_NEW = 60.0
_LAST_ONES = 2  # iterations for everybody after those for a sample
_FACTORS_OF_MANY = 32
_HISTORIES = 64  # what is worked out for their ratings stays in the processor's cache


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
    """Expect stars by the mean of several Bayesian factor models and by neighbours.

    Member `i` has `factors[i]` factors. Ratings of a person, and of an item, are as precise as
    they turn out to be, the usual counting for `user_doubt` and `item_doubt` ratings. Factors are
    those at 100,000 ratings and grow by `factor_power` of the number of ratings, to `most_factors`
    at most (32 above three million ratings, where most iterations are done on a sample of people);
    so does the `item_ridge` of the map of the items' prior by `item_ridge_power`. The
    `user_ridge` is that of 1,000 people and grows by `user_ridge_power` of their number. The
    number of members falls by `member_power` of the number of ratings, to one. A history of n films
    trusts what they say as a set by n / (n + `set_damping`); the prior of a person is widened by
    `inflation` for long histories, because the map was not fitted on people it has not seen.
    Intervals are `widening` times as wide as the model's own variance says, and for the first
    ratings of a person wider by `newcomer_widening`, halved at sixty ratings.

    `neighbour_share` times the output of the neighbours is added: the `neighbour_items` most
    rated items and `neighbour_people` people at most, above `dense_items` items the strongest
    `neighbours` weights a column.
    """

    name: ClassVar[str] = "stars"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "user_ridge": (0.3, 0.5, 1.0),
        "item_ridge": (0.5, 1.0, 2.0),
        "neighbour_share": (0.5, 1.0, 1.5),
        "inflation": (0.0, 0.25, 1.0, 3.0),
    }
    factors: tuple[int, ...] = (20, 32, 24, 32, 24)
    factor_power: float = 0.2
    most_factors: int = 48
    member_power: float = 0.25
    user_doubt: float = 60.0
    item_doubt: float = 40.0
    user_ridge: float = 0.5
    item_ridge: float = 1.0
    user_ridge_power: float = 0.8
    item_ridge_power: float = 0.3
    iterations: int = 20
    set_damping: float = 10.0
    inflation: float = 0.25
    widening: float = 0.965
    newcomer_widening: float = 0.12
    neighbour_share: float = 1.0
    neighbour_ridge: float = 10.0
    neighbour_damping: float = 10.0
    neighbour_items: int = 6_000
    neighbour_people: int = 10_000
    dense_items: int = 4_500
    neighbours: int = 300

    def __post_init__(self) -> None:
        """Start without the neighbours by column."""
        self._turned: tuple[object, Columns | None] = None, None

    def _forget(self) -> None:
        super()._forget()
        self.__post_init__()

    def _check_hyperparameters(self) -> None:
        if not self.factors or min(*self.factors, self.iterations) < 1:
            raise HyperparameterError("stars: factors and iterations must be 1 or more")
        if self.most_factors < 1 or min(self.factor_power, self.member_power) < 0:
            raise HyperparameterError("stars: most_factors from 1, powers from 0")
        if min(self.user_doubt, self.item_doubt) <= 0:
            raise HyperparameterError("stars: user_doubt and item_doubt must be above 0")
        if min(self.user_ridge, self.item_ridge, self.set_damping, self.widening) <= 0:
            raise HyperparameterError("stars: ridges, set_damping and widening must be above 0")
        if min(self.inflation, self.newcomer_widening, self.neighbour_share) < 0:
            raise HyperparameterError("stars: inflation, widening and share must be 0 or more")
        if min(self.neighbour_ridge, self.neighbour_damping) <= 0:
            raise HyperparameterError("stars: neighbour_ridge and _damping must be above 0")
        if min(self.neighbour_items, self.neighbour_people, self.neighbours) < 1:
            raise HyperparameterError("stars: limits of the neighbours must be 1 or more")

    def _fit(self, interactions: Interactions) -> None:
        with blas_threads(1):
            self._learn(interactions)

    def _learn(self, interactions: Interactions) -> None:
        known = interactions.keep_users(np.flatnonzero(np.diff(interactions.user_items.indptr)))
        counts = np.bincount(known.user_items.indices, minlength=known.n_items)
        rated = np.flatnonzero(counts)
        stars = known.user_items[:, rated]
        content = content_sets(known.content, known.n_items)
        user_set, item_set = self._sets(known, stars, content[rated])
        errors = np.zeros(stars.nnz, dtype=np.float32)
        self.members_: list[StarMember] = []
        for settings in self._settings(known.n_ratings):
            earlier = self._start_from_some(
                known, rated=rated, content=content[rated], settings=settings
            )
            found = fit_factors(
                stars,
                user_set=user_set,
                item_set=item_set,
                settings=settings if earlier is None else replace(settings, iterations=_LAST_ONES),
                earlier=earlier,
            )
            member = StarMember.of(found, rated=rated, content=content, doubt=self.user_doubt)
            if is_recording():
                with part(f"{_MEMBER}{len(self.members_)}"):
                    record_sums(found, member, known, rated=rated)
            self.members_.append(member)
            errors += left_out_errors(found, stars)
        self.mean_ = np.array([found.mean])
        errors /= len(self.members_)
        self._fit_neighbours(stars, errors, rated=rated, n_items=known.n_items)

    def _sets(
        self, known: Interactions, stars: CsrMatrix, content: CsrMatrix
    ) -> tuple[SetRidge, SetRidge]:
        """Return the maps of the users' and of the items' prior, nothing learned yet."""
        size = known.n_ratings / _USUAL_RATINGS
        people = (known.n_users / _USUAL_USERS) ** self.user_ridge_power
        return (
            SetRidge(sets=user_sets(known), ridge=self.user_ridge * people),
            SetRidge(
                sets=item_sets(stars, content),
                ridge=self.item_ridge * size**self.item_ridge_power,
            ),
        )

    def _start_from_some(
        self,
        known: Interactions,
        *,
        rated: IndexArray,
        content: CsrMatrix,
        settings: FactorSettings,
    ) -> EarlierFit | None:
        """Return the fit to a sample of people where there are very many ratings.

        What is left to do for everybody is a few iterations.
        """
        some = some_people(known, seed=settings.seed)
        if some is known:
            return None
        stars = some.user_items[:, rated]
        user_set, item_set = self._sets(some, stars, content)
        fit = fit_factors(stars, user_set=user_set, item_set=item_set, settings=settings)
        return EarlierFit(fit=fit, users=np.searchsorted(known.user_ids, some.user_ids))

    def _settings(self, n_ratings: int) -> list[FactorSettings]:
        size = max(n_ratings / _USUAL_RATINGS, 1.0)
        most = self.most_factors if n_ratings <= MANY_RATINGS else _FACTORS_OF_MANY
        n_members = max(round(len(self.factors) * size**-self.member_power), 1)
        return [
            FactorSettings(
                factors=min(round(factors * size**self.factor_power), self.most_factors, most),
                iterations=self.iterations,
                user_doubt=self.user_doubt,
                item_doubt=self.item_doubt,
                seed=self.seed + place,
            )
            for place, factors in enumerate(self.factors[:n_members])
        ]

    def _fit_neighbours(
        self, stars: CsrMatrix, errors: Float32Array, *, rated: IndexArray, n_items: int
    ) -> None:
        residuals = stars.copy()
        residuals.data = errors
        chosen = most_rated(np.bincount(stars.indices, minlength=len(rated)), self.neighbour_items)
        settings = NeighbourSettings(
            ridge=self.neighbour_ridge,
            damping=self.neighbour_damping,
            max_people=self.neighbour_people,
            dense_items=self.dense_items,
            strongest=self.neighbours,
        )
        weights = learn_neighbours(residuals[:, chosen], settings, seed=self.seed)
        self.neighbour_weights_ = cast(
            "CsrMatrix | Float32Array", weights * np.float32(self.neighbour_share)
        )
        self.neighbour_items_ = rated[chosen]
        self.places_ = np.full(n_items, -1, dtype=np.int32)
        self.places_[self.neighbour_items_] = np.arange(len(chosen))

    def fold_in(self, history: History) -> StarPosterior:
        """Return what the first member believes of the person behind a history."""
        self._check_history(history)
        member = self.members_[0]
        person = self._person(history).folds[0]
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

    def _person(self, history: History) -> StarPerson:
        return StarPerson.of(
            history,
            members=self.members_,
            mean=float(self.mean_[0]),
            rows=self.places_[history.item_indices].astype(np.int64),
            settings=self._settings_of_fold_in(),
            damping=self.neighbour_damping,
        )

    def _settings_of_fold_in(self) -> FoldInSettings:
        return FoldInSettings(set_damping=self.set_damping, inflation=self.inflation)

    def _score(self, history: History) -> FloatArray:
        return self._predict(history, np.arange(self.n_items))

    def _predict(self, history: History, item_indices: IndexArray) -> FloatArray:
        return self._predict_many([history], [item_indices])[0]

    def _predict_many(
        self, histories: Sequence[History], item_indices: Sequence[IndexArray]
    ) -> list[FloatArray]:
        found: list[FloatArray] = []
        for start in range(0, len(histories), _HISTORIES):
            few = slice(start, start + _HISTORIES)
            found += self._predict_few(histories[few], item_indices[few])
        return found

    def _predict_few(
        self, histories: Sequence[History], item_indices: Sequence[IndexArray]
    ) -> list[FloatArray]:
        block = StarBlock.of(histories, mean=float(self.mean_[0]))
        wanted = np.concatenate(item_indices, dtype=np.int64)
        ends = ends_of([len(own) for own in item_indices])
        settings = self._settings_of_fold_in()
        total, errors = np.zeros(len(wanted)), np.zeros(len(block.items))
        for member in self.members_:
            means, left_out = block.fold_in(member, settings)
            add_expected(rows_of(member.item_vectors), (wanted, ends), means, total)
            errors += left_out
        total /= len(self.members_)
        errors /= len(self.members_)
        total += self.mean_[0] + self._sum_neighbours(block, errors, wanted, ends)
        return np.split(total, ends[1:-1])

    def _sum_neighbours(
        self, block: StarBlock, errors: FloatArray, wanted: IndexArray, ends: IndexArray
    ) -> FloatArray:
        """Return what these errors, by the neighbours, add to the items wanted of each history."""
        rows, places = (self.places_[items].astype(np.int64) for items in (block.items, wanted))
        is_used = rows >= 0
        n_used = np.diff(np.concatenate([[0], np.cumsum(is_used)])[block.ends])
        usual = np.repeat(np.sqrt(n_used + self.neighbour_damping), block.counts)
        inputs = np.where(is_used, errors / usual, 0.0), np.maximum(rows, 0), block.ends
        sums = np.zeros(len(wanted))
        if isinstance(self.neighbour_weights_, np.ndarray):
            add_cells(self.neighbour_weights_, inputs, (places, ends), sums)
        else:
            n_rows = len(self.neighbour_items_)
            add_columns(self._neighbours_by_column(), n_rows, inputs, (places, ends), sums)
        return sums

    def _neighbours_by_column(self) -> Columns:
        """Return sparse weights by column, turned round once: few columns are asked for."""
        weights, columns = self._turned
        if columns is None or weights is not self.neighbour_weights_:
            columns = by_column(cast("CsrMatrix", self.neighbour_weights_))
            self._turned = self.neighbour_weights_, columns
        return columns

    def _deviations(self, history: History, item_indices: IndexArray) -> FloatArray:
        return self._wide(history) * np.sqrt(self._person(history).variances(item_indices))

    def _deviation_of_unknown(self, history: History) -> float:
        return self._wide(history) * sqrt(self._person(history).variance_of_unknown())

    def _wide(self, history: History) -> float:
        """Return how much wider than the members' own variance says a person's intervals are."""
        newcomer = _HALF_NEW / (history.n_ratings + _HALF_NEW)
        return self.widening * (1 + self.newcomer_widening * newcomer)

    def _predict_unknown(self, history: History) -> float:
        return self._person(history).expect_unknown()

    def _star_parts(self, history: History, item_index: int) -> list[Part]:
        return self._parts(history, [item_index])[0]

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        account = Account(self._person(history))
        places = self.places_[item_indices].astype(np.int64)
        block = take_block(self.neighbour_weights_, account.person.rows, np.maximum(places, 0))
        columns = block.astype(np.float64) * (places >= 0)
        return [
            account.parts(item, weights=columns[:, place])
            for place, item in enumerate(item_indices)
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
            for place in range(_count_members(arrays))
        ]


def _count_members(arrays: Mapping[str, AnyArray]) -> int:
    return sum(key.startswith(_MEMBER) and key.endswith("-scales") for key in arrays)


def _without_prefix(arrays: Mapping[str, AnyArray], prefix: str) -> dict[str, Any]:
    return {
        key.removeprefix(prefix): values for key, values in arrays.items() if key.startswith(prefix)
    }
