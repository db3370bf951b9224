"""Set a title: choose lines, width and size so that the letters fill their block.

Every line stands on a track, as the letters of a cinema's sign do.
"""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from typing import NamedTuple

from movies.posters.fonts.outlines import (
    CAP_HEIGHT,
    TITLE_WIDTHS,
    UNITS_PER_EM,
    Face,
    Run,
    load_face,
    title_face,
)
from movies.posters.titles import is_small_word, line_pieces

MEASURE = 264.0
MOST_LINES = 5
WIDEST_FOR_LONG_TITLES = 88
SHORT_TITLE_LENGTH = 9
SMALL_WORD_FACTOR = 0.88
# Each step of width is worth 2 % of height; uneven lines cost their root. These two numbers set
# 48 of the 51 titles of the design's pictures in the same lines.
WIDTH_FAVOUR = 0.02
FILL_POWER = 0.5
SMALLEST_GAP = 6.0
GAP_SHARE = 0.15
ACCENT_CLEARANCE = 3.0
CAP_SHARE = CAP_HEIGHT / UNITS_PER_EM
# The face lines are parted by; the letters of all widths are alike enough for that.
PARTING_WIDTH = 75


class Block(NamedTuple):
    """The room a title has: the largest size of its letters and its height."""

    largest_size: float
    height: float


class SetLine(NamedTuple):
    """One line of a title: its outline, where it stands, where its track lies."""

    run: Run
    baseline: float
    track: float


class SetTitle(NamedTuple):
    """A title set in lines, measured downwards from the top of its block."""

    lines: tuple[SetLine, ...]
    size: float
    height: float


class _Candidate(NamedTuple):
    score: float
    size: float
    face: Face
    lines: tuple[str, ...]


def _gap(size: float) -> float:
    return max(SMALLEST_GAP, GAP_SHARE * size * CAP_SHARE)


def _height(line_count: int, size: float) -> float:
    """Return the height of lines of this size, their last track included."""
    return line_count * size * CAP_SHARE + (line_count - 0.5) * _gap(size)


def _size_for_height(line_count: int, height: float) -> float:
    """Return the largest size whose lines are not higher than the block."""
    gaps = line_count - 0.5
    with_growing_gap = height / (line_count + gaps * GAP_SHARE)
    if with_growing_gap * GAP_SHARE >= SMALLEST_GAP:
        return with_growing_gap / CAP_SHARE
    return (height - gaps * SMALLEST_GAP) / line_count / CAP_SHARE


def _small_word_factor(lines: tuple[str, ...]) -> float:
    return SMALL_WORD_FACTOR ** sum(is_small_word(line.split()[-1]) for line in lines)


def _partings(pieces: list[str], line_count: int) -> Iterator[tuple[str, ...]]:
    """Yield every way to part the pieces into this many lines."""
    for cuts in combinations(range(1, len(pieces)), line_count - 1):
        bounds = (0, *cuts, len(pieces))
        yield tuple("".join(pieces[a:b]).strip() for a, b in pairwise(bounds))


@cache
def _parting_face() -> Face:
    return load_face(title_face(PARTING_WIDTH))


def _best_parting(pieces: list[str], line_count: int) -> tuple[str, ...]:
    """Return the parting whose widest line is narrowest, small words at line ends weighed in."""
    face = _parting_face()

    def cost(lines: tuple[str, ...]) -> float:
        return max(face.width(line) for line in lines) / _small_word_factor(lines)

    return min(_partings(pieces, line_count), key=cost)


def _candidates(title: str, block: Block) -> Iterator[_Candidate]:
    pieces = line_pieces(title)
    is_short = len(title) <= SHORT_TITLE_LENGTH
    widths = [w for w in TITLE_WIDTHS if is_short or w <= WIDEST_FOR_LONG_TITLES]
    for line_count in range(1, min(MOST_LINES, len(pieces)) + 1):
        lines = _best_parting(pieces, line_count)
        tallest = min(block.largest_size, _size_for_height(line_count, block.height))
        for step, width in enumerate(widths):
            face = load_face(title_face(width))
            measures = [face.width(line) / UNITS_PER_EM for line in lines]
            size = min(tallest, MEASURE / max(measures))
            fill = sum(measures) * size / MEASURE / line_count
            favour = 1 + WIDTH_FAVOUR * step
            score = size * CAP_SHARE * fill**FILL_POWER * _small_word_factor(lines) * favour
            yield _Candidate(score, size, face, lines)


def set_title(title: str, block: Block) -> SetTitle:
    """Set a title of printable capitals into a block; it is never wider than the measure."""
    best = max(_candidates(title, block), key=lambda candidate: candidate.score)
    return _stack([best.face.set_line(line) for line in best.lines], best.size)


def _stack(runs: list[Run], size: float) -> SetTitle:
    """Put lines under each other, further apart where accents or commas need the room."""
    em, gap, cap_height = size / UNITS_PER_EM, _gap(size), size * CAP_SHARE
    lines: list[SetLine] = []
    floor = track = 0.0
    for run in runs:
        over_caps = max(0.0, run.top * em - cap_height)
        clearance = ACCENT_CLEARANCE if over_caps and lines else 0.0
        baseline = max(track + (gap / 2 if lines else 0), floor + over_caps + clearance)
        baseline += cap_height
        track = baseline + gap / 2
        floor = baseline - run.bottom * em
        lines.append(SetLine(run, baseline, track))
    return SetTitle(tuple(lines), size, max(track, floor))
