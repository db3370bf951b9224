"""Compositions of discs, rings and waves."""

from collections.abc import Callable
from math import cos, pi, sin, sqrt, tau

from movies.posters import svg
from movies.posters.compositions.stage import Stage

STRIP_GROWTH, GAP_GROWTH, GAP_TO_STRIP = 1.3, 1.2, 0.42
WAVE_STEP = 5.0
DISC_STEPS = 40
MIDDLE = 0.5
LARGEST_BODY = 11.0


def horizon(stage: Stage) -> str:
    """Draw a sun B on a floor A that growing stripes of ground cut."""
    seed, width, height = stage.seed, stage.width, stage.height
    floor = height * seed.between(0.55, 0.7)
    rise = seed.between(0, 0.7)
    radius = min(width * seed.between(0.22, 0.36), (floor - 8) / (1 + rise))
    x = width * seed.between(0.32, 0.68)
    half_chord = radius * sqrt(1 - rise**2)
    size = svg.number(radius)
    sun = (
        f"M{svg.number(x - half_chord)} {svg.number(floor)}A{size} {size} 0 1 1 "
        f"{svg.number(x + half_chord)} {svg.number(floor)}z"
    )
    return svg.path(sun, stage.palette.b) + _striped_floor(stage, floor)


def _striped_floor(stage: Stage, floor: float) -> str:
    count = stage.seed.whole(3, 5)
    strips = [STRIP_GROWTH**position for position in range(count)]
    gaps = [GAP_TO_STRIP * GAP_GROWTH**position for position in range(count)]
    # The last strip, the shore, is as deep as two of its place would be.
    strips.append(2 * STRIP_GROWTH**count)
    unit = (stage.height - floor) / (sum(strips) + sum(gaps))
    shapes, y = [], floor
    for strip, gap in zip(strips, [*gaps, 0.0], strict=True):
        shapes.append(svg.rectangle(0, y, stage.width, strip * unit, stage.palette.a))
        y += (strip + gap) * unit
    return "".join(shapes)


def rings(stage: Stage) -> str:
    """Draw rings A around a heart B, in the middle or on an edge."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(5, 7)
    places = [(0.5, 0.5), (0.5, 0.5), (0.5, 0.0), (0.5, 1.0), (0.0, 0.5), (1.0, 0.5), (0.36, 0.5)]
    x_share, y_share = seed.choice(places)
    is_central = 0 < x_share < 1 and 0 < y_share < 1
    reach = max(width, height) * (0.62 if is_central else 0.8)
    step = reach / (count + 1)
    x, y = width * x_share, height * y_share
    shapes = [
        svg.ring(x, y, step * (band + 2), step * (band + 1), stage.palette.a)
        for band in range(0, count, 2)
    ]
    return "".join(shapes) + svg.disc(x, y, step * 0.62, stage.palette.b)


def orbit(stage: Stage) -> str:
    """Draw thin orbits and their bodies A around a sun B."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(4, 6)
    x_share = seed.choice([MIDDLE, MIDDLE, 0.2, 0.8])
    x, y = width * x_share, height * seed.between(0.46, 0.54)
    reach = min(0.47 * width, min(y, height - y) - LARGEST_BODY) * (
        1 if x_share == MIDDLE else 1.25
    )
    sun = reach * seed.between(0.22, 0.3)
    first = sun * 1.45
    orbits = [first + (reach - first) * position / (count - 1) for position in range(count)]
    shapes = [svg.thin_ring(x, y, radius, stage.palette.a, stroke=1.4) for radius in orbits]
    shapes.append(svg.disc(x, y, sun, stage.palette.b))
    # Bodies keep to the side that the box shows.
    middle = {0.2: 0.0, 0.8: pi}.get(x_share)
    for number, radius in enumerate(orbits[1::2]):
        free = seed.between(0, tau)
        angle = free + number if middle is None else middle + (free - pi) * 0.2
        body = seed.choice([5.0, 8.0, LARGEST_BODY]) if number else 6.5
        place = (x + radius * cos(angle), y + radius * sin(angle))
        shapes.append(svg.disc(*place, body, stage.palette.a))
    return "".join(shapes)


def lens(stage: Stage) -> str:
    """Draw two discs, A and B; where they overlap, the ink of the type or the bare ground."""
    seed, palette = stage.seed, stage.palette
    angle = seed.choice([0.0, pi / 2, pi / 4, -pi / 4, pi / 3, -pi / 6])
    overlap = seed.between(0.82, 1.2)
    across, up = 2 + overlap * abs(cos(angle)), 2 + overlap * abs(sin(angle))
    radius = min(
        stage.width * seed.between(0.25, 0.31), (stage.width - 16) / across,
        (stage.height - 16) / up,
    )  # fmt: skip
    half = radius * overlap / 2
    x, y = stage.width / 2, stage.height / 2
    rise = sqrt(radius**2 - half**2)
    one = f"{svg.number(x - sin(angle) * rise)} {svg.number(y + cos(angle) * rise)}"
    other = f"{svg.number(x + sin(angle) * rise)} {svg.number(y - cos(angle) * rise)}"
    size = f"A{svg.number(radius)} {svg.number(radius)} 0"
    crescents = svg.path(f"M{one}{size} 1 1 {other}{size} 0 0 {one}z", palette.a) + svg.path(
        f"M{one}{size} 1 0 {other}{size} 0 1 {one}z", palette.b
    )
    if palette.type in {palette.a, palette.b}:
        return crescents
    return crescents + svg.path(f"M{one}{size} 0 1 {other}{size} 0 1 {one}z", palette.type)


def waves(stage: Stage) -> str:
    """Draw sine bands A with a half-sunk disc B."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(4, 6)
    shore = height * seed.between(0.42, 0.54)
    swell = min(14.0, height * 0.05) * seed.between(0.7, 1.2)
    length = width / seed.choice([1.0, 1.5, 2.0])
    phase = seed.between(0, tau)
    drift = seed.choice([0.0, 0.6, pi / 2])
    pitch = (height - shore) / (count - 0.5)

    def surface(x: float, band: int) -> float:
        return shore + band * pitch + swell * sin(tau * x / length + phase + band * drift)

    steps = [position * WAVE_STEP for position in range(int(width / WAVE_STEP) + 2)]
    bands = "".join(
        svg.polygon_outline(
            [(x, surface(x, band)) for x in steps]
            + [(x, surface(x, band + 1)) for x in reversed(steps)]
        )
        for band in range(0, count, 2)
    )
    sun = _half_sunk_disc(stage, lambda x: surface(x, 0), largest=shore * 0.62)
    return sun + svg.path(bands, stage.palette.a)


def _half_sunk_disc(stage: Stage, surface: Callable[[float], float], *, largest: float) -> str:
    """Draw the part of a disc B that stands out of the water."""
    seed = stage.seed
    radius = min(stage.width * seed.between(0.18, 0.26), largest)
    x = stage.width * seed.between(0.3, 0.7)
    y = surface(x) - radius * seed.between(0, 0.35)
    # Even steps of angle keep the rim smooth where it is steep.
    angles = [pi + pi * step / DISC_STEPS for step in range(-DISC_STEPS // 2, DISC_STEPS * 3 // 2)]
    rim = [(x + radius * cos(angle), y + radius * sin(angle)) for angle in angles]
    return svg.polygon([(px, min(py, surface(px))) for px, py in rim], stage.palette.b)
