"""Sessions that know whose they are."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A signed-in or anonymous visit.

    Its content names the person and their address, so an erasure has to find it; a plain number,
    because a visit may be saved in the moment its account goes.
    """

    user_id = models.BigIntegerField(null=True, db_index=True)
