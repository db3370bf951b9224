"""The bytes that decide a poster: same film, same poster, for ever."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count
from typing import TypeVar

Choice = TypeVar("Choice")
LARGEST_BYTE = 255


def seed_bytes(text: str) -> Iterator[int]:
    """Yield the SHA-256 of the text byte by byte, then that of the text with #1, #2, …"""
    encoded = text.encode("utf-8", errors="replace")
    yield from sha256(encoded).digest()
    for extension in count(1):
        yield from sha256(encoded + f"#{extension}".encode()).digest()


class Seed:
    """Draws values from the seed, each from the next byte.

    The order of the draws is the identity of a poster: changing it anywhere redraws films that
    people know, and asks for a new RULES_VERSION.
    """

    def __init__(self, text: str) -> None:
        self._bytes = seed_bytes(text)

    def byte(self) -> int:
        """Return the next byte."""
        return next(self._bytes)

    def chance(self) -> bool:
        """Return true for every second byte."""
        return self.byte() % 2 == 0

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + self.byte() % (high - low + 1)

    def between(self, low: float, high: float) -> float:
        """Return a number from low to high."""
        return low + (high - low) * self.byte() / LARGEST_BYTE

    def choice(self, options: Sequence[Choice]) -> Choice:
        """Return one of the options."""
        return options[self.byte() % len(options)]
