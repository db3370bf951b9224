"""The lists that are kept for a person, as plain values that survive JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a list was made from; a list is stale when any of it has changed."""

    model_version: int
    profile_revision: int
    settings: str

    @property
    def label(self) -> str:
        """Name all of it in one word, for a key or for a comparison in Redis."""
        return f"{self.model_version}:{self.profile_revision}:{self.settings.replace(' ', '-')}"

    def is_met_by(self, label: str) -> bool:
        """Tell whether what has this label is as fresh: of this revision or a later one."""
        revision = int(label.split(":", 2)[1])
        newest = replace(self, profile_revision=max(self.profile_revision, revision))
        return label == newest.label


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
        """Return what `from_json` takes, made of JSON's own types: short, as it is read often."""
        fresh = self.freshness
        return {
            "freshness": [fresh.model_version, fresh.profile_revision, fresh.settings],
            "generated_at": self.generated_at,
            "stars_of": [list(self.stars_of), list(self.stars_of.values())],
            "unwanted": sorted(self.unwanted),
            "top": [_plain(pick) for pick in self.top],
            "because": [
                [each.source_movie_id, [_plain(pick) for pick in each.picks]]
                for each in self.because
            ],
            "predicted": [list(self.predicted), list(self.predicted.values())],
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return the lists; raise KeyError, TypeError or ValueError for anything else's JSON."""
        return cls(
            freshness=Freshness(*plain["freshness"]),
            generated_at=plain["generated_at"],
            stars_of=_mapping(*plain["stars_of"]),
            unwanted=frozenset(plain["unwanted"]),
            top=tuple(_pick(pick) for pick in plain["top"]),
            because=tuple(
                BecauseList(source_id, tuple(_pick(pick) for pick in picks))
                for source_id, picks in plain["because"]
            ),
            predicted=_mapping(*plain["predicted"]),
        )


def _mapping(movie_ids: list[int], stars: list[float]) -> dict[int, float]:
    return dict(zip(movie_ids, stars, strict=True))


def _plain(pick: Pick) -> list[Any]:
    move = pick.move
    return [
        pick.movie_id,
        pick.score,
        pick.predicted,
        pick.reason.kind,
        pick.reason.movie_ids,
        [move.from_place, move.to_place, move.why] if move else None,
    ]


def _pick(plain: list[Any]) -> Pick:
    movie_id, score, predicted, kind, cited, move = plain
    return Pick(
        movie_id=movie_id,
        score=score,
        predicted=predicted,
        reason=PickReason(kind, tuple(cited)),
        move=PickMove(*move) if move else None,
    )
