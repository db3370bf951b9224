"""What the filters of the browse page look like to its template."""

from dataclasses import dataclass

from movies.charts import DecadeChart


@dataclass(frozen=True, slots=True)
class FacetOption:
    value: str
    label: str
    count: int
    is_on: bool = False

    @property
    def is_disabled(self) -> bool:
        """A row without films stays, muted; one that is on can always be taken off."""
        return not self.count and not self.is_on


@dataclass(frozen=True, slots=True)
class Facet:
    """A group of checkboxes, or of radios; the slug is the name in the query string."""

    slug: str
    title: str
    options: tuple[FacetOption, ...]
    hidden_options: tuple[FacetOption, ...] = ()
    chart: DecadeChart | None = None
    is_single: bool = False

    @property
    def option_count(self) -> int:
        return len(self.options) + len(self.hidden_options)

    @property
    def hides_a_choice(self) -> bool:
        return any(option.is_on for option in self.hidden_options)


@dataclass(frozen=True, slots=True)
class FilterToken:
    """An active filter, with the address of the page without it."""

    label: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class SortOption:
    value: str
    label: str
    is_on: bool = False
