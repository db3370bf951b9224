"""What a history shows by itself: a diary of everything, or a choice of favourites.

People like somewhat more than half of what they rate. A history without low ratings is a choice:
it stands for a longer one, it says nothing of what comes next, and what it is to be continued
by are favourites among many. A diary has low ratings, and its order is that of watching or of
remembering.
"""

from dataclasses import dataclass

from recommendations.engine.history import History

LIKED_STARS = 4.0
_HALF_DIARY = 0.05  # the share of low ratings at which a history is half a diary
_CHOSEN_FOR = 3.0  # further entries that a chosen one stands for


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The entries a history is worth, and how far it is a diary, 0 to 1."""

    length: float
    diary: float

    @classmethod
    def of(cls, history: History) -> "Evidence":
        """Return what this history shows; nothing is no diary and worth nothing."""
        if not history.n_ratings:
            return cls(length=float(history.n_entries), diary=0.0)
        low_share = float((history.values < LIKED_STARS).mean())
        diary = low_share / (low_share + _HALF_DIARY)
        return cls(length=history.n_entries * (1.0 + _CHOSEN_FOR * (1.0 - diary)), diary=diary)
