"""Write any text with the letters the font has.

What the font lacks must not print as an empty box: accents it cannot carry are dropped, Cyrillic
and Greek are written in Latin letters, and every other script is left out.
"""

import unicodedata
from functools import lru_cache

from movies.posters.fonts.outlines import TEXT_FACE, TITLE_WIDTHS, Face, load_face, title_face

_CYRILLIC = (
    "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f "
    "х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya і=i ї=yi є=ye ґ=g ў=u ђ=dj ј=j љ=lj "
    "њ=nj ћ=c џ=dz"
)
_GREEK = (
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f "
    "χ=ch ψ=ps ω=o"
)
_LATIN_FORMS = dict(pair.split("=") for pair in f"{_CYRILLIC} {_GREEK}".split())
# Typographic quotes, and dashes the font draws.
_SYMBOLS = {"‑": "-", "‒": "–", "―": "—", "´": "’", "`": "‘", "'": "’", "ʹ": "’"}


def _latin_form(character: str) -> str:
    """Return how a letter of another script is written in Latin letters, "" if unknown."""
    found = _LATIN_FORMS.get(character.lower(), "")
    return found.capitalize() if character != character.lower() else found


@lru_cache(maxsize=4096)
def _fold(character: str, face: Face) -> str:
    if character.isspace():
        return " "
    if character in _SYMBOLS:
        return _SYMBOLS[character]
    if face.can_print(character):
        return character
    if latin := _latin_form(character):
        return latin
    simpler = unicodedata.normalize("NFKD", character)
    if simpler == character:
        return ""
    return "".join(_fold(part, face) for part in simpler)


def printable(text: str) -> str:
    """Return the text in letters the small lines can be set in, single spaces between words."""
    return _fold_all(text, load_face(TEXT_FACE))


def capitals(text: str) -> str:
    """Return the text in capitals the titles can be set in."""
    # Folded before as well: the Latin form of Ψ is Ps, which has a small letter.
    return _fold_all(printable(text).upper(), load_face(title_face(TITLE_WIDTHS[0])))


def _fold_all(text: str, face: Face) -> str:
    composed = unicodedata.normalize("NFC", text)
    folded = "".join(_fold(character, face) for character in composed)
    return " ".join(folded.split())
