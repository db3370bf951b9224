"""Read a person's lists fresh, working them out where they are not."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from config.metrics import count_cache_read
from movies.models import Dismissal
from movies.services.shelves import Shelves, shelf_keeper
from recommendations.engine.history import History
from recommendations.engine.ranking.exploration import seed_of
from recommendations.errors import ModelNotReadyError
from recommendations.services.bulk_histories import read_people
from recommendations.services.cache import forget_lists, keep_lists, load_fresh_lists
from recommendations.services.histories import PersonHistory
from recommendations.services.listmaker import Request, lists_without_model, make_lists
from recommendations.services.picks import FORM, Freshness, PersonalLists
from recommendations.services.single_flight import SingleFlight
from recommendations.services.store import ServedModel, store

NO_MODEL = 0

_flights: SingleFlight[PersonalLists] = SingleFlight()


def freshness_for(*, user: User | None, curation_revision: int) -> Freshness:
    """Return what lists made now for a person, or for a guest, would be made from."""
    return freshness_of(
        served_model_or_none(),
        profile_revision=user.profile_revision if user else 0,
        curation_revision=curation_revision,
    )


def freshness_of(
    served: ServedModel | None, *, profile_revision: int, curation_revision: int
) -> Freshness:
    n_movies = served.model.n_items if served else 0  # a version takes in what is saved later
    settings = f"curation {curation_revision}, {n_movies} movies, {timezone.localdate()}"
    return Freshness(
        model_version=served.number if served else NO_MODEL,
        profile_revision=profile_revision,
        settings=f"{settings}, form {FORM}",
    )


def read_personal_lists(*, user: User, curation_revision: int) -> PersonalLists:
    """Return lists that include everything the person had done when `user` was loaded.

    Of many who ask for the same lists at the same time one makes them.
    """
    served = served_model_or_none()
    wanted = freshness_of(
        served, profile_revision=user.profile_revision, curation_revision=curation_revision
    )

    def load() -> PersonalLists | None:
        return load_fresh_lists(user_id=user.pk, freshness=wanted)

    def make() -> PersonalLists:
        shelves = shelf_keeper.get(curation_revision=curation_revision)
        lists = _make_lists(user=user, served=served, shelves=shelves, freshness=wanted)
        keep_lists(user_id=user.pk, lists=lists)
        if not User.objects.filter(pk=user.pk).exists():  # erased meanwhile
            forget_lists(user_id=user.pk)
        return lists

    kept = load()
    count_cache_read(cache="lists", is_hit=kept is not None)
    return kept or _flights.get(f"{user.pk}:{wanted.label}", load=load, make=make)


def served_model_or_none() -> ServedModel | None:
    """Return the model to serve from, or None before the first one is trained."""
    try:
        return store.get()
    except ModelNotReadyError:
        return None


def read_unwanted(*, user: User) -> frozenset[int]:
    """Return the movies that a person dismissed."""
    return frozenset(Dismissal.objects.filter(user=user).values_list("movie_id", flat=True))


def seed_for(*, user_id: int, freshness: Freshness, moment: datetime) -> int:
    """Return what a person's guesses are drawn by.

    The page stays still until the person does something, or the day is over.
    """
    return seed_of(user_id, freshness.profile_revision, timezone.localdate(moment))


def _make_lists(
    *, user: User, served: ServedModel | None, shelves: Shelves, freshness: Freshness
) -> PersonalLists:
    moment = timezone.now()
    if served is None:
        rows = user.ratings.order_by("rated_at", "pk").values_list("movie_id", "half_stars")
        return lists_without_model(
            stars_of={movie_id: half_stars / 2 for movie_id, half_stars in rows},
            unwanted=read_unwanted(user=user),
            shelves=shelves,
            freshness=freshness,
            moment=moment,
        )
    # As for many: a history comes as arrays, not as rows of Django's.
    people = read_people([user.pk], items=served.model.known_items, moment=moment)
    request = Request(
        person=people[0].known if people else PersonHistory(History(), {}),  # erased meanwhile
        unwanted=people[0].unwanted if people else frozenset(),
        seed=seed_for(user_id=user.pk, freshness=freshness, moment=moment),
        freshness=freshness,
        moment=moment,
    )
    return make_lists(request, model=served.model, shelves=shelves)
