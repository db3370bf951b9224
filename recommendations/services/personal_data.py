"""The recommender's part of what we keep about a person: the lists worked out for them."""

from django.db import transaction

from accounts.models import User
from recommendations.services.cache import forget_lists, load_lists


def export_lists(*, user: User) -> dict[str, object]:
    """Return the lists that are kept for a person, best first, as ids of movies."""
    lists = load_lists(user_id=user.pk)
    if lists is None:
        return {}
    return {
        "generated_at": lists.generated_at,
        "top_movie_ids": list(lists.movie_ids),
    }


def erase_lists(*, user: User) -> None:
    """Drop the lists once the account is gone: before, another request could keep them again.

    Without Redis they go by themselves after a week.
    """
    user_id = user.pk  # the row is gone by then, and its key with it

    def forget() -> None:
        forget_lists(user_id=user_id)

    transaction.on_commit(forget, robust=True)
