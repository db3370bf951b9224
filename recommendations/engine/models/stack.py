"""A weighted sum of models on standardised scores: the frame of `Ease` and `Hybrid`."""

import weakref
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from recommendations.engine.arrays import AnyArray, FloatArray
from recommendations.engine.base import Recommender
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions

_NO_DEVIATION = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Voice:
    """One component as it speaks for one history: z = weight · (score − mean) / deviation.

    `factor` is weight / deviation, and 0 where all items score the same.
    """

    name: str
    component: Recommender
    scores: FloatArray
    mean: float
    factor: float

    @property
    def weighted(self) -> FloatArray:
        """Return what the component adds to every item, shape (n_items,)."""
        return (self.scores - self.mean) * self.factor

    def parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        """Return for each of these items the parts of what the component adds."""
        centring = Part(name=f"{self.name}.centring", constant=-self.mean * self.factor)
        return [
            [*(part.scaled(self.factor, prefix=self.name) for part in parts), centring]
            for parts in self.component._parts(history, item_indices)  # noqa: SLF001 - checked once
        ]


@dataclass(kw_only=True, eq=False)
class Stack(Recommender):
    """Add components up on scores standardised over all items, for each history anew.

    Mean and deviation are taken as they come out for the history, so the sum stays an exact
    account; the share of the mean is a part of its own, called centring.
    """

    def __post_init__(self) -> None:
        """Start with no history remembered."""
        self._remembered: tuple[weakref.ref[History], list[Voice]] | None = None

    def _forget(self) -> None:
        super()._forget()
        self._remembered = None

    @abstractmethod
    def _components(self) -> Mapping[str, Recommender]:
        """Return the unfitted components by name."""

    @abstractmethod
    def _weights(self, history: History) -> Mapping[str, float]:
        """Return the weight of each component that speaks for this history."""

    def _fit(self, interactions: Interactions) -> None:
        self.components_ = {
            name: replace(component).fit(interactions)
            for name, component in self._components().items()
        }

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
        scores = component.score(history)
        mean, deviation = float(scores.mean()), float(scores.std())
        is_flat = deviation <= _NO_DEVIATION * max(1.0, abs(mean))
        return Voice(
            name=name,
            component=component,
            scores=scores,
            mean=mean,
            factor=0.0 if is_flat else weight / deviation,
        )

    def _score(self, history: History) -> FloatArray:
        scores = np.zeros(self.n_items, dtype=np.float64)
        for voice in self._voices(history):
            scores += voice.weighted
        return scores

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        voices = self._voices(history)
        accounts = [voice.parts(history, item_indices) for voice in voices]
        return [
            [part for account in accounts for part in account[place]]
            for place in range(len(item_indices))
        ]

    def _arrays(self) -> Iterator[tuple[str, AnyArray]]:
        yield from super()._arrays()
        for name, component in self.components_.items():
            for key, values in component.arrays().items():
                yield f"{name}.{key}", values

    def _restore(self, arrays: Mapping[str, AnyArray]) -> None:
        self.components_ = {}
        for name, component in self._components().items():
            own = {
                key.removeprefix(f"{name}."): values
                for key, values in arrays.items()
                if key.startswith(f"{name}.")
            }
            self.components_[name] = replace(component).restore(
                items=self.items_, training=self.training_, arrays=own
            )
