"""A weighted sum of models on standardised scores: the frame of `Ease` and `Hybrid`."""

import weakref
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import sqrt
from typing import Any, Self
from weakref import WeakKeyDictionary

import numpy as np

from recommendations.engine.arrays import AnyArray, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.near_scores import NearScores, Outline, Vectors
from recommendations.engine.progress import step
from recommendations.engine.recording import part
from recommendations.engine.score_sums import (
    PartialScores,
    ProductScores,
    ScoreSum,
    SharedSpread,
    unless_flat,
)

_HISTORIES = 1024  # scored by one component at a time
_FEW_ACTIVE = 2  # with more than one active item in so many all are scored as quickly


@dataclass(frozen=True, kw_only=True, eq=False)
class Voice:
    """One component as it speaks for one history: z = weight · (score − mean) / deviation.

    `centred` is score − mean, shape (n_items,); `factor` is weight / deviation, and 0 where all
    items score the same. `emphasis` multiplies what is said of each item, shape (n_items,); None
    is the same for all.
    """

    name: str
    component: Recommender
    centred: FloatArray
    mean: float
    factor: float
    emphasis: FloatArray | None

    @property
    def weighted(self) -> FloatArray:
        """Return what the component adds to every item, shape (n_items,)."""
        plain = self.centred * self.factor
        return plain if self.emphasis is None else plain * self.emphasis

    def parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        """Return for each of these items the parts of what the component adds."""
        accounts = self.component._parts(history, item_indices)  # noqa: SLF001 - checked once
        return [
            self._weigh(parts, factor=self._factor_of(item))
            for item, parts in zip(item_indices, accounts, strict=True)
        ]

    def _factor_of(self, item_index: int) -> float:
        if self.emphasis is None:
            return self.factor
        return self.factor * float(self.emphasis[item_index])

    def _weigh(self, parts: list[Part], *, factor: float) -> list[Part]:
        centring = Part(name=f"{self.name}.centring", constant=-self.mean * factor)
        return [*(part.scaled(factor, prefix=self.name) for part in parts), centring]


@dataclass(kw_only=True, eq=False)
class Stack(Recommender):
    """Add components up on scores standardised over all items, for each history anew.

    Mean and deviation are taken as they come out for the history, so the sum stays an exact
    account; the share of the mean is a part of its own, called centring.
    """

    def __post_init__(self) -> None:
        """Start with no history remembered and no other stack to take components from."""
        self._remembered: tuple[weakref.ref[History], list[Voice]] | None = None
        self._donor: Stack | None = None
        # By what each component was multiplied for histories scored together: reasons want it.
        self._factors: WeakKeyDictionary[History, dict[str, float]] = WeakKeyDictionary()
        self._known_outline: tuple[Outline | None] | None = None

    def fit_like(self, interactions: Interactions, other: "Stack") -> Self:
        """Fit, taking over the components of `other` that have the same hyperparameters.

        The outcome is that of `fit`, sooner, if `other` was fitted on the same interactions.
        """
        self._donor = other
        try:
            return self.fit(interactions)
        finally:
            self._donor = None

    def _forget(self) -> None:
        super()._forget()
        self._remembered = None
        self._factors = WeakKeyDictionary()
        self._known_outline = None

    @abstractmethod
    def _components(self) -> Mapping[str, Recommender]:
        """Return the unfitted components by name."""

    @abstractmethod
    def _weights(self, history: History) -> Mapping[str, float]:
        """Return the weight of each component that speaks for this history."""

    def _emphasis(self, name: str) -> FloatArray | None:
        """Return by how much what this component says of each item is multiplied."""
        del name
        return None

    def _fit(self, interactions: Interactions) -> None:
        components = self._components()
        self.components_ = {}
        for place, (name, component) in enumerate(components.items()):
            with step(name, place=place, of=len(components)):
                self.components_[name] = self._fit_component(name, component, interactions)

    def _fit_component(
        self, name: str, component: Recommender, interactions: Interactions
    ) -> Recommender:
        fitted = None if self._donor is None else self._donor.components_.get(name)
        if fitted is not None and _is_same(fitted, component):
            return fitted
        unfitted = replace(component)
        with part(name):
            if isinstance(unfitted, Stack) and isinstance(fitted, Stack):
                return unfitted.fit_like(interactions, fitted)
            return unfitted.fit(interactions)

    def _voices(self, history: History) -> list[Voice]:
        """Return how the components speak; those of the last history are remembered.

        A page scores one history and then explains what it shows: that costs one scoring.
        """
        remembered = self._remembered
        if remembered is not None and remembered[0]() is history:
            return remembered[1]
        voices = self._speak(history)
        self._remembered = (weakref.ref(history), voices)
        return voices

    def _speak(self, history: History) -> list[Voice]:
        weights = self._weights(history)
        # In the order of the components: sums in another order differ in their last bits.
        return [
            self._voice(history, name=name, weight=weights[name])
            for name in self.components_
            if weights.get(name)
        ]

    def _voice(self, history: History, *, name: str, weight: float) -> Voice:
        component = self.components_[name]
        scores = component._score(history)  # noqa: SLF001 - the history is checked once
        mean = float(scores.mean())
        centred = scores - mean
        deviation = float(unless_flat(sqrt(float(centred @ centred) / len(centred)), mean))
        return Voice(
            name=name,
            component=component,
            centred=centred,
            mean=mean,
            factor=weight / deviation if deviation else 0.0,
            emphasis=self._emphasis(name),
        )

    def _score(self, history: History) -> FloatArray:
        scores = np.zeros(self.n_items, dtype=np.float64)
        for voice in self._voices(history):
            scores += voice.weighted
        return scores

    def _score_many(self, histories: Sequence[History]) -> FloatArray:
        return self._add_up(histories).dense()

    def _add_up(self, histories: Sequence[History]) -> ScoreSum:
        total = ScoreSum(n_histories=len(histories), n_items=self.n_items)
        for name, rows, weights in self._speaking(histories):
            few = [histories[row] for row in rows]
            partial = self._partial_of(name, few)
            if partial is not None:
                factors = total.add_partial(name, rows, partial, weights=weights)
            else:
                scores = self.components_[name]._score_many(few)  # noqa: SLF001
                emphasis = self._emphasis(name)
                factors = total.add(rows, scores, weights=weights, emphasis=emphasis)
            self._remember_factors(name, few, factors)
        return total

    def _partial_of(self, name: str, histories: Sequence[History]) -> PartialScores | None:
        """Return a component's partial scores; an emphasis differs by item, so it has none."""
        if self._emphasis(name) is not None:
            return None
        return self.components_[name]._partial_scores(histories)  # noqa: SLF001

    def _speaking(
        self, histories: Sequence[History]
    ) -> Iterator[tuple[str, IndexArray, FloatArray]]:
        """Yield component by component who it speaks for, some at a time, with its weights."""
        for history in histories:
            self._factors[history] = {}
        weights = [self._weights(history) for history in histories]
        for name in self.components_:
            own = np.array([weights_of.get(name, 0.0) for weights_of in weights])
            speaking = np.flatnonzero(own)
            for start in range(0, len(speaking), _HISTORIES):
                rows = speaking[start : start + _HISTORIES]
                yield name, rows, own[rows]

    def _remember_factors(
        self, name: str, histories: Sequence[History], factors: FloatArray
    ) -> None:
        for history, factor in zip(histories, factors.tolist(), strict=True):
            self._factors[history][name] = factor

    def score_near(
        self, histories: Sequence[History], *, numbers: Sequence[int]
    ) -> NearScores | None:
        """Return the scores of at least so many best items of each history, and what they spread.

        The scores are those of `score_many`, at a fraction of the work where models have
        something of their own to say about few of the items; elsewhere it returns None, and so
        it does where one of the models cannot tell what its scores are made of.
        """
        for history in histories:
            self._check_history(history)
        outline = self.outline()
        return None if outline is None else self._score_by(outline, histories, numbers)

    def _score_by(
        self, outline: Outline, histories: Sequence[History], numbers: Sequence[int]
    ) -> NearScores | None:
        total = ScoreSum(n_histories=len(histories), n_items=self.n_items)
        of_vectors = {
            name: np.zeros((len(histories), each.vectors.shape[1] + 1))
            for name, each in outline.vectors.items()
        }
        for name, rows, weights in self._speaking(histories):
            few = [histories[row] for row in rows]
            products = self.components_[name]._products(few)  # noqa: SLF001
            if products is not None:
                people = products.people
                factors, means = outline.vectors[name].factors(people, weights)
                scaled = np.column_stack([people, -means]) * factors[:, np.newaxis]
                of_vectors[name][rows] = scaled
            else:
                partial = self._partial_of(name, few)
                if partial is None:
                    return None
                factors = total.add_partial(
                    name, rows, partial, weights=weights, shared=outline.spreads.get(name)
                )
            self._remember_factors(name, few, factors)
        on_active = total.on(outline.active)
        if on_active is None:
            return None
        return outline.near(
            of_shared=total.shares(outline.names),
            of_vectors=of_vectors,
            on_active=on_active,
            numbers=np.array(numbers, dtype=np.int64),
        )

    def outline(self) -> Outline | None:
        """Return what `score_near` knows of all items beforehand; None if that is no use.

        It is worked out once, which takes a third of a second at 87,000 items.
        """
        if self._known_outline is None:
            self._known_outline = (self._draw_outline(),)
        return self._known_outline[0]

    def _draw_outline(self) -> Outline | None:
        nobody = [History()]
        shared: dict[str, FloatArray] = {}
        spreads: dict[str, SharedSpread] = {}
        products: dict[str, ProductScores] = {}
        active = np.zeros(0, dtype=np.int64)
        for name, component in self.components_.items():
            made_of = component._products(nobody)  # noqa: SLF001
            partial = self._partial_of(name, nobody)
            if made_of is not None:
                products[name] = made_of
            elif partial is not None:
                if partial.shared is not None:
                    shared[name] = partial.shared
                    spreads[name] = SharedSpread.of(partial.shared, partial.columns)
                if len(partial.columns) and not np.array_equal(active, partial.columns):
                    if len(active):
                        return None
                    active = partial.columns
        if not len(active) or _FEW_ACTIVE * len(active) > self.n_items:
            return None
        vectors = {
            name: Vectors.of(each, emphasis=self._emphasis(name), active=active)
            for name, each in products.items()
        }
        return Outline.of(
            active=active, shared=shared, spreads=spreads, vectors=vectors, n_items=self.n_items
        )

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        voices = self._voices(history)
        accounts = [voice.parts(history, item_indices) for voice in voices]
        return [
            [part for account in accounts for part in account[place]]
            for place in range(len(item_indices))
        ]

    def _add_contributions(
        self, totals: FloatArray, history: History, item_indices: list[int], *, scales: FloatArray
    ) -> None:
        for name, factor in self._factors_for(history).items():
            component = self.components_[name]
            if not component.has_contributions or not factor:
                continue
            emphasis = self._emphasis(name)
            own = factor * scales if emphasis is None else factor * emphasis[item_indices] * scales
            component._add_contributions(totals, history, item_indices, scales=own)  # noqa: SLF001

    def factors_of(self, history: History) -> dict[str, float]:
        """Return by what each component was multiplied for a history that was scored lately.

        Those of components of components are among them, by names such as "ease.long".
        """
        own = dict(self._factors_for(history))
        for name, component in self.components_.items():
            if name in own and isinstance(component, Stack):
                inner = component.factors_of(history)
                own |= {f"{name}.{each}": factor for each, factor in inner.items()}
        return own

    def remember_factors(self, history: History, factors: Mapping[str, float]) -> None:
        """Take over what `factors_of` returned for a history: reasons then need no scores."""
        self._factors[history] = {
            name: factor for name, factor in factors.items() if name in self.components_
        }
        for name, component in self.components_.items():
            if isinstance(component, Stack):
                inner = {
                    each.removeprefix(f"{name}."): factor
                    for each, factor in factors.items()
                    if each.startswith(f"{name}.")
                }
                component.remember_factors(history, inner)

    def _factors_for(self, history: History) -> Mapping[str, float]:
        known = self._factors.get(history)
        if known is not None:
            return known
        return {voice.name: voice.factor for voice in self._voices(history)}

    def _arrays(self) -> Iterator[tuple[str, AnyArray]]:
        yield from super()._arrays()
        for name, component in self.components_.items():
            for key, values in component.arrays().items():
                yield f"{name}.{key}", values

    def _restore(self, arrays: Mapping[str, AnyArray]) -> None:
        components = self._components()
        of_components = tuple(f"{name}." for name in components)
        super()._restore(
            {key: values for key, values in arrays.items() if not key.startswith(of_components)}
        )
        self.components_ = {}
        for name, component in components.items():
            own = {
                key.removeprefix(f"{name}."): values
                for key, values in arrays.items()
                if key.startswith(f"{name}.")
            }
            self.components_[name] = replace(component).restore(
                items=self.items_, training=self.training_, arrays=own
            )


def _is_same(first: Any, second: Any) -> bool:
    """Return whether two hyperparameters are equal; models are, if all of theirs are."""
    if not isinstance(first, Recommender):
        return bool(first == second)
    return type(first) is type(second) and all(
        _is_same(getattr(first, each.name), getattr(second, each.name)) for each in fields(first)
    )
