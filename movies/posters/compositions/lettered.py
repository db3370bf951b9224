"""Compositions of one letter or two figures."""

from movies.posters import svg
from movies.posters.compositions.stage import Stage
from movies.posters.fonts.outlines import (
    CAP_HEIGHT,
    TITLE_WIDTHS,
    UNITS_PER_EM,
    load_face,
    title_face,
)


def initial(stage: Stage) -> str:
    """Draw the first letter of the title, cropped, in A, with a small disc B."""
    seed, width, height = stage.seed, stage.width, stage.height
    overshoot = seed.between(1.08, 1.26)
    size = height * overshoot / CAP_HEIGHT * UNITS_PER_EM
    wanted = width * seed.between(0.86, 1.06) / size * UNITS_PER_EM
    faces = [load_face(title_face(wide)) for wide in TITLE_WIDTHS]
    face = min(faces, key=lambda cut: abs(cut.width(stage.letter) - wanted))
    run = face.set_line(stage.letter)
    ink_width = run.width * size / UNITS_PER_EM
    x = 0.0 if seed.chance() or ink_width < width * 0.7 else width - ink_width
    is_cropped_below = seed.chance()
    baseline = height * overshoot if is_cropped_below else height
    letter = svg.line_of_letters(run.outline, x, baseline, size, stage.palette.a)
    radius = stage.smaller_side * seed.between(0.1, 0.15)
    disc_x = width * seed.choice([0.22, 0.78])
    disc_y = height * seed.choice([0.2, 0.26, 0.74])
    return letter + svg.disc(disc_x, disc_y, radius, stage.palette.b)


def numeral(stage: Stage) -> str:
    """Draw the last two figures of the year in A over a disc or a half-field B."""
    seed, width, height = stage.seed, stage.width, stage.height
    figures = f"{(stage.year or 0) % 100:02d}"
    is_field = seed.chance()
    shapes = []
    if is_field:
        edge = height * seed.between(0.4, 0.56)
        shapes.append(svg.rectangle(0, edge, width, height - edge, stage.palette.b))
    else:
        radius = stage.smaller_side * seed.between(0.26, 0.34)
        place = (width * seed.choice([0.3, 0.7, 0.76]), height * seed.choice([0.36, 0.5, 0.62]))
        shapes.append(svg.disc(*place, radius, stage.palette.b))
    faces = [load_face(title_face(wide)) for wide in TITLE_WIDTHS[:4]]
    tallest = height * 0.9 / CAP_HEIGHT
    fitting = [(min(tallest, width * 0.94 / face.width(figures)), face) for face in faces]
    scale, face = max(fitting, key=lambda pair: pair[0] * (pair[0] * pair[1].width(figures)))
    run = face.set_line(figures)
    x = (width - run.width * scale) / 2
    baseline = (height + CAP_HEIGHT * scale) / 2
    size = scale * UNITS_PER_EM
    return "".join(shapes) + svg.line_of_letters(run.outline, x, baseline, size, stage.palette.a)
