"""Geometry and wording of the charts, worked out here so that templates only draw.

Horizontal places are percentages of the chart's width and vertical ones pixels: a chart without a
`viewBox` keeps its letters at their size on every screen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from movies.models import Movie

MINUS = "\N{MINUS SIGN}"
MOST_RATINGS_SHOWN = 4
LOWEST_STARS = 0.5
HIGHEST_STARS = 5
RATING_STEPS = 10
NARROWEST_AXIS = 2  # stars

Voice = Literal["everyone", "own"]


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str
    count: int
    is_marked: bool = False

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


# Ratings of one movie, or of one person


@dataclass(frozen=True, slots=True)
class DistributionChart:
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    count: int
    mean: float | None
    height: int = 140
    baseline: int = 114


def distribution_chart(
    *, histogram: Sequence[int], own_half_stars: int | None = None
) -> DistributionChart:
    """Draw ten bars from the counts of ½ to 5 stars, the person's own marked."""
    if len(histogram) != RATING_STEPS:
        raise ValueError(f"a histogram has {RATING_STEPS} counts, not {len(histogram)}")
    own = None if own_half_stars is None else own_half_stars - 1
    bars = _bars(
        counts=histogram,
        labels=[format_stars((place + 1) / 2) for place in range(RATING_STEPS)],
        marked={own},
        top=20,
        baseline=114,
    )
    count = sum(histogram)
    half_stars = sum((place + 1) * number for place, number in enumerate(histogram))
    return DistributionChart(
        bars=bars,
        ticks=tuple(Tick(bar.middle, bar.label) for bar in bars[1::2]),
        count=count,
        mean=half_stars / 2 / count if count else None,
    )


def _bars(
    *,
    counts: Sequence[int],
    labels: Sequence[str],
    marked: set[int | None],
    top: int,
    baseline: int,
) -> tuple[Bar, ...]:
    """Fill the width with equal bars, a quarter of each place left as the gap."""
    place_width = 100 / max(1, len(counts))
    most = max(counts, default=0) or 1
    heights = [_bar_height(count, most, baseline - top) for count in counts]
    return tuple(
        Bar(
            x=round((place + 0.125) * place_width, 2),
            y=round(baseline - height, 1),
            width=round(0.75 * place_width, 2),
            height=height,
            label=label,
            count=count,
            is_marked=place in marked,
        )
        for place, (count, label, height) in enumerate(zip(counts, labels, heights, strict=True))
    )


def _bar_height(count: int, most: int, room: int) -> float:
    """Give one rating among thousands still a visible line."""
    return round(max(2.0, count / most * room), 1) if count else 0.0


# Decades of the catalogue


@dataclass(frozen=True, slots=True)
class DecadeChart:
    bars: tuple[Bar, ...]
    height: int = 62


def decade_chart(*, counts: Mapping[int, int], chosen: Sequence[int] = ()) -> DecadeChart:
    """Draw one bar for each decade (1990 is the nineties), in order of time."""
    decades = sorted(counts)
    return DecadeChart(
        bars=_bars(
            counts=[counts[decade] for decade in decades],
            labels=[f"{decade}s" for decade in decades],
            marked={place for place, decade in enumerate(decades) if decade in set(chosen)},
            top=2,
            baseline=61,
        )
    )


# The prediction


@dataclass(frozen=True, slots=True)
class PredictionChart:
    stars: float
    x: float
    low: float | None
    high: float | None
    low_x: float | None
    high_x: float | None
    ticks: tuple[Tick, ...]

    @property
    def interval_width(self) -> float:
        if self.low_x is None or self.high_x is None:
            return 0.0
        return round(self.high_x - self.low_x, 2)


def prediction_chart(
    *, stars: float, low: float | None = None, high: float | None = None
) -> PredictionChart:
    """Place a prediction, and its interval where the model gives one, on the scale of stars."""
    return PredictionChart(
        stars=_clip(stars),
        x=_scale_x(stars),
        low=None if low is None else _clip(low),
        high=None if high is None else _clip(high),
        low_x=None if low is None else _scale_x(low),
        high_x=None if high is None else _scale_x(high),
        ticks=tuple(Tick(_scale_x(number), str(number)) for number in range(1, 6)),
    )


def _clip(stars: float) -> float:
    return min(float(HIGHEST_STARS), max(LOWEST_STARS, stars))


def _scale_x(stars: float) -> float:
    """Map ½–5 stars to 2–98 %, so that a point at either end is not cut."""
    return round(2 + (_clip(stars) - LOWEST_STARS) / (HIGHEST_STARS - LOWEST_STARS) * 96, 2)


# Why: how a prediction adds up


@dataclass(frozen=True, slots=True)
class WaterfallPart:
    """One term of the sum. A part of a rated movie names it and the stars the person gave."""

    name: str
    value: float
    voice: Voice = "everyone"
    movie: Movie | None = None
    own_stars: float | None = None


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    name: str
    value_text: str
    voice: Voice
    movie: Movie | None
    own_stars: float | None
    is_start: bool
    is_negative: bool
    from_x: float
    x: float
    width: float
    end_x: float


@dataclass(frozen=True, slots=True)
class WaterfallChart:
    rows: tuple[WaterfallRow, ...]
    ticks: tuple[Tick, ...]
    total_x: float
    total_text: str


def waterfall_chart(*, parts: Sequence[WaterfallPart]) -> WaterfallChart:
    """Draw the sum of the parts; the first is where it starts.

    Ratings beyond the four that weigh most are one row, and the printed numbers always add up to
    the printed total.
    """
    if not parts:
        raise ValueError("a waterfall needs at least the part it starts from")
    shown = _fold_small_ratings(parts)
    hundredths = round_to_sum([part.value * 100 for part in shown])
    ends = list(accumulate(hundredths))
    low, high = _whole_stars(ends)

    def x_of(place: int) -> float:
        return round(4 + (place / 100 - low) / (high - low) * 92, 2)

    rows = tuple(
        _waterfall_row(
            part=part,
            value=value,
            is_start=index == 0,
            start_x=x_of(ends[index - 1] if index else value),
            end_x=x_of(ends[index]),
        )
        for index, (part, value) in enumerate(zip(shown, hundredths, strict=True))
    )
    return WaterfallChart(
        rows=rows,
        ticks=tuple(
            Tick(x_of(half * 50), f"{half / 2:g}", is_whole=half % 2 == 0)
            for half in range(low * 2, high * 2 + 1)
        ),
        total_x=rows[-1].end_x,
        total_text=f"{ends[-1] / 100:.2f}",
    )


def _waterfall_row(
    *, part: WaterfallPart, value: int, is_start: bool, start_x: float, end_x: float
) -> WaterfallRow:
    return WaterfallRow(
        name=part.name,
        value_text=f"{value / 100:.2f}" if is_start else signed(value / 100),
        voice=part.voice,
        movie=part.movie,
        own_stars=part.own_stars,
        is_start=is_start,
        is_negative=value < 0,
        from_x=start_x,
        x=min(start_x, end_x),
        width=round(abs(end_x - start_x), 2),
        end_x=end_x,
    )


def _fold_small_ratings(parts: Sequence[WaterfallPart]) -> list[WaterfallPart]:
    others = [part for part in parts if part.movie is None]
    ratings = [part for part in parts if part.movie is not None]
    ratings.sort(key=lambda part: -abs(part.value))
    # One rating is never folded alone: "your other 1 rating" says less than its name.
    if len(ratings) <= MOST_RATINGS_SHOWN + 1:
        return others + ratings
    folded = ratings[MOST_RATINGS_SHOWN:]
    rest = WaterfallPart(
        name=f"Your other {len(folded)} ratings",
        value=math.fsum(part.value for part in folded),
        voice="own",
    )
    return [*others, *ratings[:MOST_RATINGS_SHOWN], rest]


def round_to_sum(values: Sequence[float]) -> list[int]:
    """Round to whole numbers that add up to the rounded sum (largest remainders)."""
    floors = [math.floor(value) for value in values]
    missing = round(math.fsum(values)) - sum(floors)
    by_remainder = sorted(range(len(values)), key=lambda place: floors[place] - values[place])
    for place in by_remainder[:missing]:
        floors[place] += 1
    return floors


def _whole_stars(hundredths: Sequence[int]) -> tuple[int, int]:
    """Return the narrowest span of whole stars, two at least, that holds every step."""
    low = math.floor(min(hundredths) / 100)
    high = math.ceil(max(hundredths) / 100)
    if high - low >= NARROWEST_AXIS:
        return low, high
    if high >= HIGHEST_STARS:
        return high - NARROWEST_AXIS, high
    return low, low + NARROWEST_AXIS


@dataclass(frozen=True, slots=True)
class Effect:
    """What one rated movie did to the place of another."""

    movie: Movie
    value_text: str
    own_stars: float | None


# The first handful of ratings


@dataclass(frozen=True, slots=True)
class Progress:
    rated: int
    goal: int

    @property
    def bulbs(self) -> tuple[bool, ...]:
        return tuple(place < self.rated for place in range(self.goal))

    @property
    def is_done(self) -> bool:
        return self.rated >= self.goal

    @property
    def missing(self) -> int:
        return max(0, self.goal - self.rated)


def rating_progress(*, rated: int, goal: int = 5) -> Progress:
    return Progress(rated=rated, goal=goal)


# Numbers in words


def format_stars(stars: float) -> str:
    """Write stars given by a person, in halves: ½, 4, 4½."""
    whole, half = divmod(round(stars * 2), 2)
    return f"{whole or ''}½" if half else str(whole)


def signed(value: float) -> str:
    """Write two decimals with a sign, a true minus included; nothing has no sign."""
    hundredths = round(value * 100)
    if not hundredths:
        return "0.00"
    return f"{'+' if hundredths > 0 else MINUS}{abs(hundredths) / 100:.2f}"
