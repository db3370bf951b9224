"""Shapes as SVG text: presentation attributes only, numbers short.

Everything a poster prints passes through `number` or is an ink of ours, so no text of the
catalogue ever reaches the markup and nothing needs escaping.
"""

from collections.abc import Iterable, Sequence

Point = tuple[float, float]


def number(value: float) -> str:
    """Return a number with two decimals at most."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if text != "-0.00" else "0"


def rectangle(
    x: float, y: float, width: float, height: float, ink: str, *, radius: float = 0
) -> str:
    """Return a filled rectangle."""
    rounding = f' rx="{number(radius)}"' if radius else ""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(height)}"{rounding} fill="{ink}"/>'
    )


def disc(x: float, y: float, radius: float, ink: str) -> str:
    """Return a filled circle."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{ink}"/>'


def thin_ring(x: float, y: float, radius: float, ink: str, *, stroke: float) -> str:
    """Return a circle drawn as a line."""
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="none" '
        f'stroke="{ink}" stroke-width="{number(stroke)}"/>'
    )


def path(outline: str, ink: str) -> str:
    """Return a filled path; where outlines lie inside each other, every second is a hole."""
    return f'<path d="{outline}" fill="{ink}" fill-rule="evenodd"/>'


def polygon(points: Sequence[Point], ink: str) -> str:
    """Return a filled polygon."""
    return path(polygon_outline(points), ink)


def polygon_outline(points: Iterable[Point]) -> str:
    """Return the outline of a polygon."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def disc_outline(x: float, y: float, radius: float) -> str:
    """Return the outline of a circle."""
    r, across = number(radius), number(2 * radius)
    return f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0-{across} 0z"


def ring(x: float, y: float, outer: float, inner: float, ink: str) -> str:
    """Return a ring, a true one: what lies under its hole shows."""
    return path(disc_outline(x, y, outer) + disc_outline(x, y, inner), ink)


def arch_outline(x: float, foot: float, half_width: float, height: float) -> str:
    """Return the outline of a round-headed arch standing on `foot`, centred on x."""
    half, shoulder = number(half_width), number(foot - height + half_width)
    return (
        f"M{number(x - half_width)} {number(foot)}V{shoulder}"
        f"a{half} {half} 0 0 1 {number(2 * half_width)} 0V{number(foot)}z"
    )


def quarter_outline(corner: Point, radius: float, *, right: bool, down: bool) -> str:
    """Return a quarter disc whose corner is given, opening to the named sides."""
    along = radius if right else -radius
    across = radius if down else -radius
    sweep = 1 if right == down else 0
    r = number(radius)
    return (
        f"M{number(corner[0])} {number(corner[1])}h{number(along)}"
        f"a{r} {r} 0 0 {sweep} {number(-along)} {number(across)}z"
    )


def line_of_letters(
    outline: str, x: float, baseline: float, size: float, ink: str, *, units: int = 1000
) -> str:
    """Return a set line, its outline in font units moved and scaled into place."""
    return (
        f'<path transform="translate({number(x)} {number(baseline)}) scale({size / units:.5f})" '
        f'd="{outline}" fill="{ink}"/>'
    )
