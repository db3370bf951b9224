"""What the person at the terminal sees: what is going on, then one line."""

import sys


class Console:
    """Progress on a terminal, in one line that is written over; silent in a pipe."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()

    def working(self, what: str) -> None:
        """Show what is being done."""
        if self._is_terminal:
            sys.stderr.write(f"\r\033[K{what} …")
            sys.stderr.flush()

    def say(self, line: str) -> None:
        """Print a line that stays."""
        self._clear()
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def complain(self, line: str) -> None:
        """Print what went wrong."""
        self._clear()
        sys.stderr.write(f"{line}\n")

    def _clear(self) -> None:
        if self._is_terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
