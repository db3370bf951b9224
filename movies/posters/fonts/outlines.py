"""Letters as outlines: seven cuts of Archivo, read once from the table beside this module.

Archivo, copyright 2020 The Archivo Project Authors, SIL Open Font License 1.1 (OFL-archivo.txt).
Made by build_outlines.py. All measures are in font units, 1000 to the em, y downwards.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

OUTLINES_PATH = Path(__file__).with_name("archivo-outlines.json.gz")
UNITS_PER_EM = 1000
CAP_HEIGHT = 686
TITLE_WIDTHS = (62, 75, 88, 100, 112, 125)
TEXT_FACE = "75-600"


def title_face(width: int) -> str:
    """Name the bold cut of this width."""
    return f"{width}-700"


class Glyph(NamedTuple):
    """One letter: how far it moves the pen, the box of its ink (y upwards), its outline."""

    advance: int
    left: int
    bottom: int
    right: int
    top: int
    outline: str


class Run(NamedTuple):
    """A set line of text. The ink starts at x = 0; top and bottom are measured upwards."""

    outline: str
    width: float
    top: int
    bottom: int


@dataclass(frozen=True, eq=False)
class Face:
    """One cut of the family."""

    glyphs: dict[str, Glyph]
    left: dict[str, int]
    right: dict[str, int]
    kerning: list[list[int]]

    def can_print(self, character: str) -> bool:
        """Say whether the cut has this character."""
        return character in self.glyphs

    def width(self, text: str) -> float:
        """Return the width of the ink of a line."""
        if not text:
            return 0
        first, last = self.glyphs[text[0]], self.glyphs[text[-1]]
        pens = self._pen_positions(text, tracking=0)
        return pens[-1] + last.right - first.left

    def set_line(self, text: str, *, tracking: float = 0) -> Run:
        """Return the outline of a line, its ink starting at x = 0 and standing on y = 0."""
        if not text:
            return Run("", 0, 0, 0)
        glyphs = [self.glyphs[character] for character in text]
        pens = self._pen_positions(text, tracking=tracking)
        start = glyphs[0].left
        outline = "".join(
            f"M{pen - start:.0f} 0{glyph.outline}"
            for pen, glyph in zip(pens, glyphs, strict=True)
            if glyph.outline
        )
        top, bottom = max(g.top for g in glyphs), min(g.bottom for g in glyphs)
        return Run(outline, pens[-1] + glyphs[-1].right - start, top, bottom)

    def _pen_positions(self, text: str, *, tracking: float) -> list[float]:
        """Return where the pen stands before each letter, kerning included."""
        pen = 0.0
        pens = [pen]
        for before, after in pairwise(text):
            kerning = self.kerning[self.left[before]][self.right[after]]
            pen += self.glyphs[before].advance + kerning + tracking
            pens.append(pen)
        return pens


@cache
def _faces() -> dict[str, Face]:
    table = json.loads(gzip.decompress(OUTLINES_PATH.read_bytes()))
    return {
        name: Face(
            glyphs={character: Glyph(*glyph) for character, glyph in face["glyphs"].items()},
            left=face["left"],
            right=face["right"],
            kerning=face["kerning"],
        )
        for name, face in table.items()
    }


def load_face(name: str) -> Face:
    """Return a cut by name; the table is read on first use and kept (about 30 ms)."""
    return _faces()[name]
