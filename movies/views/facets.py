"""A filter as the browse page shows it."""

from collections.abc import Mapping, Sequence

from movies.charts import DecadeChart, decade_chart
from movies.facets import Facet, FacetOption
from movies.services.facet_rules import DecadeRule, FacetRule

OPTIONS_SHOWN = 6


def build_facet(rule: FacetRule, *, chosen: Sequence[str], counts: Mapping[str, int]) -> Facet:
    """Show every value that occurs or is chosen; of a long list the likeliest first."""
    options = [
        FacetOption(value, rule.label(value), counts.get(value, 0), is_on=_is_on(value, chosen))
        for value in rule.known([*counts, *chosen])
    ]
    shown = _likeliest(options) if rule.is_long else options
    hidden = [option for option in options if option not in shown]
    return Facet(
        slug=rule.slug,
        title=rule.title,
        options=tuple(shown),
        hidden_options=tuple(sorted(hidden, key=lambda option: option.label)),
        chart=_chart(rule, chosen=chosen, counts=counts),
        is_single=rule.is_single,
    )


def _is_on(value: str, chosen: Sequence[str]) -> bool:
    """Tell whether a value is chosen; the empty one stands for no choice."""
    return value in chosen if value else not chosen


def _likeliest(options: Sequence[FacetOption]) -> list[FacetOption]:
    ranked = sorted(options, key=lambda option: (not option.is_on, -option.count, option.label))
    chosen_count = sum(option.is_on for option in options)
    return ranked[: max(OPTIONS_SHOWN, chosen_count)]


def _chart(
    rule: FacetRule, *, chosen: Sequence[str], counts: Mapping[str, int]
) -> DecadeChart | None:
    if not isinstance(rule, DecadeRule) or not counts:
        return None
    return decade_chart(
        counts={int(decade): count for decade, count in counts.items()},
        chosen=[int(decade) for decade in chosen],
    )
