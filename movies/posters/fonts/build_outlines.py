"""Make archivo-outlines.json.gz, the letters the posters are set in, from Archivo variable.

A stand-alone SVG cannot see the fonts of a page, so posters carry their letters as outlines. The
table holds seven cuts of Archivo: six widths of the bold for titles (capitals only) and one for
small lines. Reproduce from the root of the project, in an empty directory PACKAGES:

    npm pack --pack-destination PACKAGES @fontsource-variable/archivo@5.3.0
    python -m movies.posters.fonts.build_outlines PACKAGES
"""

import argparse
import gzip
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from movies.posters.fonts.build_web_fonts import ARCHIVO, read_packed
from movies.posters.fonts.outlines import OUTLINES_PATH, TEXT_FACE, TITLE_WIDTHS, title_face

# Latin first: a letter found in two files is taken from the earlier one.
PUBLISHED_FILES = [
    "files/archivo-latin-standard-normal.woff2",
    "files/archivo-latin-ext-standard-normal.woff2",
    "files/archivo-vietnamese-standard-normal.woff2",
]
PAIR_ADJUSTMENT = 2
CLASS_KERNING = 2

Glyph = list[int | str]
Kerning = dict[tuple[str, str], int]


class RelativePathPen(BasePen):  # type: ignore[misc] # fontTools has no types
    """Write an outline as relative SVG path commands, y downwards, in whole font units."""

    def __init__(self, glyph_set: Any) -> None:
        super().__init__(glyph_set)
        self.commands: list[str] = []
        self._at = (0, 0)
        self._start = (0, 0)

    def _write(self, command: str, *points: tuple[float, float]) -> None:
        steps = []
        for x, y in points:
            steps += [round(x) - self._at[0], -round(y) + self._at[1]]
        numbers = "".join(str(step) if step < 0 else f" {step}" for step in steps)
        self.commands.append(command + numbers.lstrip())
        self._at = (round(points[-1][0]), round(points[-1][1]))

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 (named by fontTools)
        self._write("m", pt)
        self._start = self._at

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        step_x, step_y = round(pt[0]) - self._at[0], -round(pt[1]) + self._at[1]
        if step_x and step_y:
            self._write("l", pt)
            return
        self.commands.append(f"v{step_y}" if step_y else f"h{step_x}")
        self._at = (round(pt[0]), round(pt[1]))

    def _qCurveToOne(  # noqa: N802
        self, pt1: tuple[float, float], pt2: tuple[float, float]
    ) -> None:
        self._write("q", pt1, pt2)

    def _closePath(self) -> None:  # noqa: N802
        self.commands.append("z")
        self._at = self._start


def is_wanted(character: str, *, capitals_only: bool) -> bool:
    """Say whether a poster can ever print this character."""
    if unicodedata.category(character) in {"Cc", "Cf", "Mn", "Lm"}:
        return False
    return not capitals_only or character == character.upper()


def read_glyphs(font: TTFont, *, capitals_only: bool) -> dict[str, Glyph]:
    """Return advance, ink box and outline of every wanted character."""
    glyph_set = font.getGlyphSet()
    glyphs: dict[str, Glyph] = {}
    for code, name in font.getBestCmap().items():
        if not is_wanted(chr(code), capitals_only=capitals_only):
            continue
        pen, bounds = RelativePathPen(glyph_set), BoundsPen(glyph_set)
        glyph_set[name].draw(pen)
        glyph_set[name].draw(bounds)
        box = [round(edge) for edge in bounds.bounds or (0, 0, 0, 0)]
        glyphs[chr(code)] = [round(glyph_set[name].width), *box, "".join(pen.commands)]
    return glyphs


def pair_value(subtable: Any, left: str, right: str) -> int | None:
    """Return the kerning of two glyphs, None when the subtable does not cover them."""
    if left not in subtable.Coverage.glyphs:
        return None
    if subtable.Format == CLASS_KERNING:
        row = subtable.Class1Record[subtable.ClassDef1.classDefs.get(left, 0)]
        value = row.Class2Record[subtable.ClassDef2.classDefs.get(right, 0)].Value1
        return (value.XAdvance if hasattr(value, "XAdvance") else 0) if value else 0
    pair_set = subtable.PairSet[subtable.Coverage.glyphs.index(left)]
    for record in pair_set.PairValueRecord:
        if record.SecondGlyph == right:
            return getattr(record.Value1, "XAdvance", 0)
    return None


def read_kerning(font: TTFont, glyphs: dict[str, Glyph]) -> Kerning:
    """Return the kerning of every pair of characters that has one."""
    names = {code: name for code, name in font.getBestCmap().items() if chr(code) in glyphs}
    lookups = font["GPOS"].table.LookupList.Lookup
    subtables = [s for lookup in lookups if lookup.LookupType == PAIR_ADJUSTMENT
                 for s in lookup.SubTable]  # fmt: skip
    kerning: Kerning = {}
    for left, left_name in names.items():
        for right, right_name in names.items():
            values = (pair_value(subtable, left_name, right_name) for subtable in subtables)
            value = next((found for found in values if found is not None), 0)
            if value:
                kerning[chr(left), chr(right)] = value
    return kerning


def base_letter(character: str) -> str:
    """Return the letter without its accents."""
    return unicodedata.normalize("NFD", character)[0]


def pack_kerning(glyphs: dict[str, Glyph], kerning: Kerning) -> dict[str, Any]:
    """Return the kerning as classes of alike letters and a small matrix.

    The published files know no pair of a Latin and a Latin Extended letter, and few of the
    extended ones: such a pair is kerned like its letters without accents.
    """
    characters = sorted(glyphs)

    def value(left: str, right: str) -> int:
        plain = kerning.get((base_letter(left), base_letter(right)), 0)
        return kerning.get((left, right), plain)

    rows = {left: tuple(value(left, right) for right in characters) for left in characters}
    row_kinds = sorted(set(rows.values()))
    columns = {
        right: tuple(row[position] for row in row_kinds)
        for position, right in enumerate(characters)
    }
    column_kinds = sorted(set(columns.values()))
    return {
        "left": {left: row_kinds.index(row) for left, row in rows.items()},
        "right": {right: column_kinds.index(column) for right, column in columns.items()},
        "kerning": [list(row) for row in zip(*column_kinds, strict=True)],
    }


def build_face(published: list[bytes], *, width: int, weight: int, capitals_only: bool) -> Any:
    """Return one cut of the family as plain lists and dictionaries."""
    glyphs: dict[str, Glyph] = {}
    kerning: Kerning = {}
    for file in published:
        font = TTFont(io.BytesIO(file))
        cut = instancer.instantiateVariableFont(font, {"wdth": width, "wght": weight})
        found = read_glyphs(cut, capitals_only=capitals_only)
        kerning = read_kerning(cut, found) | kerning
        glyphs = found | glyphs
    return {"glyphs": glyphs, **pack_kerning(glyphs, kerning)}


def build(packages: Path) -> None:
    """Write the table of outlines and the licence text beside it."""
    published = [read_packed(packages / ARCHIVO, name) for name in PUBLISHED_FILES]
    faces = {
        title_face(width): build_face(published, width=width, weight=700, capitals_only=True)
        for width in TITLE_WIDTHS
    }
    faces[TEXT_FACE] = build_face(published, width=75, weight=600, capitals_only=False)
    table = json.dumps(faces, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    OUTLINES_PATH.write_bytes(gzip.compress(table.encode(), compresslevel=9, mtime=0))
    licence = read_packed(packages / ARCHIVO, "LICENSE")
    OUTLINES_PATH.with_name("OFL-archivo.txt").write_bytes(licence)


def main() -> None:
    """Read the directory of packages from the command line and build."""
    parser = argparse.ArgumentParser(description="Make the outlines the posters are set in.")
    parser.add_argument("packages", type=Path, help="directory with the .tgz file")
    build(parser.parse_args().packages)


if __name__ == "__main__":
    main()
