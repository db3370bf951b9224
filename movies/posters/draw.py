"""Draw a poster: seed, layout, art and type put together."""

from hashlib import sha256

from movies.posters import svg
from movies.posters.compositions import COMPOSITIONS, UNFRAMED, Stage
from movies.posters.fonts.outlines import TEXT_FACE, UNITS_PER_EM, load_face
from movies.posters.layout import (
    CREDIT_SIZE,
    HEIGHT,
    LAYOUTS,
    MARGIN,
    SUBTITLE_LEAD,
    SUBTITLE_PITCH,
    SUBTITLE_SIZE,
    WIDTH,
    Box,
    Layout,
    cut_to_fit,
    inset,
    plan,
)
from movies.posters.letters import capitals
from movies.posters.palettes import Palette, family_of
from movies.posters.seed import Seed
from movies.posters.setting import MEASURE
from movies.posters.subject import PosterSubject
from movies.posters.titles import clean_title, main_letter

# Part of every poster's hash: raise it whenever any rule changes what is drawn.
RULES_VERSION = 1
HASH_LENGTH = 10
CREDIT_TRACKING = 50
CREDIT_WORD_GAP = 16.0
TRACK_OPACITY = "0.38"
INSET_EVERY = 3
SUBTITLE_ASCENT = 0.73


def poster_hash(subject: PosterSubject) -> str:
    """Return a short hash of all that a poster is drawn from, for its long-cached address."""
    genres = sorted(set(subject.genres))
    facts = (RULES_VERSION, subject.title, subject.year, subject.director, genres)
    return sha256(repr(facts).encode("utf-8", errors="replace")).hexdigest()[:HASH_LENGTH]


def draw_poster(subject: PosterSubject) -> str:
    """Return the poster of a movie as a stand-alone SVG file.

    Any text is drawable: what the font lacks is transliterated or left out, and a movie without
    a printable title gets its art and its year.
    """
    title = clean_title(subject.title)
    seed = Seed(f"{title}|{subject.year or ''}|{subject.director}")
    family = family_of(subject.genres)
    composition_byte = seed.byte()
    palette = seed.choice(family.palettes)
    layout_name = LAYOUTS[seed.byte() % len(LAYOUTS)]
    is_inset = seed.byte() % INSET_EVERY == 0
    layout = plan(subject.title, layout_name, palette, at_top=seed.chance())
    letter = capitals(main_letter(title))[:1]
    name = _pick(family.compositions, composition_byte, letter=letter, year=subject.year)
    art = layout.art
    if is_inset and name not in UNFRAMED:
        art = inset(art, is_label=layout_name == "label")
    stage = Stage(art.width, art.height, palette, seed, letter, subject.year)
    return _file([_clipped(COMPOSITIONS[name](stage), art), *_type(layout, subject)], palette)


def _clipped(shapes: str, box: Box) -> str:
    """Return shapes cut off at a box; a nested svg does that without needing an id."""
    x, y, width, height = (svg.number(side) for side in box)
    return f'<svg x="{x}" y="{y}" width="{width}" height="{height}">{shapes}</svg>'


def _file(parts: list[str], palette: Palette) -> str:
    """Return the parts on their ground, as a file."""
    size = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"
    ground = svg.rectangle(0, 0, WIDTH, HEIGHT, palette.ground)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}">{ground}{"".join(parts)}</svg>'
    )


def _pick(names: tuple[str, ...], byte: int, *, letter: str, year: int | None) -> str:
    """Return the composition of the byte, or the next one the movie has the facts for."""
    missing = {name for name, fact in (("initial", letter), ("numeral", year)) if not fact}
    wanted = byte % len(names)
    in_order = names[wanted:] + names[:wanted]
    return next(name for name in in_order if name not in missing)


def _type(layout: Layout, subject: PosterSubject) -> list[str]:
    """Return title, tracks, subtitle and credit line, on their strip if there is one."""
    parts = []
    if layout.strip:
        parts.append(svg.rectangle(*layout.strip, layout.strip_ink))
    parts += _title(layout)
    parts += _subtitle(layout)
    parts += _credit(layout, subject)
    return parts


def _title(layout: Layout) -> list[str]:
    if layout.title is None:
        return []
    top, ink = layout.type_box.y, layout.type_ink
    tracks = "".join(
        f"M{MARGIN:.0f} {svg.number(top + line.track)}h{MEASURE:.0f}" for line in layout.title.lines
    )
    letters = [
        svg.line_of_letters(line.run.outline, MARGIN, top + line.baseline, layout.title.size, ink)
        for line in layout.title.lines
    ]
    lines = f'<path d="{tracks}" stroke="{ink}" stroke-opacity="{TRACK_OPACITY}"/>'
    return [lines, *letters]


def _subtitle(layout: Layout) -> list[str]:
    if layout.title is None:
        return []
    face = load_face(TEXT_FACE)
    top = layout.type_box.y + layout.title.height + SUBTITLE_LEAD
    first_baseline = top + SUBTITLE_SIZE * SUBTITLE_ASCENT
    return [
        svg.line_of_letters(
            face.set_line(line).outline,
            MARGIN,
            first_baseline + SUBTITLE_PITCH * position,
            SUBTITLE_SIZE,
            layout.type_ink,
        )
        for position, line in enumerate(layout.subtitle)
    ]


def _credit(layout: Layout, subject: PosterSubject) -> list[str]:
    """Return the director at the left and the year at the right, each only if known."""
    face, scale = load_face(TEXT_FACE), CREDIT_SIZE / UNITS_PER_EM
    year = face.set_line(str(subject.year or ""), tracking=CREDIT_TRACKING)
    year_width = year.width * scale
    room = MEASURE - year_width - CREDIT_WORD_GAP
    name = cut_to_fit(capitals(subject.director), CREDIT_SIZE, room, tracking=CREDIT_TRACKING)
    director = face.set_line(name, tracking=CREDIT_TRACKING)
    baseline, ink = layout.credit_baseline, layout.type_ink
    ends = [(director.outline, MARGIN), (year.outline, WIDTH - MARGIN - year_width)]
    return [
        svg.line_of_letters(outline, x, baseline, CREDIT_SIZE, ink)
        for outline, x in ends
        if outline
    ]
