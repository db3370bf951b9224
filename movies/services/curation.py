"""What curators decide for everybody: hide and pin movies, moderate tags."""

from collections.abc import Collection

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from config.database.rows import read_row
from movies.models import Curation, Movie, Tag
from movies.signals import curation_changed


def read_curation_revision() -> int:
    """Return the present revision of what curators have decided."""
    curation = read_row(Curation, 1)
    return curation.revision if curation else 0


def bump_curation() -> None:
    """Count one decision and announce it; belongs in the transaction that makes it."""
    Curation.objects.get_or_create(pk=1)
    Curation.objects.filter(pk=1).update(revision=F("revision") + 1)
    curation_changed.send(sender=Curation)


def log_decision(*, by: User, rows: Collection[models.Model], message: str) -> None:
    """Write a staff decision into the admin's log, one entry a row."""
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=by.pk,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row)[:200],
            action_flag=CHANGE,
            change_message=message,
        )
        for row in rows
    )


def _decide(*, movie_ids: Collection[int], by: User, message: str, **values: object) -> int:
    with transaction.atomic():
        movies = list(Movie.objects.filter(pk__in=movie_ids).order_by("pk").select_for_update())
        Movie.objects.filter(pk__in=[movie.pk for movie in movies]).update(**values)
        log_decision(by=by, rows=movies, message=message)
        bump_curation()
    return len(movies)


def hide_movies(*, movie_ids: Collection[int], by: User) -> int:
    """Take movies out of every page and list; return how many there were."""
    return _decide(movie_ids=movie_ids, by=by, message="Hidden.", is_hidden=True, pinned_at=None)


def show_movies(*, movie_ids: Collection[int], by: User) -> int:
    """Bring hidden movies back; return how many there were."""
    return _decide(movie_ids=movie_ids, by=by, message="Shown again.", is_hidden=False)


def pin_movies(*, movie_ids: Collection[int], by: User) -> int:
    """Put movies at the head of everybody's top picks; hidden ones are shown again."""
    now = timezone.now()
    return _decide(movie_ids=movie_ids, by=by, message="Pinned.", is_hidden=False, pinned_at=now)


def unpin_movies(*, movie_ids: Collection[int], by: User) -> int:
    """Let movies stand where their scores put them; return how many there were."""
    return _decide(movie_ids=movie_ids, by=by, message="Unpinned.", pinned_at=None)


@transaction.atomic
def set_tags_hidden(*, tag_ids: Collection[int], by: User, is_hidden: bool) -> int:
    """Hide tags from every page and model, or show them again; return how many there were."""
    tags = list(Tag.objects.filter(pk__in=tag_ids).order_by("pk").select_for_update())
    Tag.objects.filter(pk__in=[tag.pk for tag in tags]).update(is_hidden=is_hidden)
    log_decision(by=by, rows=tags, message="Hidden." if is_hidden else "Shown again.")
    bump_curation()
    return len(tags)
