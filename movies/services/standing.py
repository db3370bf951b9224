"""How somebody stands to a movie: their stars, their watchlist, their dismissals."""

from dataclasses import dataclass

from movies.guests import Guest, Viewer
from movies.models import Dismissal, Rating, WatchlistEntry


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has said about a movie."""

    half_stars: int | None = None
    is_on_watchlist: bool = False
    is_dismissed: bool = False

    @property
    def stars(self) -> float | None:
        return None if self.half_stars is None else self.half_stars / 2


def standing_of(*, movie_id: int, viewer: Viewer) -> Standing:
    """Return what a person or a guest has said about a movie."""
    if isinstance(viewer, Guest):
        rating = viewer.ratings.get(movie_id)
        return Standing(
            half_stars=rating.half_stars if rating else None,
            is_dismissed=movie_id in viewer.dismissals,
        )
    mine = {"user": viewer, "movie_id": movie_id}
    return Standing(
        half_stars=Rating.objects.filter(**mine).values_list("half_stars", flat=True).first(),
        is_on_watchlist=WatchlistEntry.objects.filter(**mine).exists(),
        is_dismissed=Dismissal.objects.filter(**mine).exists(),
    )
