"""Where imported ratings come from."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

DEMO_SLUG = "demo"


class DataSet(models.Model):
    """A set of ratings that was loaded as a whole, such as MovieLens 1M."""

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=100)
    attribution = models.TextField(blank=True)
    is_simulated = models.BooleanField(default=False)
    rating_count = models.PositiveIntegerField(default=0)
    movie_count = models.PositiveIntegerField(default=0)
    person_count = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-loaded_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_demo(self) -> bool:
        """Return whether its films are real, though the people are simulated."""
        return self.slug == DEMO_SLUG
