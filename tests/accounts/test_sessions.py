"""Requests of one visit that overlap."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted

from accounts.sessions import MOVED, SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit() -> SessionStore:
    visit = SessionStore()
    visit.update({"kept": 1, "changed": 1, "removed": 1})
    visit.create()
    return visit


def same(visit: SessionStore) -> SessionStore:
    """Return the visit as another request of it has read it by now."""
    other = SessionStore(visit.session_key)
    other.items()
    return other


def test_a_request_saves_only_what_it_changed(visit):
    slow, quick = same(visit), same(visit)
    quick.update({"changed": 2, "new": 2})
    del quick["removed"]
    quick.save()

    slow["mine"] = 3
    slow.save()

    assert dict(same(visit).items()) == {"kept": 1, "changed": 2, "new": 2, "mine": 3}


def test_what_a_request_changed_last_stays(visit):
    slow, quick = same(visit), same(visit)
    quick.update({"changed": 2, "removed": 2})
    quick.save()

    slow["changed"] = 3
    del slow["removed"]
    slow.save()

    assert dict(same(visit).items()) == {"kept": 1, "changed": 3}


def test_a_new_key_opens_what_others_kept_meanwhile(visit):
    before = visit.session_key
    slow, quick = same(visit), same(visit)
    quick["new"] = 2
    quick.save()

    slow.cycle_key()

    assert same(slow)["new"] == 2
    assert dict(SessionStore(before).items()) == {MOVED: True}


def test_what_an_old_key_opens_can_be_begun_anew_but_not_changed(visit):
    late = same(visit)
    before = visit.session_key
    visit.cycle_key()

    with pytest.raises(SessionInterrupted), late.held():
        pytest.fail("a visit that moved was changed")
    with pytest.raises(UpdateError):
        late.save()

    again = SessionStore(before)
    again.cycle_key()
    assert not list(same(again).items())


def test_a_key_that_opens_nothing_is_changed_all_the_same():
    stale = SessionStore("x" * 32)
    stale["mine"] = 1

    stale.cycle_key()

    assert same(stale)["mine"] == 1
