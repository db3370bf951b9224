"""What the catalogue's forms and addresses send, read strictly."""

from django.http import QueryDict

from movies.errors import StarsError, StarsMissingError
from movies.services.ratings import half_stars_from

NO_RATING = {"", "none"}
LONGEST_QUERY = 200
LONGEST_NUMBER = 9  # digits; more are nobody's place in a list


def read_stars(posted: QueryDict) -> float | None:
    """Return the stars of a rating form, or None to take the rating back.

    `clear`, and empty or zero `stars`, mean no rating. Whether the number is one of ½, 1, … 5 is
    for the service to say; a form without a choice raises StarsMissingError.
    """
    if posted.get("clear"):
        return None
    text = posted.get("stars")
    if text is None:
        raise StarsMissingError
    text = text.strip().lower()
    if text in NO_RATING:
        return None
    try:
        return float(text) or None
    except ValueError:
        raise StarsError(text[:20]) from None


def wants_on_list(posted: QueryDict) -> bool:
    """Tell whether a list's form puts the movie there (`on=1`, or nothing) or takes it off."""
    return posted.get("on", "1") != "0"


def read_text(query: QueryDict, name: str) -> str:
    """Return words to look for: one line, at most as long as the field allows."""
    text = query.get(name, "").replace("\x00", "")
    return " ".join(text.split())[:LONGEST_QUERY].strip()


def read_place(query: QueryDict, name: str) -> int:
    """Return a place in a list; anything else is its beginning."""
    text = query.get(name, "")
    is_place = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_place else 0


def read_half_stars(query: QueryDict, name: str) -> int | None:
    """Return the stars of a filter as half stars; None without one, or with nonsense."""
    try:
        return half_stars_from(float(query.get(name, "")))
    except (ValueError, StarsError):
        return None
