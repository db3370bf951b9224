"""Which errors mean that a service is out of reach."""

from django.db import InterfaceError, OperationalError

DATABASE_GONE = (OperationalError, InterfaceError)
RETRY_AFTER_SECONDS = 10
