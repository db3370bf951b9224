"""Which data sets are loaded, as the foot of every page tells."""

import time

from movies.models import DataSet

KEEP_SECONDS = 30.0


class _Known:
    """What this process read last, and when."""

    data_sets: tuple[DataSet, ...] = ()
    read_at = float("-inf")


def loaded_data_sets() -> tuple[DataSet, ...]:
    """Return the loaded data sets, latest first, as of half a minute ago at the oldest."""
    if time.monotonic() - _Known.read_at > KEEP_SECONDS:
        _Known.data_sets = tuple(DataSet.objects.all())
        _Known.read_at = time.monotonic()
    return _Known.data_sets


def forget_data_sets() -> None:
    """Read from PostgreSQL at the next use."""
    _Known.read_at = float("-inf")
