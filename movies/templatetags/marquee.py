"""How numbers and titles are written on pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template
from django.conf.locale import LANG_INFO
from django.utils.html import format_html
from django.utils.safestring import SafeString

from movies.charts import HIGHEST_STARS, RATING_STEPS, format_stars

if TYPE_CHECKING:
    from django.core.paginator import Page

register = template.Library()

# The step of the sign's letters: (letters in the title, letters in its longest word) at most.
SIGN_STEPS = (("xl", 14, 9), ("l", 24, 11), ("m", 40, 13))
SMALLEST_SIGN = "s"

# Codes of TMDB that are not ISO 639-1, and languages Django itself is not translated into.
MORE_LANGUAGES = {
    "cn": "Cantonese",
    "zh": "Mandarin",
    "xx": "No spoken language",
    "no": "Norwegian",
    "sh": "Serbo-Croatian",
    "la": "Latin",
    "mi": "Maori",
    "bo": "Tibetan",
    "iu": "Inuktitut",
    "ku": "Kurdish",
    "ps": "Pashto",
    "st": "Sotho",
    "tl": "Tagalog",
    "wo": "Wolof",
    "xh": "Xhosa",
    "yi": "Yiddish",
    "zu": "Zulu",
}


@dataclass(frozen=True, slots=True)
class RatingStep:
    value: str
    words: str
    side: str
    is_own: bool


@register.filter
def stars(value: float) -> str:
    """Write stars a person gave: 4½."""
    return format_stars(value)


@register.filter
def predicted(value: float) -> str:
    """Write stars Marquee expects: 4.6."""
    return f"{value:.1f}"


@register.filter
def star_row(value: float) -> list[str]:
    """Name the five stars of a number: full, half or empty."""
    halves = round(value * 2)
    names = ("empty", "half", "full")
    return [names[min(2, max(0, halves - 2 * place))] for place in range(HIGHEST_STARS)]


@register.filter
def sign_size(title: str) -> str:
    """Choose the step of the sign's letters from the title and its longest word."""
    longest_word = max((len(word) for word in title.split()), default=0)
    for step, most_letters, most_in_word in SIGN_STEPS:
        if len(title) <= most_letters and longest_word <= most_in_word:
            return step
    return SMALLEST_SIGN


@register.filter
def language_name(code: str) -> str:
    """Write a language in English words; an unknown code stays as it is."""
    language = LANG_INFO.get(code, {}).get("name", code)
    return MORE_LANGUAGES.get(code, language)


@register.filter
def initial(name: str) -> str:
    return name.strip()[:1].upper()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a symbol of the page's sprite (includes/icons.html); words beside it say what it is."""
    return format_html(
        '<svg class="icon icon-{0}" aria-hidden="true"><use href="#i-{0}"/></svg>',
        name,
    )


@register.simple_tag
def rating_steps(own_stars: float | None = None) -> list[RatingStep]:
    """List the ten values of the rating control, the person's own marked."""
    own_half_stars = None if own_stars is None else round(own_stars * 2)
    return [
        RatingStep(
            value=f"{half_stars / 2:g}",
            words=f"{format_stars(half_stars / 2)} {'star' if half_stars <= 2 else 'stars'}",  # noqa: PLR2004
            side="right" if half_stars % 2 == 0 else "left",
            is_own=half_stars == own_half_stars,
        )
        for half_stars in range(1, RATING_STEPS + 1)
    ]


@register.simple_tag
def elided_pages(page: "Page[object]") -> Iterator[int | str]:
    """List the page numbers to link, with an ellipsis where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
