"""What somebody should look at: in the log, in the admin, and by mail to whom ADMINS names."""

import logging
from smtplib import SMTPException

from django.core.mail import mail_admins
from django.db import transaction

from recommendations.models import ModelVersion

logger = logging.getLogger(__name__)


def raise_alert(*, number: int, text: str, kind: str = "") -> None:
    """Tell of something wrong with a version, once until its alerts are put away.

    `kind` is the part of the text that is the same each time, all of it unless given. What is
    told already stays, on a line of its own: the one may be why the other came about.
    """
    logger.error("version %s: %s", number, text)
    line = " ".join(text.split())
    with transaction.atomic():
        version = ModelVersion.objects.select_for_update().filter(number=number).first()
        if version is None:
            return
        told = version.alert.splitlines()
        if any(kind in each if kind else line == each for each in told):
            return
        version.alert = "\n".join([*told, line])
        version.save(update_fields=["alert"])
    try:
        mail_admins(f"Model version {number}", text)
    except (OSError, SMTPException) as error:
        logger.warning("the alert about version %s was not mailed: %s", number, error)


def put_alert_away(*, number: int) -> None:
    """Forget a version's alert: somebody has seen to it."""
    ModelVersion.objects.filter(number=number).update(alert="")


def count_alerts() -> int:
    """Return how many versions somebody should look at."""
    return ModelVersion.objects.exclude(alert="").count()
