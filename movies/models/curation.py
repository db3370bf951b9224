"""The revision of what curators have decided for the whole site."""

from typing import ClassVar

from django.db import models


class Curation(models.Model):
    """One row: grows by one with every decision that changes what may be shown."""

    revision = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="curation_is_one_row", condition=models.Q(pk=1)),
        ]

    def __str__(self) -> str:
        return f"revision {self.revision}"
