from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AgeBand, User
from accounts.services.people import update_demographics
from movies.services.curation import read_curation_revision
from movies.services.events import record_view
from movies.services.lists import add_to_watchlist, dismiss_movie
from movies.services.ratings import rate_movie
from recommendations.models import ModelVersion
from recommendations.services.bulk_histories import read_people, read_records
from recommendations.services.cache import (
    encode_lists,
    forget_lists,
    keep_many_lists,
    load_lists,
    load_revisions,
)
from recommendations.services.histories import read_history
from recommendations.services.personal import freshness_for, read_personal_lists
from recommendations.services.picks import Ranking
from recommendations.services.store import store
from recommendations.services.sweeping import sweep_lists
from recommendations.services.warming import (
    ABOUT,
    LATELY,
    make_block,
    make_blocks,
    prepare,
    rank_block,
    recent_user_ids,
    warm_after_activation,
    warm_people,
)
from tests.factories import make_movie, make_rater, make_rating, make_user


@pytest.fixture
def people(two_camps) -> list[User]:
    """Return people of every kind: with much, little and nothing behind them."""
    everything, one_rating, nothing = make_user(), make_user(), make_user()
    for place, movie in enumerate(two_camps.westerns[:4]):
        rate_movie(user=everything, movie_id=movie.pk, stars=5 - place / 2)
    dismiss_movie(user=everything, movie_id=two_camps.westerns[4].pk)
    add_to_watchlist(user=everything, movie_id=two_camps.musicals[0].pk)
    record_view(user=everything, movie_id=two_camps.musicals[1].pk)
    update_demographics(user=everything, age_band=AgeBand.FROM_25, gender="F", occupation=None)
    rate_movie(user=one_rating, movie_id=two_camps.musicals[2].pk, stars=5)
    return [everything, one_rating, nothing]


def ids_of(people: list[User]) -> list[int]:
    return [user.pk for user in people]


def forget_all(people: list[User]) -> None:
    for user in people:
        forget_lists(user_id=user.pk)


def read_alone(user: User):
    forget_lists(user_id=user.pk)
    return read_again(user)


def read_again(user: User):
    fresh = User.objects.get(pk=user.pk)
    return read_personal_lists(user=fresh, curation_revision=read_curation_revision())


def test_histories_read_together_are_those_read_alone(people):
    items, now = store.get().model.known_items, timezone.now()

    together = read_people(ids_of(people), items=items, moment=now)

    for person, user in zip(together, people, strict=True):
        alone = read_history(user=User.objects.get(pk=user.pk), items=items, as_of=now)
        assert person.known.stars_of == alone.stars_of
        for name in ("item_indices", "values", "timestamps"):
            assert getattr(person.known.history, name).tolist() == (
                getattr(alone.history, name).tolist()
            )
            if name != "values":
                own = getattr(person.known.history.events, name).tolist()
                assert own == getattr(alone.history.events, name).tolist()
        assert person.known.history.events.codes.tolist() == alone.history.events.codes.tolist()
        assert person.known.history.group == alone.history.group
        assert person.known.history.as_of == alone.history.as_of


@pytest.mark.parametrize("rated_at", ["1996-05-05T12:00:00.9+00:00", "2026-11-27T00:00:00+00:00"])
def test_a_rating_is_as_old_in_bulk_as_it_is(people, two_camps, rated_at):
    user, moment = make_user(), datetime.fromisoformat(rated_at)
    make_rating(user, two_camps.westerns[0], 4.0, rated_at=moment)
    items = store.get().model.known_items
    (person,) = read_people([user.pk], items=items, moment=timezone.now())
    assert person.known.history.timestamps.tolist() == [int(moment.timestamp())]


def test_lists_made_together_are_those_made_alone(people, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)

    report = warm_people(ids_of(people))

    assert (report.people, report.stale, report.kept) == (3, 3, 3)
    for user in people:
        together, alone = load_lists(user_id=user.pk), read_alone(user)
        assert together.freshness == alone.freshness
        assert together.generated_at == alone.generated_at
        assert (together.stars_of, together.unwanted) == (alone.stars_of, alone.unwanted)
        assert together.predicted == pytest.approx(alone.predicted)
        assert [each.source_movie_id for each in together.because] == (
            [each.source_movie_id for each in alone.because]
        )
        assert [replace(pick, score=0) for pick in together.top] == (
            [replace(pick, score=0) for pick in alone.top]
        )
        assert [pick.score for pick in together.top] == (
            pytest.approx([pick.score for pick in alone.top], rel=1e-5, abs=1e-5)
        )


def test_lists_ranked_ahead_are_completed_when_their_person_comes(people, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    alone = [read_alone(user) for user in people]
    forget_all(people)

    assert warm_people(ids_of(people), make=rank_block).kept == 3

    assert all(isinstance(load_lists(user_id=user.pk), Ranking) for user in people)
    monkeypatch.setattr("recommendations.services.personal.make_lists", None)
    for user, before in zip(people, alone, strict=True):
        lists = read_again(user)
        assert load_lists(user_id=user.pk) == lists
        assert list(lists.movie_ids) == list(before.movie_ids)
        assert list(lists.top.cited) == list(before.top.cited)
        assert lists.because == before.because
        assert lists.predicted == pytest.approx(before.predicted)


def test_a_ranking_with_a_movie_that_is_gone_is_left_aside(people, two_camps):
    newcomer = make_movie()
    store.forget()
    warm_people([people[1].pk], make=rank_block)
    kept = load_lists(user_id=people[1].pk)
    ranking = replace(kept, movie_ids=[newcomer.pk + 1_000, *kept.movie_ids[1:]])
    keep_many_lists([encode_lists(user_id=people[1].pk, lists=ranking)])

    assert newcomer.pk + 1_000 not in read_again(people[1]).movie_ids


def test_another_movie_in_the_place_of_one_that_is_gone_makes_lists_stale(two_camps):
    before = freshness_for(user=None, curation_revision=0)
    gone = make_movie()
    store.forget()
    between = freshness_for(user=None, curation_revision=0)
    gone.delete()
    make_movie()
    store.forget()
    after = freshness_for(user=None, curation_revision=0)
    assert len({each.label for each in (before, between, after)}) == 3


def test_what_is_seen_after_the_ranking_is_not_heard_when_it_is_completed(people, two_camps):
    user = people[1]
    warm_people([user.pk], make=rank_block)
    record_view(user=user, movie_id=two_camps.westerns[3].pk)
    lists = read_again(user)
    moment = datetime.fromisoformat(lists.generated_at)
    items = store.get().model.known_items
    (person,) = read_people([user.pk], items=items, moment=moment)
    assert not len(person.known.history.events)
    assert len(read_people([user.pk], items=items, moment=timezone.now())[0].known.history.events)


def test_people_who_are_all_gone_leave_the_others_their_lists(people, monkeypatch):
    gone, here = people[0].pk, people[1].pk
    monkeypatch.setattr("recommendations.services.warming.MOST_PEOPLE_AT_ONCE", 1)
    User.objects.filter(pk=gone).delete()
    making = prepare()
    made = [
        each.user_id
        for block in make_blocks([gone, here], making, make=make_block)
        for each in block
    ]
    assert made == [here]


def test_a_ranking_is_left_aside_once_its_person_did_something(people, two_camps, monkeypatch):
    user = people[1]
    warm_people([user.pk], make=rank_block)
    fresh = User.objects.get(pk=user.pk)
    rate_movie(user=user, movie_id=two_camps.musicals[3].pk, stars=4)

    lists = read_personal_lists(user=fresh, curation_revision=read_curation_revision())

    assert two_camps.musicals[3].pk in lists.stars_of
    assert two_camps.musicals[3].pk not in lists.movie_ids


def test_whoever_has_fresh_lists_is_passed_over(people):
    warm_people(ids_of(people[:2]))

    assert warm_people(ids_of(people)).stale == 1
    assert warm_people(ids_of(people)).stale == 0


def test_warming_never_puts_back_older_lists(people, two_camps, monkeypatch):
    user = people[1]
    read = "recommendations.services.warming.read_records"

    def read_then_they_rate(*arguments, **options):
        found = read_records(*arguments, **options)
        rate_movie(user=user, movie_id=two_camps.musicals[3].pk, stars=4)
        read_alone(user)
        return found

    monkeypatch.setattr(read, read_then_they_rate)
    report = warm_people([user.pk])

    assert report.kept == 0
    assert load_revisions([user.pk]) == [2]


def test_lists_of_somebody_erased_meanwhile_do_not_stay(people, monkeypatch):
    user_id = people[1].pk

    def read_then_they_go(*arguments, **options):
        found = read_records(*arguments, **options)
        User.objects.filter(pk=user_id).delete()
        return found

    monkeypatch.setattr("recommendations.services.warming.read_records", read_then_they_go)
    warm_people([user_id])

    assert load_lists(user_id=user_id) is None


@pytest.mark.django_db
def test_only_people_who_were_here_lately_are_warmed():
    long_ago, now = timezone.now() - LATELY - timedelta(days=1), timezone.now()
    changed, signed_in, gone, rater = make_user(), make_user(), make_user(), make_rater()
    User.objects.filter(pk__in=[changed.pk, rater.pk]).update(profile_changed_at=now)
    User.objects.filter(pk=signed_in.pk).update(last_login=now - ABOUT - timedelta(minutes=1))
    User.objects.filter(pk=gone.pk).update(profile_changed_at=long_ago, last_login=long_ago)

    assert recent_user_ids(within=LATELY) == [changed.pk, signed_in.pk]
    assert recent_user_ids(within=ABOUT) == [changed.pk]


def test_an_activated_version_is_warmed_while_it_is_active(people, two_camps):
    number = two_camps.version.number

    assert warm_after_activation(number=number).kept == 2  # one did nothing yet
    assert warm_after_activation(number=number + 1) is None


def test_an_increment_warms_those_who_are_about(people, two_camps):
    earlier = timezone.now() - timedelta(days=2)
    User.objects.filter(pk=people[0].pk).update(profile_changed_at=earlier)
    full = ModelVersion.objects.create(number=99)
    ModelVersion.objects.filter(pk=two_camps.version.pk).update(
        kind=ModelVersion.Kind.INCREMENT, base=full
    )

    assert warm_after_activation(number=two_camps.version.number).people == 1


def test_many_cost_as_many_queries_as_few(people, two_camps):
    def queries(count: int) -> int:
        some = [make_user() for _ in range(count)]
        for user in some:
            rate_movie(user=user, movie_id=two_camps.westerns[0].pk, stars=4)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            warm_people(ids_of(some))
        return len(captured)

    queries(1)  # what a process reads once
    assert queries(20) == queries(1)


def test_a_sweep_mends_many_together(people, two_camps):
    some = [make_user() for _ in range(25)]
    for user in some:
        rate_movie(user=user, movie_id=two_camps.westerns[0].pk, stars=4)

    assert sweep_lists() == 27
    assert load_revisions(ids_of(some)) == [1] * 25
