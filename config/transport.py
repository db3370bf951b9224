"""Redis as the broker of tasks: what workers and the scheduler need to outlive its absence."""

import logging
from typing import Any

from celery.app.amqp import AMQP
from kombu import Connection
from kombu.transport import redis, virtual

logger = logging.getLogger(__name__)

REST_SECONDS = 2.0


class SteadyQoS(redis.QoS):
    """What a worker has taken and not done yet.

    Where the connection is lost, kombu asks for the address of nothing when it puts that back or
    a task ends meanwhile, and the worker ends: with one task at work it does not outlive a restart
    of Redis. What stays taken comes again by itself (`LOST_SECONDS`).

    What is done is taken off here whether Redis hears of it or not. kombu does so only once that
    has answered: a worker that ran into silence believed for ever that it had its hands full.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            if self._is_connected():
                super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002
        try:
            if self._is_connected():
                super().reject(delivery_tag, requeue=requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """Put it back, if there is anything it could be put back to."""
        if self._is_connected():
            super().restore_unacked_once(stderr=stderr)

    def _is_connected(self) -> bool:
        if self.channel.connection is not None and self.channel.connection.client is not None:
            return True
        logger.warning("the connection to the broker is gone: what was taken comes again later")
        return False


class SteadyConnection(Connection):
    """Look for a broker that is away every two seconds, however long that has been so.

    kombu waits longer from try to try, up to half a minute, and Celery has no setting for that.
    """

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        """Connect, or try again after equal rests."""
        rests = {"interval_start": REST_SECONDS, "interval_max": REST_SECONDS}
        return super().ensure_connection(*args, **options | rests)


class SteadyAMQP(AMQP):
    """Celery's messages over such connections."""

    Connection = SteadyConnection


def be_steady() -> None:
    """Let all connections to Redis as a broker count what they took as said here."""
    redis.Channel.QoS = SteadyQoS
