"""Inks, palettes and the family of a movie."""

from typing import NamedTuple

INKS = {
    "pitch": "#16171B", "night": "#1A2342", "petrol": "#0E4A5A", "bottle": "#1C4A3A",
    "sage": "#A8B79B", "mint": "#BFDFCF", "sky": "#9AC5DD", "cobalt": "#2450C4",
    "ultra": "#2A2C86", "violet": "#573C88", "lilac": "#C6B4E2", "plum": "#451C39",
    "rose": "#F0BDB7", "pink": "#EF8AA0", "red": "#C42A24", "verm": "#EC5B35",
    "rust": "#963B25", "ochre": "#DB9C2E", "lemon": "#F3D548", "sand": "#E2CEA3",
    "bone": "#EEE8DA", "stone": "#B8B2A5", "smoke": "#565A62",
}  # fmt: skip
OPAL = "#F4F2EA"
PITCH = INKS["pitch"]
# Below this, sRGB is linear.
SRGB_KNEE = 0.04045


class Palette(NamedTuple):
    """Four inks: the ground, the form A, the accent B and the type."""

    ground: str
    a: str
    b: str
    type: str


class Family(NamedTuple):
    """The palettes and compositions one kind of movie is drawn with."""

    palettes: tuple[Palette, ...]
    compositions: tuple[str, ...]


def _palettes(names: str) -> tuple[Palette, ...]:
    """Read palettes of ink names, four each, parted by semicolons."""
    return tuple(Palette(*(INKS[name] for name in palette.split())) for palette in names.split(";"))


FAMILIES = {
    "noir": Family(
        _palettes(
            "pitch bone red bone; smoke pitch bone bone; bone pitch red pitch;"
            "night stone ochre bone; pitch smoke lemon bone"
        ),
        ("beam", "blinds", "window", "halftone", "bands", "initial", "split", "ladder"),
    ),
    "horror": Family(
        _palettes(
            "pitch red bone bone; plum verm pink rose; bone red pitch pitch;"
            "bottle pitch mint mint; red pitch bone bone"
        ),
        ("teeth", "rings", "beam", "shards", "numeral", "window", "split"),
    ),
    "scifi": Family(
        _palettes(
            "night sky verm sky; petrol mint verm mint; bone cobalt pitch pitch;"
            "ultra lilac lemon bone; sky night verm night; pitch petrol mint mint"
        ),
        ("orbit", "rings", "halftone", "horizon", "ladder", "numeral", "quarters", "pills"),
    ),
    "west": Family(
        _palettes(
            "ochre rust pitch pitch; sand verm petrol pitch; rust ochre bone bone;"
            "sand bottle ochre pitch; petrol sand verm sand"
        ),
        ("horizon", "shards", "bands", "waves", "initial", "split", "arcade"),
    ),
    "doc": Family(
        _palettes(
            "bone smoke red pitch; stone bone pitch pitch; sage bottle bone pitch;"
            "sky bone cobalt night"
        ),
        ("halftone", "numeral", "bands", "window", "tiles", "pills"),
    ),
    "play": Family(
        _palettes(
            "lemon cobalt verm pitch; mint pink cobalt night; sky red lemon night;"
            "verm lemon ultra pitch; cobalt lemon pink bone; lilac verm lemon plum"
        ),
        ("tiles", "waves", "arches", "rings", "orbit", "quarters", "pills", "arcade"),
    ),
    "love": Family(
        _palettes(
            "rose red plum plum; plum rose verm rose; pink plum lemon plum;"
            "bone pink cobalt night; petrol rose verm rose; lilac plum verm plum"
        ),
        ("lens", "arches", "waves", "horizon", "window", "quarters", "arcade", "split"),
    ),
    "action": Family(
        _palettes(
            "verm pitch bone pitch; pitch verm lemon bone; lemon pitch red pitch;"
            "cobalt verm bone bone; bone verm night pitch"
        ),
        ("shards", "chevron", "blinds", "stairs", "numeral", "beam", "split", "ladder"),
    ),
    "comedy": Family(
        _palettes(
            "lemon pitch pink pitch; pink cobalt lemon night; mint verm bottle pitch;"
            "bone verm cobalt pitch; verm lemon bone pitch; sky red bone night"
        ),
        ("tiles", "stairs", "lens", "chevron", "initial", "halftone", "pills", "quarters"),
    ),
    "drama": Family(
        _palettes(
            "sage bottle bone pitch; stone plum verm pitch; bone petrol ochre pitch;"
            "bottle sage ochre bone; sand night rust pitch; night sand rust sand;"
            "violet lilac ochre bone"
        ),
        ("window", "horizon", "bands", "arcade", "halftone", "blinds", "quarters", "ladder",
         "split"),
    ),
}  # fmt: skip

# The first genre of this list that a movie has names its family.
_FAMILY_OF_GENRE = {
    "film-noir": "noir", "horror": "horror", "sci-fi": "scifi", "science fiction": "scifi",
    "western": "west", "war": "west", "documentary": "doc", "animation": "play",
    "children": "play", "children's": "play", "musical": "play", "romance": "love",
    "mystery": "noir", "crime": "noir", "thriller": "noir", "action": "action",
    "adventure": "west", "fantasy": "play", "comedy": "comedy",
}  # fmt: skip


def family_of(genres: tuple[str, ...]) -> Family:
    """Return the family of a movie with these genres, drama when none tells more."""
    known = {genre.lower() for genre in genres}
    names = (family for genre, family in _FAMILY_OF_GENRE.items() if genre in known)
    return FAMILIES[next(names, "drama")]


def luminance(ink: str) -> float:
    """Return the relative luminance of an ink, as WCAG 2 defines it."""
    channels = (int(ink[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= SRGB_KNEE else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: str, other: str) -> float:
    """Return the contrast of two inks, 1 to 21, as WCAG 2 defines it."""
    dark, light = sorted((luminance(ink), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
