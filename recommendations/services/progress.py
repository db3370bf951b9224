"""How far a training is, written into its row where the admin reads it."""

import time
from collections.abc import Callable
from typing import Protocol

from django.utils import timezone

from recommendations.errors import TrainingCancelledError, TrainingFailedError
from recommendations.models import ModelVersion

Report = Callable[[str], None]
WRITE_SECONDS = 1.0


class Watch(Protocol):
    """Who is told, twice a second or so, how far work is; raises to have it stopped."""

    def __call__(self, stage: str, share: float, *, memory_mb: int | None = None) -> None:
        """Take note that the work is at a stage, a share of it done, using this much memory."""


class Progress:
    """Write a version's progress, and stop its training where somebody has asked for that."""

    def __init__(self, version: ModelVersion, *, report: Report) -> None:
        self.peak_memory_mb = 0
        self._version = version
        self._report = report
        self._stage = ""
        self._written_at = float("-inf")

    def tell(self, stage: str, percent: float, *, memory_mb: int | None = None) -> None:
        """Write where training is; raise TrainingCancelledError if it was cancelled.

        A stage is written at once, what changes within one every second.
        """
        self.peak_memory_mb = max(self.peak_memory_mb, memory_mb or 0)
        is_new = stage != self._stage
        if not is_new and time.monotonic() - self._written_at < WRITE_SECONDS:
            return
        if is_new:
            self._report(stage)
        self._stage, self._written_at = stage, time.monotonic()
        rows = ModelVersion.objects.filter(pk=self._version.pk)
        if not rows.filter(state=ModelVersion.State.TRAINING, cancel_requested=False).update(
            stage=stage[:60],
            percent=round(min(max(percent, 0), 100)),
            memory_mb=memory_mb or self.peak_memory_mb or None,
            progress_at=timezone.now(),
        ):
            self._stop(is_cancelled=rows.filter(cancel_requested=True).exists())

    def end(self) -> None:
        """Write that the version is whole."""
        ModelVersion.objects.filter(pk=self._version.pk).update(
            stage="", percent=100, progress_at=timezone.now()
        )

    def between(self, first: float, last: float, *, prefix: str) -> Watch:
        """Return a watch over work that takes the version from one percentage to another."""

        def watch(stage: str, share: float, *, memory_mb: int | None = None) -> None:
            percent = first + share * (last - first)
            self.tell(f"{prefix}: {stage}" if stage else prefix, percent, memory_mb=memory_mb)

        return watch

    def _stop(self, *, is_cancelled: bool) -> None:
        if is_cancelled:
            raise TrainingCancelledError(f"The training of {self._version} was cancelled.")
        raise TrainingFailedError(f"{str(self._version).capitalize()} was given up meanwhile.")
