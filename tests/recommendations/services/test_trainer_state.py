from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from movies.models import Event
from movies.services.profile import bump_profile
from recommendations.services.trainer_state import COMMITTED_WITHIN, Mark
from tests.factories import make_movie, make_rater, make_user

pytestmark = pytest.mark.django_db


def look(*, key: int, minutes_ago: int = 0, kind: str = Event.Kind.VIEWED) -> Event:
    moment = timezone.now() - timedelta(minutes=minutes_ago)
    return Event.objects.create(
        pk=key, user=make_user(), movie=make_movie(), kind=kind, occurred_at=moment
    )


def test_a_look_committed_late_with_an_earlier_key_is_found():
    look(key=1_001, minutes_ago=COMMITTED_WITHIN.seconds // 60 + 1)
    look(key=1_003)
    mark = Mark.now()

    late, later = look(key=1_002), look(key=1_004)
    look(key=1_005, kind=Event.Kind.DISMISSED)

    assert mark.looks_since()["event_id"].tolist() == [late.pk, later.pk]
    assert mark.looks_since()["user_id"].tolist() == [late.user_id, later.user_id]


def test_a_mark_names_one_by_one_only_the_looks_of_the_last_minutes():
    for key in range(1_001, 1_011):
        look(key=key, minutes_ago=1_011 - key)

    mark = Mark.now()

    assert mark.settled_look == 1_006
    assert mark.later_looks.tolist() == [1_007, 1_008, 1_009, 1_010]


def test_who_has_changed_is_new_or_gone_is_told_by_revisions():
    same, other, gone = make_user(), make_user(), make_user()
    mark = Mark.now()

    bump_profile(user_id=other.pk)
    idle, busy, rater = make_user(), make_user(), make_rater()
    bump_profile(user_id=busy.pk)
    left = gone.pk
    gone.delete()

    changed = mark.changed_until(Mark.now())
    assert changed.tolist() == sorted([other.pk, busy.pk, rater.pk, left])
    assert not np.isin([same.pk, idle.pk], changed).any()


def test_a_mark_of_an_empty_site_finds_everybody_new():
    mark = Mark.now()
    rater = make_rater()
    assert mark.changed_until(Mark.now()).tolist() == [rater.pk]
    assert mark.changed_until(mark).tolist() == []
