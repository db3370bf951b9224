"""Words that people put on movies."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from movies.models.catalogue import Movie


class Tag(models.Model):
    """A word or phrase; what differs in case only is one tag. Curators may hide it."""

    name = models.CharField(max_length=100)
    slug = models.CharField(max_length=100, unique=True)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class TagApplication(models.Model):
    """A tag as one person put it on one movie."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="applications")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tag_applications"
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="tag_applications")
    applied_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tag", "user", "movie"], name="tag_application_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.movie_id}"
