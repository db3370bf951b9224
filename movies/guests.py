"""Somebody without an account, and what they have said during their visit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from accounts.models import User


@dataclass(frozen=True, slots=True)
class GuestRating:
    """What a guest thinks of a movie, in half stars, and since when."""

    half_stars: int
    rated_at: datetime


@dataclass(frozen=True)
class Guest:
    """A guest; both mappings are by movie id, oldest first."""

    ratings: Mapping[int, GuestRating] = field(default_factory=dict)
    dismissals: Mapping[int, datetime] = field(default_factory=dict)

    @property
    def is_unknown(self) -> bool:
        """Tell whether the guest has said nothing yet."""
        return not self.ratings and not self.dismissals

    @property
    def stars_of(self) -> dict[int, float]:
        return {movie_id: each.half_stars / 2 for movie_id, each in self.ratings.items()}

    @property
    def settled_ids(self) -> set[int]:
        """Return the movies that the guest has rated or dismissed."""
        return self.ratings.keys() | self.dismissals.keys()

    @cached_property
    def fingerprint(self) -> str:
        """Return a digest of all the guest has said and when: the same only for the same."""
        said = [
            *(("r", key, each.half_stars, each.rated_at) for key, each in self.ratings.items()),
            *(("d", key, 0, dismissed_at) for key, dismissed_at in self.dismissals.items()),
        ]
        plain = [(kind, key, halves, time.isoformat()) for kind, key, halves, time in said]
        return sha256(repr(plain).encode()).hexdigest()


# Whoever looks at a page.
Viewer = User | Guest
