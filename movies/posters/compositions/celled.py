"""Compositions on a grid."""

from collections.abc import Callable
from math import hypot

from movies.posters import svg
from movies.posters.compositions.stage import Stage

LARGE_DOT = 0.55


def halftone(stage: Stage) -> str:
    """Draw dots that grow along an axis or from a point, one in B."""
    seed, width, height = stage.seed, stage.width, stage.height
    columns = seed.whole(7, 11)
    pitch = width / columns
    rows = max(2, int(height / pitch))
    towards = seed.choice([(0.0, 1.0), (1.0, 0.0), (0.7, 0.7), (-0.7, 0.7), None, None])
    focus = (seed.between(0.2, 0.8), seed.between(0.2, 0.8))
    places = [
        ((column + 0.5) / columns, (row + 0.5) / rows)
        for row in range(rows)
        for column in range(columns)
    ]
    sizes = _between_zero_and_one([_strength(place, towards, focus) for place in places])
    accent = seed.choice([n for n, size in enumerate(sizes) if size > LARGE_DOT])
    top = (height - rows * pitch) / 2
    dots, drop = [], ""
    for number, (x, y) in enumerate(places):
        centre = (x * width, top + y * rows * pitch)
        if number == accent:
            drop = svg.disc(*centre, pitch * 0.5, stage.palette.b)
        else:
            dots.append(svg.disc_outline(*centre, pitch * (0.05 + 0.44 * sizes[number])))
    return svg.path("".join(dots), stage.palette.a) + drop


def _strength(place: svg.Point, towards: svg.Point | None, focus: svg.Point) -> float:
    """Return how large a dot is meant to be, on no particular scale."""
    if towards is None:
        return -hypot(place[0] - focus[0], place[1] - focus[1])
    return place[0] * towards[0] + place[1] * towards[1]


def _between_zero_and_one(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) for value in values]


def quarters(stage: Stage) -> str:
    """Draw a thick quarter ring A and, in the opposite corner, a quarter disc B."""
    seed, width, height = stage.seed, stage.width, stage.height
    is_right, is_low = seed.chance(), seed.chance()
    outer = stage.smaller_side * seed.between(0.74, 0.86)
    inner = outer * seed.between(0.42, 0.54)
    corner = (width if is_right else 0, height if is_low else 0)
    opposite = (0 if is_right else width, 0 if is_low else height)
    room = hypot(width, height) - outer - 16
    radius = min(room, stage.smaller_side * seed.between(0.42, 0.56))
    ring = svg.quarter_outline(
        corner, outer, right=not is_right, down=not is_low
    ) + svg.quarter_outline(corner, inner, right=not is_right, down=not is_low)
    disc = svg.quarter_outline(opposite, radius, right=is_right, down=is_low)
    return svg.path(ring, stage.palette.a) + svg.path(disc, stage.palette.b)


Corner = tuple[float, float, float]


def _quarter(stage: Stage, cell: Corner, ink: str) -> str:
    x, y, side = cell
    is_right, is_low = stage.seed.chance(), stage.seed.chance()
    corner = (x if is_right else x + side, y if is_low else y + side)
    return svg.path(svg.quarter_outline(corner, side, right=is_right, down=is_low), ink)


def _half(stage: Stage, cell: Corner, ink: str) -> str:
    x, y, side = cell
    foot = y + side * stage.seed.choice([0.5, 1.0])
    r = svg.number(side / 2)
    start = f"M{svg.number(x)} {svg.number(foot)}"
    return svg.path(f"{start}a{r} {r} 0 0 1 {svg.number(side)} 0z", ink)


def _disc(stage: Stage, cell: Corner, ink: str) -> str:
    x, y, side = cell
    share = stage.seed.choice([0.5, 0.28])
    return svg.disc(x + side / 2, y + side / 2, side * share, ink)


def _triangle(stage: Stage, cell: Corner, ink: str) -> str:
    x, y, side = cell
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    corners.pop(stage.seed.whole(0, 3))
    return svg.polygon(corners, ink)


def _ring(stage: Stage, cell: Corner, ink: str) -> str:
    x, y, side = cell
    hole = stage.seed.choice([0.2, 0.27])
    return svg.ring(x + side / 2, y + side / 2, side / 2, side * hole, ink)


def _stripes(stage: Stage, cell: Corner, ink: str) -> str:
    x, y, side = cell
    bar = side / 5
    if stage.seed.chance():
        return "".join(svg.rectangle(x, y + bar * n, side, bar, ink) for n in (0, 2, 4))
    return "".join(svg.rectangle(x + bar * n, y, bar, side, ink) for n in (0, 2, 4))


TILES: list[Callable[[Stage, Corner, str], str]] = [
    _quarter, _half, _disc, _triangle, _ring, _stripes, _quarter, _quarter,
]  # fmt: skip


def tiles(stage: Stage) -> str:
    """Draw a floor of quarter, half and whole discs, triangles, rings and stripes."""
    seed, width, height = stage.seed, stage.width, stage.height
    columns = seed.whole(3, 5)
    side = width / columns
    if height < side * 2:
        columns, side = columns * 2, side / 2
    rows = int(height / side)
    top = (height - rows * side) / 2
    inks = [stage.palette.a, stage.palette.a, stage.palette.b, stage.palette.type]
    shapes = []
    for position in range(columns * rows):
        row, column = divmod(position, columns)
        cell = (column * side, top + row * side, side)
        tile = seed.choice(TILES)
        # Neighbours start one ink further, so that no ink clumps.
        ink = inks[(position + row + seed.byte() % 2) % len(inks)]
        shapes.append(tile(stage, cell, ink))
    return "".join(shapes)
