from datetime import UTC, datetime, timedelta

import orjson
import pytest

from config.redis import RedisAwayError, reachable_redis, redis_client
from recommendations.services.cache import (
    KEEP_SECONDS,
    encode_lists,
    forget_lists,
    keep_lists,
    keep_many_lists,
    lists_key,
    load_fresh_lists,
    load_labels,
    load_lists,
    load_revisions,
)
from recommendations.services.picks import Freshness, PersonalLists, Picks, Ranking
from recommendations.services.refreshing import refresh_lists
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def lists_made(*, revision: int, model: int = 1, seconds: float = 0) -> PersonalLists:
    """Return lists of a revision whose making began so many seconds after noon."""
    return PersonalLists(
        freshness=Freshness(model_version=model, profile_revision=revision, settings="curation 0"),
        generated_at=(NOON + timedelta(seconds=seconds)).isoformat(),
        stars_of={},
        unwanted=frozenset(),
        top=Picks(),
    )


def test_lists_of_an_older_revision_never_take_the_place_of_newer_ones():
    newer, older = lists_made(revision=2), lists_made(revision=1, seconds=5)

    keep_lists(user_id=1, lists=newer)
    keep_lists(user_id=1, lists=older)

    assert load_lists(user_id=1) == newer


def test_of_one_revision_the_lists_begun_last_stay():
    of_new_model = lists_made(revision=1, model=2, seconds=1)

    keep_lists(user_id=1, lists=lists_made(revision=1, model=1))
    keep_lists(user_id=1, lists=of_new_model)
    keep_lists(user_id=1, lists=lists_made(revision=1, model=1, seconds=0.5))

    assert load_lists(user_id=1) == of_new_model


def test_a_clock_far_ahead_does_not_block_a_person_for_long():
    keep_lists(user_id=1, lists=lists_made(revision=1, seconds=3600))
    keep_lists(user_id=1, lists=lists_made(revision=1))

    assert load_lists(user_id=1) == lists_made(revision=1)


def test_lists_of_many_are_kept_unless_older():
    keep_lists(user_id=1, lists=lists_made(revision=5))

    older = lists_made(revision=4)
    kept = keep_many_lists(encode_lists(user_id=user_id, lists=older) for user_id in (1, 2))

    assert kept == 1
    assert load_revisions([1, 2, 3]) == [5, 4, None]
    assert load_labels([2, 3]) == ["1:4:curation-0", None]


def ranked(lists: PersonalLists) -> Ranking:
    return Ranking(
        freshness=lists.freshness,
        generated_at=lists.generated_at,
        movie_ids=[3],
        scores=[0.5],
        from_places=[1],
        moved=[],
        whys=[],
        guesses=[3],
        factors={"ease": 0.25},
    )


def test_lists_take_the_place_of_the_ranking_they_were_completed_from():
    lists = lists_made(revision=1)
    keep_many_lists([encode_lists(user_id=1, lists=ranked(lists))])
    assert load_fresh_lists(user_id=1, freshness=lists.freshness) == ranked(lists)

    keep_lists(user_id=1, lists=lists)

    assert load_fresh_lists(user_id=1, freshness=lists.freshness) == lists


def test_a_ranking_takes_the_place_of_lists_of_another_model_alone():
    lists = lists_made(revision=1)
    keep_lists(user_id=1, lists=lists)

    same, of_new_model = (
        ranked(lists_made(revision=1, model=model, seconds=1)) for model in (1, 2)
    )
    assert keep_many_lists([encode_lists(user_id=1, lists=same)]) == 0
    assert keep_many_lists([encode_lists(user_id=1, lists=of_new_model)]) == 1

    assert load_fresh_lists(user_id=1, freshness=of_new_model.freshness) == of_new_model


def test_a_ranking_never_takes_the_place_of_lists_begun_later():
    lists = lists_made(revision=1, seconds=1)
    keep_lists(user_id=1, lists=lists)

    earlier = ranked(lists_made(revision=1))
    assert keep_many_lists([encode_lists(user_id=1, lists=earlier)]) == 0
    assert load_lists(user_id=1) == lists


def test_only_lists_of_what_is_wanted_are_fresh():
    lists = lists_made(revision=2)
    keep_lists(user_id=1, lists=lists)

    assert load_fresh_lists(user_id=1, freshness=lists.freshness) == lists
    assert load_fresh_lists(user_id=1, freshness=lists_made(revision=1).freshness) == lists
    assert load_fresh_lists(user_id=1, freshness=lists_made(revision=3).freshness) is None
    other_model = lists_made(revision=1, model=2).freshness
    assert load_fresh_lists(user_id=1, freshness=other_model) is None
    assert load_fresh_lists(user_id=2, freshness=lists.freshness) is None


@pytest.mark.parametrize("label", [b"", b"x", b"1:x:y", b"1:-2:y", b"\xff:\xff"])
def test_lists_whose_label_nobody_can_read_are_not_fresh(label):
    lists = lists_made(revision=2)
    keep_lists(user_id=1, lists=lists)
    redis_client().hset(lists_key(1), "freshness", label)

    assert load_fresh_lists(user_id=1, freshness=lists.freshness) is None


def test_lists_are_kept_for_a_week():
    user = make_user()
    refresh_lists(user_id=user.pk)

    assert load_lists(user_id=user.pk).freshness.profile_revision == 0
    assert 0 < redis_client().ttl(lists_key(user.pk)) <= KEEP_SECONDS


def test_forgotten_lists_are_gone():
    user = make_user()
    refresh_lists(user_id=user.pk)

    forget_lists(user_id=user.pk)

    assert load_lists(user_id=user.pk) is None


def test_lists_in_another_form_are_none():
    lists = lists_made(revision=1).to_json()
    before = {**lists, "top": [[7, 1.5, 4.0, "acclaimed", [], None]]}
    cut_short = {**lists, "top": {**lists["top"], "movie_ids": [7]}}
    redis_client().hset(lists_key(1), "lists", orjson.dumps(before))
    redis_client().hset(lists_key(2), "lists", orjson.dumps(cut_short))

    assert load_lists(user_id=1) is load_lists(user_id=2) is None
    assert not redis_client().exists(lists_key(1), lists_key(2))  # an export would not tell of them


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"[1]", b'{"freshness": 1}', b"\x80\x04N."])
def test_rubbish_in_redis_is_no_list(rubbish):
    redis_client().hset(lists_key(1), "lists", rubbish)

    assert load_lists(user_id=1) is None


def test_without_redis_nothing_is_kept_and_nothing_fails(redis_away):
    user = make_user()

    refresh_lists(user_id=user.pk)

    assert load_lists(user_id=user.pk) is None


def test_after_a_failure_redis_is_left_alone_for_a_while(redis_away):
    with pytest.raises(RedisAwayError), reachable_redis() as redis:
        redis.ping()

    with pytest.raises(RedisAwayError, match="a moment ago"), reachable_redis():
        pass
