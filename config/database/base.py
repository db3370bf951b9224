"""The backend itself, where Django looks for it."""

from types import TracebackType
from typing import Any

import django.db
from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property
from psycopg import OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout, ReadOnlySqlTransaction

from config.database.patience import is_serving_request
from config.database.stalls import Pause, WatchedConnection
from config.metrics import count_service_error

QUIET_SECONDS = 10.0
# Whoever holds a lock for longer may hang, and all who wait for it would fill the server.
LOCK_MILLISECONDS = 800
# No request pauses inside a transaction: who does so hangs, and would keep its locks for ever.
PAUSE_MILLISECONDS = 5_000


class ErrorWrapper(DatabaseErrorWrapper):
    """Django's errors for those of psycopg, but for those that say to come again.

    A server that only lets read has not taken over yet, or has been left behind; one that ended
    a transaction had waited for it. There is nothing wrong with what it was asked, as an
    InternalError would say.
    """

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(exc_value, ReadOnlySqlTransaction | IdleInTransactionSessionTimeout):
            raise django.db.OperationalError(*exc_value.args) from exc_value
        super().__exit__(exc_type, exc_value, traceback)


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections that give up on a silent server, with limits by what they are for."""

    @cached_property
    def wrap_database_errors(self) -> ErrorWrapper:
        return ErrorWrapper(self)

    def get_connection_params(self) -> dict[str, Any]:
        """Limit statements: a request has seconds, less for a lock; workers have minutes."""
        parameters: dict[str, Any] = super().get_connection_params()
        if is_serving_request():
            limits = f"-c statement_timeout={settings.DATABASE_STATEMENT_SECONDS}s"
            limits += f" -c lock_timeout={LOCK_MILLISECONDS}ms"
            limits += f" -c idle_in_transaction_session_timeout={PAUSE_MILLISECONDS}ms"
        else:
            limits = f"-c statement_timeout={settings.DATABASE_WORK_STATEMENT_SECONDS}s"
        # The server ends by itself what nobody waits for any more, and lets go of its locks.
        limits += " -c client_connection_check_interval=1s"
        return parameters | {"options": f"{limits} {parameters.get('options', '')}".rstrip()}

    def is_usable(self) -> bool:
        """Ask the server, unless it answered just now and has not closed the connection since.

        A server that ends says so; one that hangs is noticed at the first query either way.
        """
        kept = self.connection
        if isinstance(kept, WatchedConnection) and not self.errors_occurred:
            return kept.is_quiet(seconds=QUIET_SECONDS) or super().is_usable()
        return super().is_usable()

    def get_new_connection(self, conn_params: dict[str, Any]) -> WatchedConnection:
        Pause.check()
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            return WatchedConnection.connect(**conn_params)
        except OperationalError:
            count_service_error(service="postgresql")
            raise
