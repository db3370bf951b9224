from contextlib import closing

import pytest
from redis.exceptions import TimeoutError as RedisTimeoutError

from config.celery import app
from tests.config.test_redis_stalls import redis_socket
from tests.stalling import StallingProxy


@pytest.mark.parametrize("end", ["ack", "reject", "requeue"])
def test_what_redis_does_not_hear_of_keeps_no_room_in_a_worker(end, tmp_path):
    proxy = StallingProxy.on_socket(tmp_path / "broker.sock", target=redis_socket())
    broker = app.connection_for_write(f"redis+socket://{tmp_path}/broker.sock")
    with closing(proxy), broker, closing(broker.SimpleQueue("one")) as queue:
        queue.put("a task")
        message = queue.get(timeout=30)
        room = message.channel.qos
        room.prefetch_count = 1
        assert not room.can_consume()

        with proxy.stalled(), pytest.raises(RedisTimeoutError):
            getattr(message, end)()

        assert room.can_consume()


@pytest.mark.parametrize("end", ["ack", "reject", "requeue"])
def test_a_task_may_end_when_the_connection_is_gone(end):
    with app.connection_for_write() as broker:
        queue = broker.SimpleQueue("one")
        queue.put("a task")
        message = queue.get(timeout=30)
        room = message.channel.qos
        room.prefetch_count = 1
        # As a worker does that has lost the broker and connects anew.
        message.channel.close()
        message.channel._disconnect_pools()

        getattr(message, end)()

        assert room.can_consume()
