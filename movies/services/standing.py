"""How a person stands to a movie: their stars, their watchlist, their dismissals."""

from dataclasses import dataclass

from accounts.models import User
from movies.models import Dismissal, Rating, WatchlistEntry


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has said about a movie; nothing, for a guest."""

    half_stars: int | None = None
    is_on_watchlist: bool = False
    is_dismissed: bool = False

    @property
    def stars(self) -> float | None:
        return None if self.half_stars is None else self.half_stars / 2


def standing_of(*, movie_id: int, user: User | None) -> Standing:
    """Return what a person has said about a movie."""
    if user is None:
        return Standing()
    mine = {"user": user, "movie_id": movie_id}
    return Standing(
        half_stars=Rating.objects.filter(**mine).values_list("half_stars", flat=True).first(),
        is_on_watchlist=WatchlistEntry.objects.filter(**mine).exists(),
        is_dismissed=Dismissal.objects.filter(**mine).exists(),
    )
