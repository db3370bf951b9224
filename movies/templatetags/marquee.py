"""How numbers and titles are written on pages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html
from django.utils.safestring import SafeString

from movies.charts import HIGHEST_STARS, RATING_STEPS, format_stars
from movies.languages import language_name

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.forms import BoundField

register = template.Library()
register.filter(language_name)

# The step of the sign's letters: (letters in the title, letters in its longest word) at most.
SIGN_STEPS = (("xl", 14, 9), ("l", 24, 11), ("m", 40, 13))
SMALLEST_SIGN = "s"


@dataclass(frozen=True, slots=True)
class RatingStep:
    value: str
    words: str
    side: str
    is_own: bool


@register.filter
def stars(value: float | None) -> str:
    """Write stars a person gave: 4½; nothing where nothing was given."""
    return "" if value is None else format_stars(value)


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
def films_in_words(count: int) -> str:
    return f"{intcomma(count)} {'film' if count == 1 else 'films'}"


@register.filter
def predicted_from(rating_count: int) -> str:
    """Say what a prediction rests on."""
    return f"Predicted from your {intcomma(rating_count)} rating{'' if rating_count == 1 else 's'}"


@register.filter
def average_in_words(mean_stars: float | None) -> str:
    return "" if mean_stars is None else f"Average {mean_stars:.1f} stars"


@register.filter
def names_in_words(named: Iterable[object]) -> str:
    """Join genres in the way a sentence would begin: Drama, romance."""
    return ", ".join(str(one) for one in named).capitalize()


@register.filter
def directed_by(people: Sequence[object]) -> str:
    """Name up to two directors; more would not fit the strip."""
    if not people:
        return ""
    names = " and ".join(str(person) for person in people[:2])
    return f"Directed by {names}{' and others' if len(people) > 2 else ''}"  # noqa: PLR2004


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


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, number: int, parameter: str = "") -> str:
    """Write this page's query string with another page number in it."""
    query = context["request"].GET.copy()
    query[parameter or "page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def querystring_of(**parameters: str) -> str:
    """Write a query string of its own, whatever this page was asked with."""
    return f"?{urlencode(parameters)}"


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
def styled_field(field: "BoundField") -> SafeString:
    """Draw a form's field in our clothes, tied to the error and help beside it."""
    is_box = field.widget_type not in {"checkbox", "radioselect", "checkboxselectmultiple"}
    return field.as_widget(attrs={"class": "field-box"} if is_box else {})


@register.simple_tag
def elided_pages(page: "Page[object]") -> Iterator[int | str]:
    """List the page numbers to link, with an ellipsis where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
