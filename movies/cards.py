"""What pages show of movies: cards, rails of cards, and reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from movies.models import Movie


class Titled(Protocol):
    """A movie, as far as a text that names it goes."""

    @property
    def title(self) -> str: ...

    def get_absolute_url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a reason's text; names a movie where the text is its title."""

    text: str
    movie: Titled | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence that tells why a movie is shown."""

    segments: tuple[Segment, ...]

    def __str__(self) -> str:
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Card:
    """A movie as it stands in a rail or a grid."""

    movie: Movie
    predicted: float | None = None
    own_stars: float | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Rail:
    """One titled row of cards."""

    slug: str
    title: str
    cards: Sequence[Card] = field(default_factory=list)
    note: str = ""
    see_all_url: str = ""
