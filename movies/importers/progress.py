"""How far an import is."""

from typing import Protocol


class Progress(Protocol):
    """Somebody who wants to know."""

    def begin(self, *, title: str, total: int | None = None) -> None: ...

    def advance(self, steps: int) -> None: ...


class NoProgress:
    """Nobody wants to know."""

    def begin(self, *, title: str, total: int | None = None) -> None:
        del title, total

    def advance(self, steps: int) -> None:
        del steps
