"""Read single fields of a data set; what cannot be read gives None."""

from accounts.models import AgeBand

HALF_STARS = {
    text: b"%d" % halves
    for halves in range(1, 11)
    for text in {
        f"{halves / 2:g}".encode(),
        f"{halves / 2:.1f}".encode(),
    }
}
MOST_DIGITS = 9
LAST_SECOND = 4_102_444_800  # the year 2100
LATEST_DIGITS = 10

# Genres go by the names that newer sets use.
GENRE_NAMES = {"Children's": "Children", "unknown": "", "(no genres listed)": ""}
# In the order of the flags of `u.item`.
GENRES_100K = (
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
)

# 100K has occupations of its own; these come nearest among those of 1M.
OCCUPATIONS = {
    "administrator": 3,
    "artist": 2,
    "doctor": 6,
    "educator": 1,
    "engineer": 17,
    "entertainment": 2,
    "executive": 7,
    "healthcare": 6,
    "homemaker": 9,
    "lawyer": 11,
    "librarian": 1,
    "marketing": 14,
    "none": 19,
    "other": 0,
    "programmer": 12,
    "retired": 13,
    "salesman": 14,
    "scientist": 15,
    "student": 4,
    "technician": 17,
    "writer": 20,
}
OLDEST = 120


def read_number(text: str) -> int | None:
    """Return a whole number of at most nine digits."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    return None


def read_second(text: str) -> int | None:
    """Return seconds since 1970, up to the year 2100."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= LATEST_DIGITS:
        return int(text) if int(text) <= LAST_SECOND else None
    return None


def read_genres(text: str) -> tuple[str, ...]:
    names = (GENRE_NAMES.get(name.strip(), name.strip()) for name in text.split("|"))
    return tuple(dict.fromkeys(name for name in names if name))


def band_of(age: int) -> int | None:
    """Return the band of MovieLens 1M that an age in years falls into."""
    if not 1 <= age <= OLDEST:
        return None
    return max(band for band in AgeBand.values if band <= age)
