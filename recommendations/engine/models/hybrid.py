"""The served model: several recommenders in one sum, and the stars beside it."""

from bisect import bisect_right
from collections import abc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import log1p
from typing import Any, ClassVar, cast

import numpy as np

from recommendations.engine.arrays import (
    AnyArray,
    BoolArray,
    Float32Array,
    FloatArray,
    IndexArray,
)
from recommendations.engine.base import Recommender, StarPredictor
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.als import Als
from recommendations.engine.models.closest import (
    AT_ONCE,
    SHARE,
    CloseItems,
    ClosestItems,
    well_known,
)
from recommendations.engine.models.content import Content
from recommendations.engine.models.ease import Ease
from recommendations.engine.models.evidence import Evidence
from recommendations.engine.models.popularity import Popularity
from recommendations.engine.models.returns import Returns
from recommendations.engine.models.sequence import Sequence
from recommendations.engine.models.stack import Stack
from recommendations.engine.models.stars import Stars
from recommendations.engine.ranking.standouts import UsualScores, learn_usual_scores

_USUAL_PEOPLE = 500  # enough to tell the mean of an item's scores from its deviation


def _weights_by_length() -> dict[str, tuple[float, ...]]:
    return {
        "popularity": (1.0, 1.0, 0.6, 0.1, -0.15, -0.15),
        "favourites": (0.4, 0.4, 0.6, 0.1, 0.0, 0.0),
        "ease": (0.0, 1.0, 1.0, 1.0, 0.8, 0.8),
        "als": (0.0, 0.0, 0.0, 0.05, 0.55, 0.6),
        "content": (0.0, 0.0125, 0.0125, 0.025, 0.025, 0.025),
    }


def _weights_of_diaries() -> dict[str, tuple[float, ...]]:
    return {
        "favourites": (0.0, 0.0, 0.0, 0.0, 0.1, 0.1),
        "als": (0.0, 0.0, 0.0, 0.0, -0.25, -0.3),
        "sequence": (0.0, 0.0, 0.0, 0.1, 0.3, 0.3),
    }


def _weights_of_returns() -> dict[str, tuple[float, ...]]:
    return {"returns": (0.0, 0.0, 0.0, 0.0, 0.25, 0.25)}


def _scaled(row: tuple[float, ...], *factors: float) -> tuple[tuple[float, ...], ...]:
    """Return the row times each factor, to four digits."""
    return tuple(tuple(round(factor * weight, 4) for weight in row) for factor in factors)


def _favourites() -> Popularity:
    return Popularity(mean_weight=0.0, count_weight=0.0, liked_weight=1.0, group_weight=0.0)


@dataclass(kw_only=True, eq=False)
class Hybrid(Stack, StarPredictor):
    """Add up models by weights that follow what the history shows.

    `weights[name][i]` is the weight of a component for a history worth `lengths[i]` entries;
    between two lengths it runs straight over log(1 + length). `diary_weights` come on top as far
    as the history is a diary, `return_weights` as far as a diary is taken up again after a break
    (`Evidence`). Content speaks up for items with few ratings: its
    weight for an item with n ratings is multiplied by 1 + `cold_boost` · ρ, with
    ρ = `cold_ratings` / (n + `cold_ratings`). Star predictions are those of `stars`, which plays
    no role in the score. `favourites` is popularity of another shape (`Popularity.liked_weight`).
    """

    name: ClassVar[str] = "hybrid"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "weights.favourites": _scaled(_weights_by_length()["favourites"], 0.5, 1, 1.5),
        "weights.als": _scaled(_weights_by_length()["als"], 0.75, 1, 1.25),
        "weights.content": _scaled(_weights_by_length()["content"], 0.5, 1, 2),
        "diary_weights.sequence": _scaled(_weights_of_diaries()["sequence"], 0.75, 1, 1.25),
        "returns.break_hours": (3.0, 24.0),
        "return_weights.returns": _scaled(_weights_of_returns()["returns"], 0.5, 1, 1.5),
        "cold_boost": (3.0, 7.0, 15.0),
    }
    popularity: Popularity = field(default_factory=Popularity)
    favourites: Popularity = field(default_factory=_favourites)
    ease: Ease = field(default_factory=Ease)
    als: Als = field(default_factory=Als)
    sequence: Sequence = field(default_factory=Sequence)
    returns: Returns = field(default_factory=Returns)
    content: Content = field(default_factory=Content)
    stars: StarPredictor = field(default_factory=Stars)
    lengths: tuple[float, ...] = (0, 1, 8, 15, 50, 100)
    weights: dict[str, tuple[float, ...]] = field(default_factory=_weights_by_length)
    diary_weights: dict[str, tuple[float, ...]] = field(default_factory=_weights_of_diaries)
    return_weights: dict[str, tuple[float, ...]] = field(default_factory=_weights_of_returns)
    cold_boost: float = 7.0
    cold_ratings: float = 5.0

    def _check_hyperparameters(self) -> None:
        if list(self.lengths) != sorted(set(self.lengths)):
            raise HyperparameterError("hybrid: lengths must ascend")
        tables = (self.weights, self.diary_weights, self.return_weights)
        for name, weights in (row for table in tables for row in table.items()):
            if name not in self._components() or len(weights) != len(self.lengths):
                raise HyperparameterError(f"hybrid: weights of {name!r} do not fit")
        if self.cold_boost < 0 or self.cold_ratings <= 0:
            raise HyperparameterError("hybrid: cold_boost must be 0 or more, cold_ratings above 0")

    def _components(self) -> Mapping[str, Recommender]:
        return {
            "popularity": self.popularity,
            "favourites": self.favourites,
            "ease": self.ease,
            "als": self.als,
            "sequence": self.sequence,
            "returns": self.returns,
            "content": self.content,
            "stars": self.stars,
        }

    def _fit(self, interactions: Interactions) -> None:
        super()._fit(interactions)
        self.items_ = interactions.items  # needed for scoring before `fit` is done
        self.finish(interactions)

    def finish(self, interactions: Interactions) -> None:
        """Learn what depends on all components together, once they are fitted."""
        counts = np.bincount(interactions.user_items.indices, minlength=interactions.n_items)
        rarity = self.cold_ratings / (counts + self.cold_ratings)
        self.content_emphasis_ = np.asarray(1.0 + self.cold_boost * rarity, dtype=np.float64)
        self._learn_usual_scores(interactions)
        sources = well_known(counts)
        lists = ClosestItems.room_for(sources, n_items=interactions.n_items)
        lists.fill(sources, self._likenesses)
        self._keep(lists)

    def _learn_usual_scores(self, interactions: Interactions) -> None:
        rng = np.random.default_rng(self.seed)
        n_people = min(interactions.n_users, _USUAL_PEOPLE)
        people = np.sort(rng.choice(interactions.n_users, size=n_people, replace=False))
        usual = learn_usual_scores(
            self._score_many,
            [interactions.history_of(int(user)) for user in people],
            n_items=interactions.n_items,
        )
        self.usual_means_, self.usual_deviations_ = usual.means, usual.deviations

    @property
    def usual_scores(self) -> UsualScores:
        """Return what each item gets from people in general."""
        return UsualScores(means=self.usual_means_, deviations=self.usual_deviations_)

    def _emphasis(self, name: str) -> FloatArray | None:
        return self.content_emphasis_ if name == "content" else None

    def _weights(self, history: History) -> Mapping[str, float]:
        return self.weights_for(Evidence.of(history))

    def weights_for(self, evidence: Evidence) -> dict[str, float]:
        """Return the weight of each component for a history that shows this much."""
        place, share = _place_among(self.lengths, evidence.length)
        tables = (
            (self.weights, 1.0),
            (self.diary_weights, evidence.diary),
            (self.return_weights, evidence.diary * evidence.away),
        )
        total: dict[str, float] = {}
        for table, strength in tables:
            for name, row in table.items():
                total[name] = total.get(name, 0.0) + strength * _between(row, place, share)
        return total

    @property
    def als_(self) -> Als:
        """Return the fitted factors, for people of like taste."""
        return cast("Als", self.components_["als"])

    @property
    def content_(self) -> Content:
        """Return the fitted content model, for what two items share."""
        return cast("Content", self.components_["content"])

    @property
    def stars_(self) -> StarPredictor:
        """Return the fitted star model."""
        return cast("StarPredictor", self.components_["stars"])

    def _predict(self, history: History, item_indices: IndexArray) -> FloatArray:
        return self.stars_._predict(history, item_indices)  # noqa: SLF001 - clipped once, by ours

    def _predict_many(
        self, histories: abc.Sequence[History], item_indices: abc.Sequence[IndexArray]
    ) -> list[FloatArray]:
        return self.stars_._predict_many(histories, item_indices)  # noqa: SLF001

    def _deviations(self, history: History, item_indices: IndexArray) -> FloatArray:
        return self.stars_._deviations(history, item_indices)  # noqa: SLF001

    def _deviation_of_unknown(self, history: History) -> float:
        return self.stars_._deviation_of_unknown(history)  # noqa: SLF001

    def _predict_unknown(self, history: History) -> float:
        return self.stars_._predict_unknown(history)  # noqa: SLF001

    def _star_parts(self, history: History, item_index: int) -> list[Part]:
        return self.stars_._star_parts(history, item_index)  # noqa: SLF001

    def _similarities(self, item_index: int) -> FloatArray:
        similarities, _ = next(self._likenesses(np.array([item_index])))
        return similarities.astype(np.float64)

    def closest(self, item_indices: IndexArray) -> list[CloseItems]:
        """Return the `CLOSEST` items most like each of these, by `similarities`.

        Many at once are a fraction of the work; lists that the fit left are hardly any.
        """
        self._check_items(item_indices)
        lists = self._closest
        newer = self.content_.cosines(item_indices, since=len(lists.places))
        found = lists.of(item_indices, newer=newer)
        unknown = [item for item in item_indices.tolist() if item not in found]
        for start in range(0, len(unknown), AT_ONCE):
            few = unknown[start : start + AT_ONCE]
            for item, (likeness, _) in zip(few, self._likenesses(np.array(few)), strict=True):
                found[item] = CloseItems.among(likeness)
        return [found[item] for item in item_indices.tolist()]

    def closest_among(self, item_index: int, candidates: BoolArray) -> CloseItems:
        """Return the `CLOSEST` items most like one of the candidates, a mask (n_items,)."""
        self._check_items([item_index])
        likeness, _ = next(self._likenesses(np.array([item_index])))
        return CloseItems.among(likeness, candidates=candidates)

    def _likenesses(self, item_indices: IndexArray) -> Iterator[tuple[Float32Array, float]]:
        """Yield how like each of these items all are, and what its content's cosines count.

        It is half likeness of taste, half of content, each relative to its best match.
        """
        ease = cast("Ease", self.components_["ease"])
        of_content = self.content_.similarities_of(item_indices)
        for item, total in zip(item_indices.tolist(), of_content, strict=True):
            total[item] = 0.0
            scale = SHARE / _best(total)
            np.multiply(total, np.float32(scale), out=total)
            columns, weights = ease.weights_from(item)
            total[columns] += weights * np.float32(SHARE / _best(weights))
            total[item] = 0.0
            yield total, scale

    @property
    def _closest(self) -> ClosestItems:
        return ClosestItems(
            places=self.closest_places_,
            indices=self.closest_items_,
            similarities=self.closest_similarities_,
            scales=self.closest_scales_,
        )

    def _keep(self, lists: ClosestItems) -> None:
        self.closest_places_, self.closest_items_ = lists.places, lists.indices
        self.closest_similarities_, self.closest_scales_ = lists.similarities, lists.scales

    def _restore(self, arrays: Mapping[str, AnyArray]) -> None:
        self._keep(ClosestItems.none(n_items=self.n_items))  # as artefacts of before have it
        super()._restore(arrays)


def _place_among(lengths: tuple[float, ...], length: float) -> tuple[int, float]:
    """Return the place of the last length reached and the share of the way to the next."""
    place = max(bisect_right(lengths, length) - 1, 0)
    if place + 1 == len(lengths):
        return place, 0.0
    here, low, high = (log1p(value) for value in (length, *lengths[place : place + 2]))
    return place, max(here - low, 0.0) / (high - low)


def _between(row: tuple[float, ...], place: int, share: float) -> float:
    """Return the value at this share of the way from one place of the row to the next."""
    return row[place] if not share else row[place] + share * (row[place + 1] - row[place])


def _best(likeness: Float32Array) -> float:
    """Return the highest likeness; 1 where nothing is alike."""
    best = float(likeness.max(initial=0.0))
    return best if best > 0 else 1.0
