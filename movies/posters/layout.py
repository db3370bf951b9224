"""Where the parts of a poster stand: title, credit line and art, none over another."""

from typing import Literal, NamedTuple

from movies.posters.fonts.outlines import CAP_HEIGHT, TEXT_FACE, UNITS_PER_EM, load_face
from movies.posters.letters import capitals, printable
from movies.posters.palettes import OPAL, PITCH, Palette, luminance
from movies.posters.setting import MEASURE, Block, SetTitle, set_title
from movies.posters.titles import clean_title, split_title

WIDTH, HEIGHT, MARGIN = 300.0, 450.0, 18.0
CREDIT_SIZE = 11.5
SUBTITLE_SIZE, SUBTITLE_PITCH = 19.0, 23.0
SUBTITLE_LEAD = 9.0
MOST_SUBTITLE_LINES, MOST_SUBTITLE_LINES_ON_LABEL = 3, 2
ART_GAP, CREDIT_GAP = 16.0, 11.0
LABEL_OFFSET, LABEL_PADDING = 20.0, 15.0
BLOCK_HEIGHT, LABEL_BLOCK_HEIGHT = 168.0, 130.0
LARGEST_SIZE, LABEL_SIZE = 112.0, 72.0
LARGEST_SIZE_OF_SHORT = {1: 200.0, 2: 200.0, 3: 150.0}
LIGHT_GROUND = 0.68
CREDIT_HEIGHT = CREDIT_SIZE * CAP_HEIGHT / UNITS_PER_EM

LayoutName = Literal["foot", "head", "label"]
LAYOUTS: tuple[LayoutName, ...] = ("foot", "head", "foot", "head", "label")


class Box(NamedTuple):
    """A rectangle of the poster."""

    x: float
    y: float
    width: float
    height: float

    @property
    def foot(self) -> float:
        """Return where the box ends below."""
        return self.y + self.height


class Words(NamedTuple):
    """What a poster says, in letters the font has."""

    title: str
    subtitle: tuple[str, ...]


class Layout(NamedTuple):
    """The boxes of a poster. The type box holds title and subtitle; a label has its strip."""

    title: SetTitle | None
    subtitle: tuple[str, ...]
    type_box: Box
    credit_baseline: float
    art: Box
    strip: Box | None
    strip_ink: str
    type_ink: str


def read_words(raw_title: str, *, subtitle_lines: int) -> Words:
    """Return the words of a poster from the title of the catalogue."""
    # Split first and fold after: a title whose large part cannot be printed keeps its subtitle.
    parts = split_title(clean_title(raw_title))
    title, subtitle = capitals(parts.title), printable(parts.subtitle)
    if not any(letter.isalnum() for letter in title):
        title, subtitle = capitals(split_title(subtitle).title), ""
    if not any(letter.isalnum() for letter in title):
        return Words("", ())
    return Words(title, wrap_subtitle(subtitle, lines=subtitle_lines))


def wrap_subtitle(subtitle: str, *, lines: int) -> tuple[str, ...]:
    """Part a subtitle into lines of the measure; what does not fit ends in an ellipsis."""
    wrapped: list[str] = []
    for word in subtitle.split():
        longer = f"{wrapped[-1]} {word}" if wrapped else word
        if wrapped and fits(longer, SUBTITLE_SIZE, MEASURE):
            wrapped[-1] = longer
        else:
            wrapped.append(cut_to_fit(word, SUBTITLE_SIZE, MEASURE))
    if len(wrapped) > lines:
        wrapped[lines - 1] = cut_to_fit(wrapped[lines - 1] + "…", SUBTITLE_SIZE, MEASURE)
    return tuple(wrapped[:lines])


def fits(text: str, size: float, measure: float, *, tracking: float = 0) -> bool:
    """Say whether a small line is no wider than the measure."""
    run = load_face(TEXT_FACE).set_line(text, tracking=tracking)
    return run.width * size / UNITS_PER_EM <= measure


def cut_to_fit(text: str, size: float, measure: float, *, tracking: float = 0) -> str:
    """Return the text, its end replaced by an ellipsis where it is too wide."""
    if fits(text, size, measure, tracking=tracking):
        return text
    kept = text
    while kept and not fits(kept.rstrip() + "…", size, measure, tracking=tracking):
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _subtitle_height(subtitle: tuple[str, ...]) -> float:
    return SUBTITLE_LEAD + SUBTITLE_PITCH * len(subtitle) if subtitle else 0.0


def _set(words: Words, *, largest: float, height: float) -> SetTitle | None:
    if not words.title:
        return None
    room = height - _subtitle_height(words.subtitle)
    return set_title(words.title, Block(largest, room))


def plan(raw_title: str, name: LayoutName, palette: Palette, *, at_top: bool) -> Layout:
    """Place everything; `at_top` tells a label's strip which end it stands at."""
    if name == "label":
        words = read_words(raw_title, subtitle_lines=MOST_SUBTITLE_LINES_ON_LABEL)
        title = _set(words, largest=LABEL_SIZE, height=LABEL_BLOCK_HEIGHT)
        return _plan_label(title, words, palette, at_top=at_top)
    words = read_words(raw_title, subtitle_lines=MOST_SUBTITLE_LINES)
    largest = LARGEST_SIZE_OF_SHORT.get(len(words.title), LARGEST_SIZE)
    title = _set(words, largest=largest, height=BLOCK_HEIGHT)
    return _plan_open(title, words, palette, is_head=name == "head")


def _plan_open(title: SetTitle | None, words: Words, palette: Palette, *, is_head: bool) -> Layout:
    """Place title and credit at opposite ends, the art between them."""
    height = (title.height if title else 0) + _subtitle_height(words.subtitle)
    # Without a title the art runs to the edge of the poster.
    title_room = MARGIN + height + ART_GAP if title else 0
    credit_room = MARGIN + CREDIT_HEIGHT + CREDIT_GAP
    art_height = HEIGHT - credit_room - title_room
    type_y = MARGIN if is_head else HEIGHT - MARGIN - height
    art_y = title_room if is_head else credit_room
    return Layout(
        title=title,
        subtitle=words.subtitle,
        type_box=Box(MARGIN, type_y, MEASURE, height),
        credit_baseline=HEIGHT - MARGIN if is_head else MARGIN + CREDIT_HEIGHT,
        art=Box(0, art_y, WIDTH, art_height),
        strip=None,
        strip_ink=palette.ground,
        type_ink=palette.type,
    )


def _plan_label(title: SetTitle | None, words: Words, palette: Palette, *, at_top: bool) -> Layout:
    """Place title and credit on a strip, the art on the larger side of it."""
    height = (title.height if title else 0) + _subtitle_height(words.subtitle)
    lead = CREDIT_GAP if title else 0
    strip_height = 2 * LABEL_PADDING + height + lead + CREDIT_HEIGHT
    strip_y = LABEL_OFFSET if at_top else HEIGHT - LABEL_OFFSET - strip_height
    strip = Box(0, strip_y, WIDTH, strip_height)
    art_height = HEIGHT - LABEL_OFFSET - strip_height
    is_reversed = luminance(palette.ground) > LIGHT_GROUND
    return Layout(
        title=title,
        subtitle=words.subtitle,
        type_box=Box(MARGIN, strip_y + LABEL_PADDING, MEASURE, height),
        credit_baseline=strip.foot - LABEL_PADDING,
        art=Box(0, strip.foot if at_top else 0, WIDTH, art_height),
        strip=strip,
        strip_ink=PITCH if is_reversed else OPAL,
        type_ink=OPAL if is_reversed else PITCH,
    )


def inset(art: Box, *, is_label: bool) -> Box:
    """Return the art box drawn in by the margin, at the sides and where it meets an edge."""
    sides = Box(art.x + MARGIN, art.y, art.width - 2 * MARGIN, art.height)
    if not is_label:
        return sides
    return Box(sides.x, art.y + MARGIN, sides.width, art.height - 2 * MARGIN)
