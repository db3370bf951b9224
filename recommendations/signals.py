"""What this app tells its own entry points, which services may not import."""

from django.dispatch import Signal

# Sent with `number` once the transaction that let a version serve has committed.
version_activated = Signal()
