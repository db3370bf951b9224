"""Fitted models and which of them serves."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class ModelVersion(models.Model):
    """A fitted model: its artefact, how it was made, how good it is, and its state."""

    class State(models.TextChoices):
        """Where a version is in its life."""

        TRAINING = "training", "Training"
        READY = "ready", "Ready"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"
        FAILED = "failed", "Failed"

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.TRAINING)
    recipe = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict, blank=True)
    training_counts = models.JSONField(default=dict, blank=True)
    directory = models.CharField(max_length=200, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    trained_at = models.DateTimeField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="model_version_one_is_active",
                fields=["state"],
                condition=models.Q(state="active"),
            ),
            models.CheckConstraint(
                name="model_version_state_is_known",
                condition=models.Q(state__in=["training", "ready", "active", "retired", "failed"]),
            ),
            models.CheckConstraint(
                name="model_version_served_has_artefact",
                condition=~models.Q(state__in=["ready", "active", "retired"])
                | (~models.Q(directory="") & models.Q(manifest_sha256__regex=r"^[0-9a-f]{64}$")),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
