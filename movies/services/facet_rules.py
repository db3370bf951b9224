"""The filters of the browse page: what each value means, and how many films have it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Count, F, Q, QuerySet

from movies.languages import language_name
from movies.models import Genre, Movie, MovieStats
from movies.models.catalogue import MovieQuerySet

EARLIEST_DECADE, LATEST_DECADE = 1870, 2100


class FacetRule:
    """One filter. Of several values any will do, unless a movie must have them all.

    A single one takes one value at a time; a long one has more values than are shown at first.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    needs_all: ClassVar[bool] = False
    is_single: ClassVar[bool] = False
    is_long: ClassVar[bool] = False

    def known(self, values: Sequence[str]) -> tuple[str, ...]:
        """Return the values that mean something, once each and in the facet's own order."""
        raise NotImplementedError

    def keep(self, movies: MovieQuerySet, values: Sequence[str]) -> MovieQuerySet:
        """Return the movies that have any (or all) of the values."""
        raise NotImplementedError

    def count(self, movies: MovieQuerySet) -> dict[str, int]:
        """Return how many of the movies have each value that occurs."""
        raise NotImplementedError

    def count_catalogue(self) -> dict[str, int]:
        """Return the same of all visible movies, where there may be a shorter way."""
        return self.count(Movie.objects.visible())

    def label(self, value: str) -> str:
        """Write a value as people do."""
        raise NotImplementedError


class GenreRule(FacetRule):
    """Genres by slug; a movie must have all that are chosen."""

    slug = "genre"
    title = "Genre"
    needs_all = True
    is_long = True

    def __init__(self) -> None:
        self.genres = {genre.slug: genre for genre in Genre.objects.all()}

    def known(self, values: Sequence[str]) -> tuple[str, ...]:
        return tuple(slug for slug in self.genres if slug in values)

    def keep(self, movies: MovieQuerySet, values: Sequence[str]) -> MovieQuerySet:
        for slug in values:
            movies = movies.filter(genres=self.genres[slug])
        return movies

    def count(self, movies: MovieQuerySet) -> dict[str, int]:
        # Through the table between: a join on `genres` would be the one that `keep` filtered.
        return self._count_pairs(movie__in=movies.values("pk"))

    def count_catalogue(self) -> dict[str, int]:
        # All pairs but those of the few hidden movies: 25 ms instead of 90.
        everywhere = self._count_pairs()
        hidden = self._count_pairs(movie__in=Movie.objects.hidden().values("pk"))
        return {slug: count - hidden[slug] for slug, count in everywhere.items()}

    def _count_pairs(self, **conditions: Any) -> dict[str, int]:
        pairs = Movie.genres.through.objects.filter(**conditions)
        counts = dict(pairs.values_list("genre").annotate(count=Count("*")))
        return {slug: counts.get(genre.pk, 0) for slug, genre in self.genres.items()}

    def label(self, value: str) -> str:
        return self.genres[value].name


class DecadeRule(FacetRule):
    """Decades by their first year."""

    slug = "decade"
    title = "Decade"

    def known(self, values: Sequence[str]) -> tuple[str, ...]:
        decades = (str(year) for year in range(EARLIEST_DECADE, LATEST_DECADE, 10))
        return tuple(decade for decade in decades if decade in values)

    def keep(self, movies: MovieQuerySet, values: Sequence[str]) -> MovieQuerySet:
        any_decade = Q()
        for value in values:
            any_decade |= Q(year__range=(int(value), int(value) + 9))
        return movies.filter(any_decade)

    def count(self, movies: MovieQuerySet) -> dict[str, int]:
        dated = movies.filter(year__isnull=False)
        counts = dated.values_list(F("year") / 10).annotate(Count("pk"))
        return {f"{decade}0": count for decade, count in counts}

    def label(self, value: str) -> str:
        return f"{value}s"


def _is_language(code: str) -> bool:
    return code.islower() and language_name(code) != code


class LanguageRule(FacetRule):
    """Languages by code."""

    slug = "language"
    title = "Language"
    is_long = True

    def known(self, values: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({value for value in values if _is_language(value)}))

    def keep(self, movies: MovieQuerySet, values: Sequence[str]) -> MovieQuerySet:
        return movies.filter(language__in=values)

    def count(self, movies: MovieQuerySet) -> dict[str, int]:
        counts = movies.values_list("language").annotate(Count("pk"))
        return {code: count for code, count in counts if _is_language(code)}

    def label(self, value: str) -> str:
        return language_name(value)


def _count_each(rows: QuerySet[Any], conditions: Mapping[str, Q]) -> dict[str, int]:
    counts = rows.aggregate(
        **{
            f"of_{place}": Count("pk", filter=condition)
            for place, condition in enumerate(conditions.values())
        }
    )
    return {value: counts[f"of_{place}"] for place, value in enumerate(conditions)}


class ConditionRule(FacetRule):
    """A fixed row of values, each with its condition."""

    conditions: ClassVar[Mapping[str, tuple[str, Q]]]

    def known(self, values: Sequence[str]) -> tuple[str, ...]:
        return tuple(value for value in self.conditions if value in values)

    def keep(self, movies: MovieQuerySet, values: Sequence[str]) -> MovieQuerySet:
        any_condition = Q()
        for value in values:
            any_condition |= self.conditions[value][1]
        return movies.filter(any_condition)

    def count(self, movies: MovieQuerySet) -> dict[str, int]:
        conditions = {value: condition for value, (_, condition) in self.conditions.items()}
        return _count_each(movies, conditions)

    def label(self, value: str) -> str:
        return self.conditions[value][0]


class LengthRule(ConditionRule):
    """Running times."""

    slug = "length"
    title = "Running time"
    conditions: ClassVar = {
        "short": ("Under 90 min", Q(runtime_minutes__lt=90)),
        "medium": ("90 to 120 min", Q(runtime_minutes__range=(90, 120))),
        "long": ("Over 2 hours", Q(runtime_minutes__gt=120)),
    }


def _mean_from(stars: float, *, of: str = "stats__") -> Q:
    enough = F(f"{of}rating_count") * int(stars * 2)
    return Q(**{f"{of}rating_count__gt": 0, f"{of}half_star_total__gte": enough})


class StarsRule(ConditionRule):
    """The mean of all ratings, from a number of stars up."""

    slug = "stars"
    title = "Average rating"
    is_single = True
    conditions: ClassVar = {
        "": ("Any", Q()),
        "4.5": ("4½ and up", _mean_from(4.5)),
        "4": ("4 and up", _mean_from(4)),
        "3.5": ("3½ and up", _mean_from(3.5)),
        "3": ("3 and up", _mean_from(3)),
    }

    def count_catalogue(self) -> dict[str, int]:
        # Every movie has stats, so they can be counted without the movies: 25 ms instead of 75.
        return _count_each(
            MovieStats.objects.of_visible_movies(),
            {value: _mean_from(float(value), of="") if value else Q() for value in self.conditions},
        )


def facet_rules() -> tuple[FacetRule, ...]:
    """Return the filters in the order of the page."""
    return (GenreRule(), DecadeRule(), LanguageRule(), LengthRule(), StarsRule())
