"""The exact account of one number: what a score or a star prediction is made of."""

from dataclasses import dataclass, replace

import numpy as np

from recommendations.engine.arrays import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """One named summand.

    A part that depends on the history has `contributions`, shape (n_entries,): its value is their
    sum plus its own `constant`. Any other part has none, and is its constant.
    """

    name: str
    constant: float = 0.0
    contributions: FloatArray | None = None

    @property
    def value(self) -> float:
        """Return what the part adds."""
        if self.contributions is None:
            return self.constant
        return self.constant + float(self.contributions.sum())

    def scaled(self, factor: float, *, prefix: str) -> "Part":
        """Return the part times a factor, its name behind a prefix."""
        shares = None if self.contributions is None else self.contributions * factor
        return replace(
            self,
            name=f"{prefix}.{self.name}",
            constant=self.constant * factor,
            contributions=shares,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Explanation:
    """A score (or predicted stars) with the parts that sum to it.

    `score` is the number the model gave; the parts' values sum to it within
    1e-6 · max(1, Σ|parts|).
    """

    item_index: int
    score: float
    parts: tuple[Part, ...]
    n_entries: int

    @property
    def total(self) -> float:
        """Return the sum of the parts in float64."""
        return float(np.sum([part.value for part in self.parts], dtype=np.float64))

    @property
    def tolerance(self) -> float:
        """Return how far the sum of the parts may be from the score."""
        return 1e-6 * max(1.0, sum(abs(part.value) for part in self.parts))

    @property
    def contributions(self) -> FloatArray:
        """Return what each entry of the history gave over all parts, shape (n_entries,)."""
        total = np.zeros(self.n_entries, dtype=np.float64)
        for part in self.parts:
            if part.contributions is not None:
                total += part.contributions
        return total

    def value_of(self, prefix: str) -> float:
        """Return the sum of the parts whose name is, or begins with, this word and a dot."""
        return sum(
            part.value
            for part in self.parts
            if part.name == prefix or part.name.startswith(f"{prefix}.")
        )
