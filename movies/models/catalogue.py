"""Movies, the people who made them, and their figures."""

from collections.abc import Sequence
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from movies.posters import PosterSubject, poster_hash

BINS = 10
PRIOR_STARS = 3.25
PRIOR_RATINGS = 20


def empty_histogram() -> list[int]:
    return [0] * BINS


def imdb_code(imdb_id: int | None) -> str:
    """Return IMDb's own way of writing an id, or nothing."""
    return f"tt{imdb_id:07d}" if imdb_id else ""


class Genre(models.Model):
    """A kind of movie, in MovieLens's words."""

    name = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(max_length=40, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who directed or acted in a movie."""

    name = models.CharField(max_length=200, db_index=True)

    class Meta:
        verbose_name_plural = "people"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("movies:person", args=[self.pk])


class _IsAny(models.Func):
    """Tell whether a value is one of an array."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


class MovieQuerySet(models.QuerySet["Movie"]):
    """Reads of movies, to be chained."""

    def visible(self) -> "MovieQuerySet":
        return self.filter(is_hidden=False)

    def hidden(self) -> "MovieQuerySet":
        return self.filter(is_hidden=True)

    def among(self, movie_ids: Sequence[int]) -> "MovieQuerySet":
        """Keep only these movies. One array is sent: a thousand parameters take 10 ms a query."""
        return self.filter(_IsAny(models.F("pk"), _array_of(movie_ids)))

    def for_cards(self) -> "MovieQuerySet":
        """Load what a card shows: figures, genres and directors, in three queries."""
        directors = Credit.objects.filter(role=Credit.Role.DIRECTOR).select_related("person")
        return self.select_related("stats").prefetch_related(
            "genres",
            models.Prefetch("credits", queryset=directors, to_attr="director_credits"),
        )

    # Every movie has stats. Saying so makes the join an inner one, which their indexes can order:
    # 87,000 movies took 74 ms otherwise.

    def most_rated_first(self) -> "MovieQuerySet":
        return self.filter(stats__isnull=False).order_by("-stats__rating_count", "pk")

    def best_rated_first(self) -> "MovieQuerySet":
        return self.filter(stats__isnull=False).order_by("-stats__bayesian_mean", "pk")

    def newest_first(self) -> "MovieQuerySet":
        return self.order_by(models.F("year").desc(nulls_last=True), "-pk")

    def in_order_of(self, movie_ids: Sequence[int]) -> "MovieQuerySet":
        """Keep only these movies, in this order."""
        place = models.Func(
            _array_of(movie_ids),
            models.F("pk"),
            function="array_position",
            output_field=models.IntegerField(),
        )
        return self.among(movie_ids).order_by(place)


def _array_of(movie_ids: Sequence[int]) -> models.Value:
    return models.Value(
        list(movie_ids), output_field=ArrayField(base_field=models.BigIntegerField())
    )


class Movie(models.Model):
    """A film as the catalogue knows it. Its title is in the order it is spoken."""

    title = models.CharField(max_length=300)
    original_title = models.CharField(max_length=300, blank=True)
    year = models.SmallIntegerField(null=True, blank=True)
    release_date = models.DateField(null=True, blank=True)
    runtime_minutes = models.PositiveSmallIntegerField(
        "running time in minutes", null=True, blank=True
    )
    language = models.CharField("language (ISO 639-1)", max_length=8, blank=True)
    certification = models.CharField(max_length=20, blank=True)
    overview = models.TextField(blank=True)
    tagline = models.CharField(max_length=500, blank=True)
    keywords = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    poster_path = models.CharField(max_length=200, blank=True)
    movielens_id = models.PositiveIntegerField("MovieLens id", unique=True, null=True, blank=True)
    imdb_id = models.PositiveIntegerField("IMDb id", db_index=True, null=True, blank=True)
    tmdb_id = models.PositiveIntegerField("TMDB id", db_index=True, null=True, blank=True)
    genres = models.ManyToManyField(Genre, related_name="movies", blank=True)
    people = models.ManyToManyField(Person, through="Credit", related_name="movies")
    is_hidden = models.BooleanField("hidden from everybody", default=False)
    pinned_at = models.DateTimeField("pinned since", null=True, blank=True)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MovieQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["title", "year"]
        indexes: ClassVar = [
            # Pages far down a list read the index only: 80,000 movies in 13 ms instead of 124.
            models.Index(
                models.F("year").desc(nulls_last=True),
                models.F("id").desc(),
                name="movie_newest",
                include=["is_hidden"],
            ),
            models.Index(fields=["-added_at", "-id"], name="movie_added"),
            models.Index(fields=["language"], name="movie_language"),
            models.Index(fields=["title", "id"], name="movie_title", include=["is_hidden"]),
            models.Index(fields=["id"], name="movie_hidden", condition=models.Q(is_hidden=True)),
            models.Index(
                fields=["year", "language", "runtime_minutes", "id"],
                name="movie_facets",
                condition=models.Q(is_hidden=False),
            ),
            models.Index(
                fields=["pinned_at"],
                name="movie_pinned",
                condition=models.Q(pinned_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="movie_has_a_title", condition=~models.Q(title="")),
            models.CheckConstraint(
                name="movie_year_is_of_cinema",
                condition=models.Q(year__isnull=True) | models.Q(year__range=(1870, 2100)),
            ),
            models.CheckConstraint(
                name="movie_is_not_pinned_while_hidden",
                condition=models.Q(is_hidden=False) | models.Q(pinned_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def get_absolute_url(self) -> str:
        return reverse("movies:detail", args=[self.pk])

    @property
    def imdb_code(self) -> str:
        return imdb_code(self.imdb_id)

    @property
    def directors(self) -> list[Person]:
        """Who directed, in order; wants a movie loaded `for_cards`."""
        return [credit.person for credit in self.director_credits]  # type: ignore[attr-defined]

    @property
    def director_names(self) -> list[str]:
        return [person.name for person in self.directors]

    @property
    def poster_subject(self) -> PosterSubject:
        """What the drawn poster depends on; wants a movie loaded `for_cards`."""
        return PosterSubject(
            title=self.title,
            year=self.year,
            director=next(iter(self.director_names), ""),
            genres=tuple(genre.name for genre in self.genres.all()),
        )

    @property
    def poster_url(self) -> str:
        return reverse("movies:poster", args=[self.pk, poster_hash(self.poster_subject)])


class AlternativeTitle(models.Model):
    """Another name a movie goes by."""

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="alternative_titles")
    title = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["movie", "title"], name="alternative_title_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Credit(models.Model):
    """What a person did for a movie; positions count from 1 within a role."""

    class Role(models.TextChoices):
        """What somebody is credited for."""

        DIRECTOR = "director", "Director"
        CAST = "cast", "Cast"

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="credits")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="credits")
    role = models.CharField(max_length=10, choices=Role)
    position = models.PositiveSmallIntegerField(default=1)
    character = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["role", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["movie", "person", "role"], name="credit_once"),
            models.CheckConstraint(
                name="credit_role_is_known", condition=models.Q(role__in=["director", "cast"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.movie_id}"


def _bayesian_mean() -> models.expressions.CombinedExpression:
    stars = models.F("half_star_total") * models.Value(0.5) + models.Value(
        PRIOR_STARS * PRIOR_RATINGS
    )
    return stars / (models.F("rating_count") + models.Value(float(PRIOR_RATINGS)))


class MovieStatsQuerySet(models.QuerySet["MovieStats"]):
    """Reads of figures, to be chained."""

    def of_visible_movies(self) -> "MovieStatsQuerySet":
        """Leave out the few hidden movies, without a join with the many others."""
        return self.exclude(movie__in=Movie.objects.hidden().values("pk"))


class MovieStats(models.Model):
    """What everybody's ratings of a movie come to. Triggers keep it; nothing else writes it."""

    movie = models.OneToOneField(
        Movie, on_delete=models.CASCADE, primary_key=True, related_name="stats"
    )
    rating_count = models.PositiveIntegerField(default=0)
    half_star_total = models.PositiveBigIntegerField(default=0)
    histogram = ArrayField(models.PositiveIntegerField(), size=BINS, default=empty_histogram)
    bayesian_mean = models.GeneratedField(
        expression=_bayesian_mean(), output_field=models.FloatField(), db_persist=True
    )

    objects = MovieStatsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "movie stats"
        indexes: ClassVar = [
            models.Index(fields=["-rating_count", "movie"], name="stats_most_rated"),
            models.Index(fields=["-bayesian_mean", "movie"], name="stats_best_rated"),
        ]

    def __str__(self) -> str:
        return f"{self.rating_count} ratings"

    @property
    def mean(self) -> float | None:
        """Mean of all ratings in stars; None while there are none."""
        return self.half_star_total / (2 * self.rating_count) if self.rating_count else None
