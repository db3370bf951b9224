"""The forms posters are made of: one function a composition, by name.

A composition draws into the art box of its stage, from (0, 0) to (width, height); what goes over
the edge is clipped. Ink A carries the form and B appears once, as the accent, except in lens and
tiles. Holes are true holes, never ground laid over A: that would leave a hairline.
"""

from collections.abc import Callable

from movies.posters.compositions.arched import arcade, arches, window
from movies.posters.compositions.barred import bands, blinds, ladder, pills, stairs
from movies.posters.compositions.celled import halftone, quarters, tiles
from movies.posters.compositions.circular import horizon, lens, orbit, rings, waves
from movies.posters.compositions.lettered import initial, numeral
from movies.posters.compositions.pointed import beam, chevron, shards, split, teeth
from movies.posters.compositions.stage import Stage

Composition = Callable[[Stage], str]

COMPOSITIONS: dict[str, Composition] = {
    composition.__name__: composition
    for composition in (
        arcade, arches, bands, beam, blinds, chevron, halftone, horizon, initial, ladder, lens,
        numeral, orbit, pills, quarters, rings, shards, split, stairs, teeth, tiles, waves, window,
    )
}  # fmt: skip

# These need the whole width: they are never inset.
UNFRAMED = frozenset({"beam", "horizon", "teeth"})

__all__ = ["COMPOSITIONS", "UNFRAMED", "Composition", "Stage"]
