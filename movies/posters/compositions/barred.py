"""Compositions of bars."""

from math import cos, pi, sin, tau

from movies.posters import svg
from movies.posters.compositions.stage import Stage

BAND_GROWTH = 1.45
SLAT_GROWTH = 1.17
LADDER_MARGIN = 9.0


def bands(stage: Stage) -> str:
    """Draw strips that grow; every second is A, one is B."""
    seed = stage.seed
    count = seed.whole(5, 7)
    is_growing_down = seed.chance()
    heights = [BAND_GROWTH**position for position in range(count)]
    accent = seed.whole(1, count - 2)
    unit = stage.height / sum(heights)
    shapes, y = [], 0.0
    order = range(count) if is_growing_down else range(count - 1, -1, -1)
    for position in order:
        is_form = (count - 1 - position) % 2 == 0
        ink = stage.palette.b if position == accent else stage.palette.a
        if is_form or position == accent:
            shapes.append(svg.rectangle(0, y, stage.width, heights[position] * unit, ink))
        y += heights[position] * unit
    return "".join(shapes)


def blinds(stage: Stage) -> str:
    """Draw standing slats that widen, their tops stepped, one in B."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(7, 11)
    step = height * seed.between(0.02, 0.055)
    gap_share = seed.between(0.4, 0.6)
    accent = seed.whole(count // 2, count - 1)
    is_mirrored, is_hanging = seed.chance(), seed.chance()
    widths = [SLAT_GROWTH**position for position in range(count)]
    unit = width / (sum(widths) * (1 + gap_share) - widths[-1] * gap_share)
    shapes, x = [], 0.0
    for position, share in enumerate(widths):
        slat, top = share * unit, step * position
        ink = stage.palette.b if position == accent else stage.palette.a
        left = width - x - slat if is_mirrored else x
        shapes.append(svg.rectangle(left, 0 if is_hanging else top, slat, height - top, ink))
        x += slat * (1 + gap_share)
    return "".join(shapes)


def stairs(stage: Stage) -> str:
    """Draw steps A that rise to one side, one of them B."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(5, 7)
    accent = seed.whole(1, count - 1)
    is_mirrored = seed.chance()
    run, rise = width / count, height * seed.between(0.86, 0.97) / count

    def flight(first: int, last: int) -> list[svg.Point]:
        points = [(run * first, height)]
        for step in range(first, last):
            top = height - rise * (step + 1)
            points += [(run * step, top), (run * (step + 1), top)]
        points.append((run * last, height))
        return [(width - x, y) for x, y in points] if is_mirrored else points

    flights = [flight(0, accent), flight(accent + 1, count)]
    form = "".join(svg.polygon_outline(points) for points in flights)
    return svg.path(form, stage.palette.a) + svg.polygon(
        flight(accent, accent + 1), stage.palette.b
    )


def ladder(stage: Stage) -> str:
    """Draw centred bars that swell and shrink, one in B."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(6, 10)
    least, most = width * seed.between(0.16, 0.3), width * seed.between(0.84, 0.96)
    accent = seed.whole(1, count - 2)
    pitch = (height - 2 * LADDER_MARGIN) / (count - 0.35)
    shapes = []
    for position in range(count):
        swell = sin(pi * (position + 0.35) / (count - 0.3))
        bar = least + (most - least) * swell
        ink = stage.palette.b if position == accent else stage.palette.a
        x = (width - bar) / 2
        shapes.append(svg.rectangle(x, LADDER_MARGIN + pitch * position, bar, pitch * 0.65, ink))
    return "".join(shapes)


def pills(stage: Stage) -> str:
    """Draw rounded bars along a sine, in length or in place, one in B."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(5, 9)
    is_wandering = seed.chance()
    phase, turns = seed.between(0, tau), seed.choice([0.8, 1.0, 1.3])
    accent = seed.whole(0, count - 1)
    pitch = width / count
    bar = pitch * 0.58
    shapes = []
    for position in range(count):
        wave = cos(phase + tau * turns * position / count)
        share = 0.62 if is_wandering else 0.53 + 0.42 * wave
        length = max(bar, height * share)
        shift = (height - length) / 2 * (0.9 * wave if is_wandering else 0)
        y = (height - length) / 2 + shift
        ink = stage.palette.b if position == accent else stage.palette.a
        x = pitch * position + (pitch - bar) / 2
        shapes.append(svg.rectangle(x, y, bar, length, ink, radius=bar / 2))
    return "".join(shapes)
