"""What people say and do about movies."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from movies.models.catalogue import Movie


class Rating(models.Model):
    """What a person thinks of a movie, in half stars from 1 (0.5 stars) to 10 (5 stars).

    Among equal times the primary key tells the order.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ratings", db_index=False
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="ratings")
    half_stars = models.PositiveSmallIntegerField()
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "movie"], name="rating_once"),
            models.CheckConstraint(
                name="rating_is_half_to_five_stars",
                condition=models.Q(half_stars__range=(1, 10)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars} stars"

    @property
    def stars(self) -> float:
        return self.half_stars / 2


class Event(models.Model):
    """Implicit feedback with its time. Only ever added to; a trigger refuses changes."""

    class Kind(models.TextChoices):
        """What happened."""

        VIEWED = "viewed", "Viewed its page"
        WATCHLISTED = "watchlisted", "Added to the watchlist"
        DISMISSED = "dismissed", "Dismissed"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "occurred_at"], name="event_of_user"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="event_kind_is_known",
                condition=models.Q(kind__in=["viewed", "watchlisted", "dismissed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class WatchlistEntry(models.Model):
    """A movie that a person means to see."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watchlist", db_index=False
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "watchlist entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "movie"], name="watchlist_once"),
        ]

    def __str__(self) -> str:
        return f"to see since {self.added_at:%Y-%m-%d}"


class Dismissal(models.Model):
    """A movie that a person does not want recommended."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="dismissals",
        db_index=False,
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="+")
    dismissed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "movie"], name="dismissal_once"),
        ]

    def __str__(self) -> str:
        return f"dismissed {self.dismissed_at:%Y-%m-%d}"
