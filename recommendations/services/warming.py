"""Make the lists of many people at once: after a version is activated, or after Redis lost all.

After a training most of them will not come soon, so movies are ranked for everybody who was here
lately, and the lists of those who do come are completed then: reasons, close movies and expected
stars take as long again, and a week of them in Redis would seldom be read.

People are read and scored in blocks, in two processes that share the model's arrays; the parent
reads from PostgreSQL and writes to Redis, so that no connection is shared. Whoever has fresh lists
already is passed over: a run that was cut short goes on where it was, and runs again for nothing.
Nothing newer is ever overwritten (see `cache`).
"""

import gc
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from movies.services.curation import read_curation_revision
from movies.services.shelves import Shelves, shelf_keeper
from recommendations.engine.processes import map_forked
from recommendations.engine.threads import SERVE_THREADS, blas_threads
from recommendations.models import ModelVersion
from recommendations.services.artefact_cache import make_local
from recommendations.services.bulk_histories import Person, Records, read_records
from recommendations.services.cache import (
    EncodedLists,
    encode_lists,
    forget_lists,
    keep_many_lists,
    load_labels,
)
from recommendations.services.listmaker import make_many_lists, rank_ahead
from recommendations.services.personal import freshness_of, seed_for
from recommendations.services.picks import Freshness, PersonalLists, Ranking
from recommendations.services.ranking import Request
from recommendations.services.registry import active_version
from recommendations.services.store import ServedModel, store

logger = logging.getLogger(__name__)

LATELY = timedelta(days=14)
ABOUT = timedelta(hours=1)
# Scores of a block fill 32 MB at the most, whatever the size of the catalogue, and as much again
# while they are worked out.
CELLS_AT_ONCE = 4_000_000
MOST_PEOPLE_AT_ONCE = 250
LOOKED_UP_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class WarmReport:
    """How many people were looked at, had stale lists, and have new ones now; and how long."""

    people: int
    stale: int
    kept: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Making:
    """What all lists of a run are made from."""

    served: ServedModel
    shelves: Shelves
    curation_revision: int


MakeBlock = Callable[[Sequence[Person], Making], list[EncodedLists]]


def warm_after_activation(*, number: int) -> WarmReport | None:
    """Make the lists of everybody who was here lately, from a version that has been activated.

    Increments come every few minutes, so only those who are about get lists by one. Returns None
    if the version is not the active one any more: the later one has a run of its own. Raises
    ModelNotReadyError without a model and RedisAwayError without a place to keep lists.
    """
    version = active_version()
    if version is None or version.number != number:
        logger.info("version %s is not the active one any more: nothing is warmed", number)
        return None
    make_local(version)  # on another machine the task may be here before its artefact
    store.forget()
    if version.kind == ModelVersion.Kind.FULL:
        return warm_people(recent_user_ids(within=LATELY), make=rank_block)
    return warm_people(recent_user_ids(within=ABOUT))


def recent_user_ids(*, within: timedelta) -> list[int]:
    """Return the people who signed in or changed something lately, by id."""
    since = timezone.now() - within
    recent = User.objects.who_sign_in().filter(
        Q(profile_changed_at__gt=since) | Q(last_login__gt=since)
    )
    return list(recent.order_by("pk").values_list("pk", flat=True))


def warm_people(user_ids: Sequence[int], *, make: MakeBlock | None = None) -> WarmReport:
    """Make the lists of these people, as far as theirs are not fresh.

    `make` makes them for a block: whole ones unless given. Raises ModelNotReadyError and
    RedisAwayError.
    """
    begun = time.monotonic()
    making = prepare()
    looked_up = _in_blocks(user_ids, LOOKED_UP_AT_ONCE)
    stale = [user_id for block in looked_up for user_id in _stale(block, making)]
    kept = _keep(make_blocks(stale, making, make=make or make_block))
    report = WarmReport(len(user_ids), len(stale), kept, time.monotonic() - begun)
    logger.info(
        "warmed the lists of %s of %s people in %.1f s", report.kept, report.people, report.seconds
    )
    return report


def prepare() -> Making:
    """Return what lists are made from now; raise ModelNotReadyError without a model."""
    curation_revision = read_curation_revision()
    return Making(
        served=store.get(),
        shelves=shelf_keeper.get(curation_revision=curation_revision),
        curation_revision=curation_revision,
    )


def make_blocks(
    user_ids: Sequence[int], making: Making, *, make: MakeBlock
) -> Iterator[list[EncodedLists]]:
    """Yield the lists of these people, block by block, made in two processes."""
    model = making.served.model
    at_once = max(1, min(MOST_PEOPLE_AT_ONCE, CELLS_AT_ONCE // max(model.n_items, 1)))

    def read_blocks() -> Iterator[Records]:
        for block in _in_blocks(user_ids, at_once):
            records = read_records(block, moment=timezone.now())
            if records.rows:  # not all of them erased meanwhile
                yield records

    def work(records: Records) -> list[EncodedLists]:
        # Here, not in the parent: bytes are on their way sooner than histories.
        return make(records.people(items=model.known_items), making)

    blocks = read_blocks()
    first = next(blocks, None)
    if first is None:
        return
    with blas_threads(SERVE_THREADS):
        # What is worked out once a model is shared by the processes.
        make(first.people(items=model.known_items)[:1], making)
        # What is here already stays: the processes need neither look through it nor copy it.
        gc.freeze()
        try:
            yield from map_forked(work, chain([first], blocks))
        finally:
            gc.unfreeze()


def make_block(people: Sequence[Person], making: Making) -> list[EncodedLists]:
    """Return the lists of some people, made together, ready to be kept."""
    model, shelves, requests = making.served.model, making.shelves, _requests(people, making)
    return _encode(people, make_many_lists(requests, model=model, shelves=shelves))


def rank_block(people: Sequence[Person], making: Making) -> list[EncodedLists]:
    """Return the movies ranked for some people, to complete their lists from."""
    model, shelves, requests = making.served.model, making.shelves, _requests(people, making)
    return _encode(people, rank_ahead(requests, model=model, shelves=shelves))


def _encode(
    people: Sequence[Person], lists: Sequence[PersonalLists | Ranking]
) -> list[EncodedLists]:
    return [
        encode_lists(user_id=person.user_id, lists=own)
        for person, own in zip(people, lists, strict=True)
    ]


def _requests(people: Sequence[Person], making: Making) -> list[Request]:
    wanted = _freshness(making)
    return [_request(person, wanted.at(person.profile_revision)) for person in people]


def _request(person: Person, freshness: Freshness) -> Request:
    return Request(
        person=person.known,
        unwanted=person.unwanted,
        seed=seed_for(user_id=person.user_id, freshness=freshness, moment=person.moment),
        freshness=freshness,
        moment=person.moment,
    )


def _freshness(making: Making) -> Freshness:
    """Return what lists are made from now, of somebody who has done nothing yet."""
    return freshness_of(
        making.served, profile_revision=0, curation_revision=making.curation_revision
    )


def _stale(user_ids: Sequence[int], making: Making) -> list[int]:
    """Return those whose kept lists are not what would be made now."""
    rows = list(User.objects.filter(pk__in=user_ids).values_list("pk", "profile_revision"))
    labels, wanted = load_labels([user_id for user_id, _ in rows]), _freshness(making)
    return [
        user_id
        for (user_id, revision), label in zip(rows, labels, strict=True)
        if label != wanted.at(revision).label
    ]


def _keep(blocks: Iterator[list[EncodedLists]]) -> int:
    """Keep lists as they come, but of nobody erased while theirs were made; return how many."""
    n_kept, made = 0, []
    try:
        for block in blocks:
            made += [each.user_id for each in block]
            n_kept += keep_many_lists(block)
            if len(made) >= LOOKED_UP_AT_ONCE:
                _forget_erased(made)
                made = []
    finally:
        _forget_erased(made)
    return n_kept


def _forget_erased(user_ids: Sequence[int]) -> None:
    here = set(User.objects.filter(pk__in=user_ids).values_list("pk", flat=True))
    for user_id in set(user_ids) - here:
        forget_lists(user_id=user_id)


def _in_blocks(user_ids: Sequence[int], length: int) -> Iterator[Sequence[int]]:
    return (user_ids[start : start + length] for start in range(0, len(user_ids), length))
