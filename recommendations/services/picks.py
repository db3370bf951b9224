"""The lists that are kept for a person, as plain values that survive JSON.

They are columns of numbers: a page shows a few of the three hundred movies in them, and an object
for each would take longer to make than the whole to be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Self, overload

# Counts on whenever lists are kept in another form: those in an earlier one are stale.
FORM = 2

ReasonKind = Literal["rated", "close", "acclaimed", "guess"]


@dataclass(frozen=True, slots=True)
class PickReason:
    """Why a movie is in a list: ratings that speak for it, likeness to one, everybody, or a try."""

    kind: ReasonKind
    movie_ids: tuple[int, ...] = ()


GUESS = PickReason("guess")
ACCLAIMED = PickReason("acclaimed")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Picks(Sequence[Pick]):
    """The movies of a list, best first; each becomes a `Pick` when it is looked at.

    `cited` are the movies whose ratings speak for each, none where everybody's do, and None for a
    guess. `from_places`, from 1, are those that scores alone give, and `whys` say what moved a
    movie on purpose, "" for one that stayed or made room.
    """

    movie_ids: Sequence[int] = field(default_factory=list)
    scores: Sequence[float] = field(default_factory=list)
    predicted: Sequence[float | None] = field(default_factory=list)
    cited: Sequence[Sequence[int] | None] = field(default_factory=list)
    from_places: Sequence[int] = field(default_factory=list)
    whys: Sequence[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Raise ValueError unless all columns are equally long."""
        _check_lengths(*self.to_json().values())

    def __len__(self) -> int:
        return len(self.movie_ids)

    @overload
    def __getitem__(self, place: int) -> Pick: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Pick, ...]: ...
    def __getitem__(self, place: int | slice) -> Pick | tuple[Pick, ...]:
        found = range(len(self))[place]
        return self._pick(found) if isinstance(found, int) else tuple(map(self._pick, found))

    def to_json(self) -> dict[str, Sequence[Any]]:
        """Return the columns by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def _pick(self, place: int) -> Pick:
        return Pick(
            movie_id=self.movie_ids[place],
            score=self.scores[place],
            predicted=self.predicted[place],
            reason=_reason(self.cited[place]),
            move=_move(self.from_places[place], place + 1, self.whys[place]),
        )


@dataclass(frozen=True, slots=True)
class BecauseList:
    """Movies close to one that the person liked, closest first."""

    source_movie_id: int
    movie_ids: Sequence[int]
    similarities: Sequence[float]
    predicted: Sequence[float]

    def __post_init__(self) -> None:
        """Raise ValueError unless all columns are equally long."""
        _check_lengths(self.movie_ids, self.similarities, self.predicted)

    @property
    def picks(self) -> Iterator[Pick]:
        """Yield the movies as picks."""
        reason = PickReason("close", (self.source_movie_id,))
        columns = zip(self.movie_ids, self.similarities, self.predicted, strict=True)
        return (Pick(*row, reason) for row in columns)

    def to_json(self) -> list[Any]:
        """Return the arguments of the constructor."""
        return [getattr(self, each.name) for each in fields(self)]


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a list was made from; a list is stale when any of it has changed."""

    model_version: int
    profile_revision: int
    settings: str

    def at(self, profile_revision: int) -> Self:
        """Return the same for what a person had done by another revision."""
        return replace(self, profile_revision=profile_revision)

    @property
    def label(self) -> str:
        """Name all of it in one word, for a key or for a comparison in Redis."""
        return f"{self.model_version}:{self.profile_revision}:{self.settings.replace(' ', '-')}"

    def to_json(self) -> list[int | str]:
        """Return the arguments of the constructor."""
        return [self.model_version, self.profile_revision, self.settings]

    def is_met_by(self, label: str) -> bool:
        """Tell whether what has this label is as fresh: of this revision or a later one."""
        revision = label.partition(":")[2].partition(":")[0]
        known = int(revision) if revision.isdecimal() else 0
        return label == self.at(max(self.profile_revision, known)).label


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalLists:
    """Everything worked out for one person at once."""

    freshness: Freshness
    generated_at: str
    stars_of: Mapping[int, float]
    unwanted: frozenset[int]
    top: Picks
    because: tuple[BecauseList, ...] = ()
    predicted: Mapping[int, float] = field(default_factory=dict)

    @property
    def movie_ids(self) -> Sequence[int]:
        """Return the movies of the list itself, best first."""
        return self.top.movie_ids

    @property
    def seen(self) -> frozenset[int]:
        """Movies that are never recommended: rated or dismissed."""
        return self.unwanted | self.stars_of.keys()

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes, made of JSON's own types: short, as it is read often."""
        return {
            "freshness": self.freshness.to_json(),
            "generated_at": self.generated_at,
            "stars_of": [list(self.stars_of), list(self.stars_of.values())],
            "unwanted": sorted(self.unwanted),
            "top": self.top.to_json(),
            "because": [each.to_json() for each in self.because],
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
            top=Picks(**plain["top"]),
            because=tuple(BecauseList(*each) for each in plain["because"]),
            predicted=_mapping(*plain["predicted"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The movies of a person's list before anything is said of them.

    It is worked out for many who may not come; reasons, close movies and stars for those who do.
    Columns are those of `Picks`; `moved` are movies that something moved on purpose, `whys` what,
    and `guesses` those that are one. `factors` are what reasons need of the scoring
    (`Stack.factors_of`).
    """

    freshness: Freshness
    generated_at: str
    movie_ids: Sequence[int]
    scores: Sequence[float]
    from_places: Sequence[int]
    moved: Sequence[int]
    whys: Sequence[str]
    guesses: Sequence[int]
    factors: Mapping[str, float]

    def __post_init__(self) -> None:
        """Raise ValueError unless columns that belong together are equally long."""
        _check_lengths(self.movie_ids, self.scores, self.from_places)
        _check_lengths(self.moved, self.whys)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes, made of JSON's own types."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**plain, "freshness": self.freshness.to_json()}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return the ranking; raise KeyError, TypeError or ValueError for anything else's JSON."""
        return cls(**{**plain, "freshness": Freshness(*plain["freshness"])})


def _mapping(movie_ids: list[int], stars: list[float]) -> dict[int, float]:
    return dict(zip(movie_ids, stars, strict=True))


def _check_lengths(*columns: Sequence[object]) -> None:
    lengths = [len(column) for column in columns]
    if len(set(lengths)) > 1:
        raise ValueError(f"columns of one length are expected, not of {lengths}")


def _reason(cited: Sequence[int] | None) -> PickReason:
    if cited is None:
        return GUESS
    return PickReason("rated", tuple(cited)) if cited else ACCLAIMED


def _move(from_place: int, to_place: int, why: str) -> PickMove | None:
    """Return the move; None where nothing moved."""
    return PickMove(from_place, to_place, why or "made room") if from_place != to_place else None
