"""What a composition has to work with."""

from dataclasses import dataclass

from movies.posters.palettes import Palette
from movies.posters.seed import Seed


@dataclass(frozen=True)
class Stage:
    """The art box, its inks, the seed, and the facts some compositions show."""

    width: float
    height: float
    palette: Palette
    seed: Seed
    letter: str
    year: int | None

    @property
    def smaller_side(self) -> float:
        """Return the smaller of width and height."""
        return min(self.width, self.height)
