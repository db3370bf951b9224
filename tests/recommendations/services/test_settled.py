import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connections, transaction

from recommendations.services import dataset, settled
from recommendations.services.dataset import read_interactions
from tests.factories import make_movie, make_rating, make_user


@pytest.fixture
def may_commit(transactional_db) -> Iterator[threading.Event]:
    """Let a transaction write a movie first, and commit when it is told to."""
    has_written, may_commit = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            make_movie("Late")
            has_written.set()
            may_commit.wait(60)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        assert has_written.wait(60)
        yield may_commit
        may_commit.set()
        writing.result()


def titles_read() -> list[str]:
    content = read_interactions().content
    assert content is not None
    return list(content.titles)


def test_a_movie_that_is_being_written_is_waited_for(may_commit, monkeypatch):
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: may_commit.set())
    monkeypatch.setattr(settled, "time", clock)
    make_movie("Early")

    assert titles_read() == ["Late", "Early"]


def test_whoever_writes_for_very_long_is_not_waited_for(may_commit, monkeypatch, caplog):
    monkeypatch.setattr(settled, "MOST_SECONDS", 0.0)
    make_movie("Early")

    assert titles_read() == ["Early"]
    assert "may be missed" in caplog.text


def test_what_is_saved_while_the_rest_is_read_is_left_out(db, monkeypatch):
    before, meanwhile = make_movie("Before"), make_movie("Meanwhile")
    make_rating(make_user(), meanwhile, 4)
    monkeypatch.setattr(dataset, "settled_movie_id", lambda: before.pk)

    assert read_interactions().items.ids.tolist() == [before.pk]
