"""Words that titles and names are put together from."""

from configparser import ConfigParser
from pathlib import Path

_FILE = Path(__file__).with_name("words.txt")


def _read() -> dict[str, tuple[str, ...]]:
    """Return the words of each section of the file."""
    parser = ConfigParser(allow_no_value=True, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(_FILE, encoding="utf-8")
    return {name: tuple(" ".join(parser[name]).split()) for name in parser.sections()}


_WORDS = _read()
ADJECTIVES, NOUNS, PLACES = _WORDS["adjectives"], _WORDS["nouns"], _WORDS["places"]
FIRST_NAMES = _WORDS["first_names"]
SURNAME_PARTS = tuple(_WORDS[f"surname_{part}"] for part in ("heads", "middles", "tails"))
