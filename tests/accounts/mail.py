"""Read the mails that tests cause."""

import re
from urllib.parse import urlsplit

from django.core import mail


def last_mail():
    return mail.outbox[-1]


def path_in(message) -> str:
    """Return the path of the first address in a mail."""
    [address, *_] = re.findall(r"https?://\S+", message.body)
    return urlsplit(address).path
