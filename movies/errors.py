"""What can go wrong with the catalogue and with what people do to it."""

from pathlib import Path


class MoviesError(Exception):
    """The root of this app's errors; the message is fit for people."""


class MovieNotFoundError(MoviesError):
    """There is no such movie, or it is hidden."""

    def __init__(self, movie_id: int) -> None:
        super().__init__(f"There is no movie {movie_id}.")
        self.movie_id = movie_id


class AccountGoneError(MoviesError):
    """Somebody's account was deleted while they did something."""

    def __init__(self) -> None:
        super().__init__("This account has been deleted.")


class StarsError(MoviesError):
    """A number of stars is not one of 0.5, 1, … 5."""

    def __init__(self, stars: object) -> None:
        super().__init__(f"A rating is between 0.5 and 5 in steps of a half, not {stars}.")
        self.stars = stars


class StarsMissingError(MoviesError):
    """A rating was sent without a choice of stars."""

    def __init__(self) -> None:
        super().__init__("Choose between half a star and five stars first.")


class GuestFullError(MoviesError):
    """A visit without an account holds no more movies."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"Without an account Marquee keeps {most} films. Create one, and all of them stay."
        )


class RealRatingsLoadedError(MoviesError):
    """The demo's simulated people do not mix with the people of a real data set."""

    def __init__(self) -> None:
        super().__init__("A real data set is loaded, so the demo catalogue is not.")


class NoMovieLensSetError(MoviesError):
    """A place was named that holds no MovieLens set."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"There is no MovieLens set at {place}.")
        self.place = place


class ImportRefusedError(MoviesError):
    """A file cannot be imported at all; nothing of it was."""


class ImportBusyError(MoviesError):
    """Another import is running."""

    def __init__(self) -> None:
        super().__init__("Another import is running. Try again when it has finished.")


class CatalogueNotEmptyError(MoviesError):
    """Made-up movies and ratings were about to be mixed with what is there."""

    def __init__(self) -> None:
        super().__init__("The catalogue is not empty; --beside adds to what is there.")


class ImpossiblePlanError(MoviesError):
    """So many ratings cannot be made up for so many people and movies."""
