"""What a history shows by itself: a diary of everything, or a choice of favourites.

People like somewhat more than half of what they rate. A history without low ratings is a choice:
it stands for a longer one, it says nothing of what comes next, and what it is to be continued
by are favourites among many. A diary has low ratings, and its order is that of watching or of
remembering. Whoever goes on with it after a break has had time to find something new.
"""

from dataclasses import dataclass

from recommendations.engine.history import History

LIKED_STARS = 4.0
_HALF_DIARY = 0.05  # the share of low ratings at which a history is half a diary
_CHOSEN_FOR = 3.0  # further entries that a chosen one stands for
_HALF_AWAY = 6 * 3_600  # the seconds since the last entry at which somebody is half away


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The entries a history is worth, how far it is a diary, and how far its person was away.

    `diary` and `away` go from 0 to 1.
    """

    length: float
    diary: float
    away: float = 0.0

    @classmethod
    def of(cls, history: History) -> "Evidence":
        """Return what this history shows; nothing is no diary and worth nothing."""
        away = _away(history)
        if not history.n_ratings:
            return cls(length=float(history.n_entries), diary=0.0, away=away)
        low_share = float((history.values < LIKED_STARS).mean())
        diary = low_share / (low_share + _HALF_DIARY)
        length = history.n_entries * (1.0 + _CHOSEN_FOR * (1.0 - diary))
        return cls(length=length, diary=diary, away=away)


def _away(history: History) -> float:
    """Return 0 for somebody in the midst of it, near 1 after days; 0 where no time is known."""
    newest = max(history.timestamps.max(initial=0), history.events.timestamps.max(initial=0))
    pause = max(history.as_of - int(newest), 0) if newest > 0 else 0
    return pause / (pause + _HALF_AWAY)
