"""Compositions of arches, doors and windows."""

from movies.posters import svg
from movies.posters.compositions.stage import Stage

# Two arches of which one is B have no accent: they stand in a tall box only, in rows.
PAIR = 2


def arches(stage: Stage) -> str:
    """Draw nested arches A around a door B."""
    seed, width, height = stage.seed, stage.width, stage.height
    count = seed.whole(2, 4)
    gap_share = seed.between(0.5, 0.8)
    outer = min(width * seed.between(0.42, 0.47), height * 0.8)
    x = width / 2
    rise = min(height * seed.between(0.9, 0.97), outer * 2.1)
    # Each arch takes its own thickness and a gap; the door takes what remains.
    step = outer / (count + 0.7)
    thick = step / (1 + gap_share)
    outlines = []
    for position in range(count):
        inward = step * position
        outlines.append(svg.arch_outline(x, height, outer - inward, rise - inward))
        inward += thick
        outlines.append(svg.arch_outline(x, height, outer - inward, rise - inward))
    inward = step * count
    door = svg.arch_outline(x, height, outer - inward, rise - inward)
    return svg.path("".join(outlines), stage.palette.a) + svg.path(door, stage.palette.b)


def arcade(stage: Stage) -> str:
    """Draw rows of arches A, one of them B."""
    seed, width, height = stage.seed, stage.width, stage.height
    columns = seed.whole(2, 4)
    aspect = seed.between(1.35, 1.7)
    if columns == PAIR and height < width:
        columns += 1
    gap = 12.0
    half = (width - gap * (columns + 1)) / columns / 2
    rows = max(2 if columns == PAIR else 1, round((height - gap) / (2 * half * aspect + gap)))
    rise = (height - gap * (rows + 1)) / rows
    half = min(half, rise)
    accent = seed.whole(0, columns * rows - 1)
    side = (width - columns * 2 * half - gap * (columns - 1)) / 2
    form, door = [], ""
    for position in range(columns * rows):
        row, column = divmod(position, columns)
        x = side + half + column * (2 * half + gap)
        outline = svg.arch_outline(x, (rise + gap) * (row + 1), half, rise)
        if position == accent:
            door = outline
        else:
            form.append(outline)
    return svg.path("".join(form), stage.palette.a) + svg.path(door, stage.palette.b)


def window(stage: Stage) -> str:
    """Draw one big field A with one small shape B: a door, a disc, a lit pane."""
    return stage.seed.choice([_door, _lone_disc, _facade, _door])(stage)


def _door(stage: Stage) -> str:
    seed, width, height = stage.seed, stage.width, stage.height
    floor = height * seed.between(0.5, 0.68)
    door_width = width * seed.between(0.14, 0.22)
    door_height = min(height * seed.between(0.22, 0.32), floor - 6)
    x = seed.choice([0.16, 0.3, 0.6, 0.72]) * width
    return svg.rectangle(0, floor, width, height - floor, stage.palette.a) + svg.rectangle(
        x, floor - door_height, door_width, door_height, stage.palette.b
    )


def _lone_disc(stage: Stage) -> str:
    seed, width, height = stage.seed, stage.width, stage.height
    radius = stage.smaller_side * seed.between(0.11, 0.19)
    x = width * seed.choice([0.26, 0.5, 0.72])
    y = height * seed.choice([0.28, 0.36, 0.66])
    field = svg.rectangle(0, 0, width, height, stage.palette.a)
    return field + svg.disc(x, y, radius, stage.palette.b)


def _facade(stage: Stage) -> str:
    seed, width, height = stage.seed, stage.width, stage.height
    columns = seed.whole(4, 6)
    fill = seed.between(0.58, 0.7)
    pitch = width * 0.86 / columns
    pane_width = pitch * fill
    rows = max(2, int((height - 4) / (pitch * 1.06)))
    lit = seed.whole(0, columns * rows - 1)
    left = (width - pitch * columns + pitch - pane_width) / 2
    storey = height / rows
    shapes = []
    for position in range(columns * rows):
        row, column = divmod(position, columns)
        ink = stage.palette.b if position == lit else stage.palette.a
        y = storey * row + (storey - pane_width) / 2
        shapes.append(svg.rectangle(left + pitch * column, y, pane_width, pane_width, ink))
    return "".join(shapes)
