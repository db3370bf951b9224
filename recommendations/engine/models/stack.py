"""A weighted sum of models on standardised scores: the frame of `Ease` and `Hybrid`."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from recommendations.engine.arrays import AnyArray, FloatArray
from recommendations.engine.base import Recommender
from recommendations.engine.explanation import Explanation, Part, scale_parts
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


@dataclass(kw_only=True, eq=False)
class Stack(Recommender):
    """Add components up on scores standardised over all items, for each history anew.

    Mean and deviation are taken as they come out for the history, so the sum stays an exact
    account; the share of the mean is a part of its own, called centring.
    """

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
        return _total(self._voices(history), n_items=self.n_items)

    def _explain(self, history: History, item_indices: list[int]) -> list[Explanation]:
        voices = self._voices(history)
        scores = _total(voices, n_items=self.n_items)
        accounts = [voice.component.explain_many(history, item_indices) for voice in voices]
        return [
            Explanation(
                item_index=item,
                score=float(scores[item]),
                parts=tuple(_parts(voices, [account[place] for account in accounts])),
                n_entries=history.n_entries,
            )
            for place, item in enumerate(item_indices)
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


def _total(voices: list[Voice], *, n_items: int) -> FloatArray:
    scores = np.zeros(n_items, dtype=np.float64)
    for voice in voices:
        scores += voice.weighted
    return scores


def _parts(voices: list[Voice], accounts: list[Explanation]) -> Iterator[Part]:
    for voice, account in zip(voices, accounts, strict=True):
        yield from scale_parts(account.parts, voice.factor, prefix=voice.name)
        yield Part(name=f"{voice.name}.centring", constant=-voice.mean * voice.factor)
