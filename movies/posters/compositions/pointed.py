"""Compositions of triangles and slants."""

from math import cos, hypot, pi, sin

from movies.posters import svg
from movies.posters.compositions.stage import Stage


def _mirrored(points: list[svg.Point], width: float) -> list[svg.Point]:
    return [(width - x, y) for x, y in points]


def beam(stage: Stage) -> str:
    """Draw a beam A that falls from a lamp B near a top corner."""
    seed, width, height = stage.seed, stage.width, stage.height
    radius = seed.between(16, 30)
    lamp = (seed.between(0.06, 0.13) * width, radius + 4 + height * seed.between(0, 0.14))
    points = [
        lamp,
        (width, height * seed.between(0.84, 0.97)),
        (width, height),
        (width * seed.between(0.2, 0.36), height),
    ]
    if seed.chance():
        points = _mirrored(points, width)
    return svg.polygon(points, stage.palette.a) + svg.disc(*points[0], radius, stage.palette.b)


def shards(stage: Stage) -> str:
    """Draw rays A from a point of the edge, the middle one B."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(4, 6)
    # Angles in half turns, counted from the right and upwards.
    x_share, y_share, start, end = seed.choice(
        [(0.0, 1.0, 0.02, 0.48), (1.0, 1.0, 0.52, 0.98), (0.5, 1.0, 0.08, 0.92),
         (0.25, 1.0, 0.06, 0.8), (0.0, 0.5, -0.36, 0.36), (1.0, 0.0, 1.02, 1.48)]
    )  # fmt: skip
    fill = seed.between(0.5, 0.66)
    origin = (width * x_share, height * y_share)
    reach = 2 * hypot(width, height)
    pitch = (end - start) / (count - 1 + fill)

    def tip(turn: float) -> svg.Point:
        return origin[0] + reach * cos(pi * turn), origin[1] - reach * sin(pi * turn)

    shapes = []
    for ray in range(count):
        turn = start + pitch * ray
        ink = stage.palette.b if ray == count // 2 else stage.palette.a
        shapes.append(svg.polygon([origin, tip(turn), tip(turn + pitch * fill)], ink))
    return "".join(shapes)


def split(stage: Stage) -> str:
    """Draw a slanted field A and a disc B that rides on its slope."""
    seed, width, height = stage.seed, stage.width, stage.height
    high, low = height * seed.between(0.3, 0.46), height * seed.between(0.72, 0.9)
    radius = stage.smaller_side * seed.between(0.15, 0.21)
    sinking = seed.choice([1.0, 1.0, 0.55, 0.0])
    along = seed.between(0.24, 0.42)
    field = [(0.0, low), (width, high), (width, height), (0.0, height)]
    slope = hypot(width, low - high)
    # The normal of the slope, upwards: the disc touches the field when moved by its radius.
    x = width * along - (low - high) / slope * radius * sinking
    y = low + (high - low) * along - width / slope * radius * sinking
    centre = [(max(x, radius * 0.6), max(y, radius + 4))]
    if seed.chance():
        field, centre = _mirrored(field, width), _mirrored(centre, width)
    return svg.polygon(field, stage.palette.a) + svg.disc(*centre[0], radius, stage.palette.b)


def teeth(stage: Stage) -> str:
    """Draw two saw edges A and a disc B between them."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(4, 7)
    depth = height * seed.between(0.26, 0.34)
    root = height * 0.04
    bite = width / count
    upper: list[svg.Point] = [(0, 0), (0, root)]
    lower: list[svg.Point] = [(0, height), (0, height - root)]
    for tooth in range(count):
        upper += [(bite * (tooth + 0.5), root + depth), (bite * (tooth + 1), root)]
        tip = height - root - depth
        lower += [(bite * (tooth + 0.5), tip), (bite * (tooth + 1), height - root)]
    upper.append((width, 0))
    lower.append((width, height))
    free = height / 2 - root - depth
    radius = min(max(free - 5, height * 0.1), width * 0.2)
    # Between two tips, where the gap is widest.
    x = bite * seed.whole(1, count - 1)
    jaws = svg.polygon_outline(upper) + svg.polygon_outline(lower)
    return svg.path(jaws, stage.palette.a) + svg.disc(x, height / 2, radius, stage.palette.b)


def chevron(stage: Stage) -> str:
    """Draw chevrons A that point up, down or sideways, one in B."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(4, 6)
    is_upright = seed.chance()
    is_turned = seed.chance()
    accent = seed.whole(1, count - 2)
    along, across = (height, width) if is_upright else (width, height)
    depth = across * seed.between(0.26, 0.4)
    pitch = (along + depth * 0.5) / count
    thick = pitch * seed.between(0.48, 0.62)
    shapes = []
    for position in range(count):
        tip = pitch * position - depth * 0.25
        edge = [(0.0, tip + depth), (across / 2, tip), (across, tip + depth)]
        band = edge + [(x, y + thick) for x, y in reversed(edge)]
        if is_turned:
            band = [(x, along - y) for x, y in band]
        if not is_upright:
            band = [(y, x) for x, y in band]
        ink = stage.palette.b if position == accent else stage.palette.a
        shapes.append(svg.polygon(band, ink))
    return "".join(shapes)
