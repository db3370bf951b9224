"""The lists that are kept for a person, as plain values that survive JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

ReasonKind = Literal["rated", "close", "acclaimed", "guess"]


@dataclass(frozen=True, slots=True)
class PickReason:
    """Why a movie is in a list: ratings that speak for it, likeness to one, everybody, or a try."""

    kind: ReasonKind
    movie_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PickMove:
    """A rule that changed a movie's place; places count from 1."""

    from_place: int
    to_place: int
    why: str


@dataclass(frozen=True, slots=True)
class Pick:
    """A movie in a person's list."""

    movie_id: int
    score: float
    predicted: float | None
    reason: PickReason
    move: PickMove | None = None


@dataclass(frozen=True, slots=True)
class BecauseList:
    """Movies close to one that the person liked."""

    source_movie_id: int
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What a list was made from; a list is stale when any of it has changed."""

    model_version: int
    profile_revision: int
    settings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalLists:
    """Everything worked out for one person at once."""

    freshness: Freshness
    generated_at: str
    stars_of: Mapping[int, float]
    unwanted: frozenset[int]
    top: tuple[Pick, ...]
    because: tuple[BecauseList, ...] = ()
    predicted: Mapping[int, float] = field(default_factory=dict)

    @property
    def seen(self) -> frozenset[int]:
        """Movies that are never recommended: rated or dismissed."""
        return self.unwanted | self.stars_of.keys()

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes, made of JSON's own types."""
        plain = asdict(self)
        plain["unwanted"] = sorted(self.unwanted)
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return the lists; raise KeyError, TypeError or ValueError for anything else's JSON."""
        return cls(
            freshness=Freshness(**plain["freshness"]),
            generated_at=plain["generated_at"],
            stars_of={int(movie_id): stars for movie_id, stars in plain["stars_of"].items()},
            unwanted=frozenset(plain["unwanted"]),
            top=tuple(_pick(pick) for pick in plain["top"]),
            because=tuple(
                BecauseList(each["source_movie_id"], tuple(_pick(pick) for pick in each["picks"]))
                for each in plain["because"]
            ),
            predicted={int(movie_id): stars for movie_id, stars in plain["predicted"].items()},
        )


def _pick(plain: Mapping[str, Any]) -> Pick:
    reason = plain["reason"]
    return Pick(
        movie_id=plain["movie_id"],
        score=plain["score"],
        predicted=plain["predicted"],
        reason=PickReason(reason["kind"], tuple(reason["movie_ids"])),
        move=PickMove(**plain["move"]) if plain["move"] else None,
    )
