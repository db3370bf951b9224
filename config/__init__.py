"""What ties the apps together: settings, addresses, the broker, the servers' entry points."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
