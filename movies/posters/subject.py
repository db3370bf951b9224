"""What a poster is drawn from."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PosterSubject:
    """The facts of one movie that its poster shows or is coloured by."""

    title: str
    year: int | None = None
    director: str = ""
    genres: tuple[str, ...] = ()
