"""The sizes that are compared, and where each keeps its data and its figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from movies.simulation import Plan
from runner.places import ROOT, make_directory

MOST_RATINGS = 32_000_000
MOST_MOVIES = 87_000
RATINGS_A_PERSON = 160
# From MovieLens 1M (3,883 movies) to 32M (87,585) the catalogue grew by this power of the ratings.
MOVIES_POWER = 0.895
SEED = 1


@dataclass(frozen=True)
class Size:
    """A number of ratings, with as many people and movies as MovieLens would have."""

    label: str
    ratings: int

    @classmethod
    def of(cls, label: str) -> "Size":
        """Return the size of a label such as 4M."""
        return cls(label, int(float(label.removesuffix("M")) * 1_000_000))

    @property
    def plan(self) -> Plan:
        share = self.ratings / MOST_RATINGS
        return Plan(
            users=self.ratings // RATINGS_A_PERSON,
            movies=round(MOST_MOVIES * share**MOVIES_POWER),
            ratings=self.ratings,
            seed=SEED,
        )

    @property
    def directory(self) -> Path:
        """Return where servers, artefacts and figures of this size are."""
        return make_directory(ROOT / "var" / "scale" / self.label)

    def figures_file(self, step: str) -> Path:
        return make_directory(self.directory / "figures") / f"{step}.json"

    def figures(self, step: str) -> dict[str, Any]:
        """Return what a step measured; nothing if it has not been run."""
        file = self.figures_file(step)
        return json.loads(file.read_text()) if file.exists() else {}

    def keep(self, step: str, figures: Mapping[str, Any]) -> None:
        """Write what a step measured, whole or not at all."""
        file = self.figures_file(step)
        new = file.with_suffix(".new")
        new.write_text(json.dumps(figures, indent=1, sort_keys=True))
        new.rename(file)


SIZES = tuple(Size.of(label) for label in ("1M", "4M", "16M", "32M"))
