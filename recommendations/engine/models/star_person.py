"""One person as all members of the star model see them, and the exact account of their stars."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.models.residual_neighbours import left_out_factors
from recommendations.engine.models.star_members import FoldIn, FoldInSettings, StarMember


@dataclass(frozen=True, kw_only=True, eq=False)
class StarPerson:
    """A history folded into every member.

    `seen` holds φ of the rated items by member, `above` stars minus mean and item effect.
    `scales` is what an error counts as input of the neighbours: 0 where the item is none of
    theirs, else 1 / ((1 − leverage) · √(n + damping) · members). `rows` are the items' rows of
    the neighbours' weights, 0 where there is none.
    """

    members: Sequence[StarMember]
    folds: Sequence[FoldIn]
    mean: float
    seen: Sequence[FloatArray]
    above: Sequence[FloatArray]
    scales: Sequence[FloatArray]
    rows: IndexArray
    n_entries: int

    @classmethod
    def of(
        cls,
        history: History,
        *,
        members: Sequence[StarMember],
        mean: float,
        rows: IndexArray,
        settings: FoldInSettings,
        damping: float,
    ) -> Self:
        """Fold a history into the members; `rows` is −1 where an item is no neighbour."""
        centred = history.values.astype(np.float64) - mean
        folds = [member.fold_in(history, centred, settings) for member in members]
        items = history.item_indices
        seen = [member.features(items) for member in members]
        is_used = rows >= 0
        usual = is_used / np.sqrt(is_used.sum() + damping) / len(members)
        return cls(
            members=members,
            folds=folds,
            mean=mean,
            seen=seen,
            above=[centred - member.effects(items) for member in members],
            scales=[
                usual * left_out_factors(fold.leverages(features, member.item_weights[items]))
                for member, fold, features in zip(members, folds, seen, strict=True)
            ],
            rows=np.maximum(rows, 0),
            n_entries=history.n_entries,
        )

    def expect_unknown(self) -> float:
        """Return the stars to expect of an item nobody knows."""
        expected = [
            member.new_item[0] + fold.mean[0] + member.new_item[1:] @ fold.mean[1:]
            for member, fold in zip(self.members, self.folds, strict=True)
        ]
        return float(self.mean + np.mean(expected))

    def variance_of_unknown(self) -> float:
        """Return the members' mean variance of a rating of an item nobody knows."""
        variances = [
            member.variance_of_new(fold)
            for member, fold in zip(self.members, self.folds, strict=True)
        ]
        return float(np.mean(variances))

    def variances(self, item_indices: IndexArray) -> FloatArray:
        """Return the members' mean variance of ratings to come."""
        variances = [
            member.variances(fold, item_indices)
            for member, fold in zip(self.members, self.folds, strict=True)
        ]
        return np.asarray(np.mean(variances, axis=0))


@dataclass(frozen=True, eq=False)
class Account:
    """The parts of a person's stars: every entry's share, with all normalisers as they are."""

    person: StarPerson

    def parts(self, item: int, *, weights: FloatArray) -> list[Part]:
        """Return the parts for one item; `weights` is its neighbours' weight of each rating."""
        person = self.person
        share = 1 / len(person.members)
        at = np.array([item])
        own, taste, films, near = (np.zeros(person.n_entries) for _ in range(4))
        constants = np.zeros(4)
        for index, (member, fold) in enumerate(zip(person.members, person.folds, strict=True)):
            factors = member.features(at)[0] * share
            bias = np.zeros_like(factors)
            bias[0], factors[0] = share, 0.0
            pulls = weights * person.scales[index]
            back = -pulls @ person.seen[index]
            own += fold.from_ratings(bias) + fold.from_sets(bias)
            taste += fold.from_ratings(factors)
            films += fold.from_sets(factors)
            near += fold.from_ratings(back) + fold.from_sets(back)
            near[: len(pulls)] += pulls * person.above[index]
            constants += [
                member.effects(at)[0] * share,
                fold.constant(bias),
                fold.constant(factors),
                fold.constant(back),
            ]
        effect, of_bias, of_factors, of_back = constants.tolist()
        return [
            Part(name="overall-mean", constant=person.mean),
            Part(name="item-effect", constant=effect),
            Part(name="user-effect", constant=of_bias, contributions=own),
            Part(name="taste", constant=of_factors, contributions=taste),
            Part(name="films-rated", contributions=films),
            Part(name="neighbours", constant=of_back, contributions=near),
        ]
