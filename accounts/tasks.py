"""What the workers do for accounts."""

import logging

from celery import shared_task

from accounts.services.tidying import remove_expired_sessions, remove_unconfirmed_accounts

logger = logging.getLogger(__name__)


@shared_task(name="accounts.tidy")
def tidy() -> None:
    sessions, accounts = remove_expired_sessions(), remove_unconfirmed_accounts()
    logger.info("removed %s old sessions and %s unconfirmed accounts", sessions, accounts)
