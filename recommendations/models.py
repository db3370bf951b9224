"""Fitted models and which of them serves."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class ModelVersion(models.Model):
    """A fitted model: its artefact, how it was made, how good it is, and its state.

    `directory` names the artefact in the shared storage and in every machine's cache. `refers_to`
    names the directories whose files the artefact shares. `stage`, `percent`, `memory_mb` and
    `progress_at` are written while it is made. `gate` says what was decided of it and by which
    figures, `alert` what somebody should look at.
    """

    class Kind(models.TextChoices):
        """How a version comes to be."""

        FULL = "full", "Full"
        INCREMENT = "increment", "Increment"

    class State(models.TextChoices):
        """Where a version is in its life."""

        TRAINING = "training", "Training"
        READY = "ready", "Ready"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        KEPT = "kept", "Kept, not activated"
        PRUNED = "pruned", "Pruned"

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FULL)
    base = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="increments"
    )
    state = models.CharField(max_length=10, choices=State, default=State.TRAINING)
    recipe = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict, blank=True)
    training_counts = models.JSONField(default=dict, blank=True)
    directory = models.CharField(max_length=200, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    refers_to = models.JSONField(default=list, blank=True)
    stage = models.CharField(max_length=60, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    memory_mb = models.PositiveIntegerField(null=True, blank=True)
    progress_at = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    gate = models.JSONField(default=dict, blank=True)
    alert = models.TextField(blank=True)
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
                condition=models.Q(
                    state__in=[
                        "training",
                        "ready",
                        "active",
                        "retired",
                        "failed",
                        "cancelled",
                        "kept",
                        "pruned",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="model_version_served_has_artefact",
                condition=~models.Q(state__in=["ready", "active", "retired", "kept"])
                | (~models.Q(directory="") & models.Q(manifest_sha256__regex=r"^[0-9a-f]{64}$")),
            ),
            models.CheckConstraint(
                name="model_version_increment_has_base",
                condition=models.Q(kind="full", base__isnull=True)
                | models.Q(kind="increment", base__isnull=False),
            ),
            models.CheckConstraint(
                name="model_version_percent_is_share",
                condition=models.Q(percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
