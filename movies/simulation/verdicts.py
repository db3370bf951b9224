"""How well people like what they rate, in half stars."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from movies.simulation.films import Films
from movies.simulation.people import People

# How often people of sets with half stars give each of them, rounded.
SHARES = (0.014, 0.028, 0.018, 0.075, 0.055, 0.2, 0.13, 0.266, 0.085, 0.129)
_QUALITY = 0.64
_TASTE = 0.66
_NOISE = 0.8


def impressions(
    people: People,
    films: Films,
    users: npt.NDArray[np.int64],
    items: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> npt.NDArray[np.float32]:
    """Return how well each of these people liked each of these films, on no scale yet."""
    taste = np.einsum("ij,ij->i", people.tastes[users], films.tastes[items])
    noise = rng.standard_normal(len(users), dtype=np.float32)
    liked = _QUALITY * films.quality[items] + _TASTE * taste + _NOISE * noise
    return np.asarray(people.kindness[users] + people.width[users] * liked, dtype=np.float32)


@dataclass(frozen=True)
class Scale:
    """Where one half star ends and the next begins."""

    cuts: npt.NDArray[np.float64]

    @classmethod
    def of(cls, sample: npt.NDArray[np.float32]) -> Self:
        """Return the scale on which a sample of impressions has the usual shares."""
        return cls(np.quantile(sample, np.cumsum(SHARES)[:-1]))

    def half_stars(self, liked: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
        """Return 1 to 10 for each impression."""
        return np.asarray(1 + np.searchsorted(self.cuts, liked), dtype=np.int16)
