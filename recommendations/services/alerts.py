"""What somebody should look at: in the log, in the admin, and by mail to whom ADMINS names."""

import logging
from smtplib import SMTPException

from django.core.mail import mail_admins

from recommendations.models import ModelVersion

logger = logging.getLogger(__name__)


def raise_alert(*, number: int, text: str) -> None:
    """Tell of something wrong with a version; mail goes out once, until the alert is put away."""
    logger.error("version %s: %s", number, text)
    is_news = ModelVersion.objects.filter(number=number, alert="").update(alert=text)
    if not is_news:
        return
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
