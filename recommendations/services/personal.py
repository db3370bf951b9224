"""Read a person's lists fresh, working them out where they are not."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from config.database.rows import read_row
from config.metrics import count_cache_read
from movies.models import Dismissal
from movies.services.shelves import Shelves, shelf_keeper
from recommendations.engine.history import History
from recommendations.engine.ranking.exploration import seed_of
from recommendations.errors import ModelNotReadyError
from recommendations.services.bulk_histories import Person, read_people
from recommendations.services.cache import forget_lists, keep_lists, load_fresh_lists
from recommendations.services.histories import PersonHistory
from recommendations.services.listmaker import complete_lists, lists_without_model, make_lists
from recommendations.services.picks import FORM, Freshness, PersonalLists, Ranking
from recommendations.services.ranking import Request
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
    # A version takes in what is saved later: one movie may have gone, and another come.
    movies = "no movies"
    if served is not None:
        ids = served.model.known_items.ids
        movies = f"{len(ids)} movies to {ids[-1]}"
    settings = f"curation {curation_revision}, {movies}, {timezone.localdate()}"
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

    ranking: Ranking | None = None

    def load() -> PersonalLists | None:
        nonlocal ranking
        kept = load_fresh_lists(user_id=user.pk, freshness=wanted)
        if isinstance(kept, Ranking):
            ranking = kept
            return None
        return kept

    def make() -> PersonalLists:
        shelves = shelf_keeper.get(curation_revision=curation_revision)
        if served is None:
            lists = _lists_without_model(user=user, shelves=shelves, freshness=wanted)
        else:
            making = _Making(user, served, shelves, wanted)
            lists = (ranking and making.complete(ranking)) or making.begin()
        keep_lists(user_id=user.pk, lists=lists)
        if read_row(User, user.pk) is None:  # erased meanwhile
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


def _lists_without_model(*, user: User, shelves: Shelves, freshness: Freshness) -> PersonalLists:
    rows = user.ratings.order_by("rated_at", "pk").values_list("movie_id", "half_stars")
    return lists_without_model(
        stars_of={movie_id: half_stars / 2 for movie_id, half_stars in rows},
        unwanted=read_unwanted(user=user),
        shelves=shelves,
        freshness=freshness,
        moment=timezone.now(),
    )


@dataclass(frozen=True, slots=True)
class _Making:
    """Make a person's lists by a model, from the beginning or from what was ranked ahead."""

    user: User
    served: ServedModel
    shelves: Shelves
    freshness: Freshness

    def begin(self) -> PersonalLists:
        moment = timezone.now()
        request = self._request(self._read(moment), freshness=self.freshness, moment=moment)
        return make_lists(request, model=self.served.model, shelves=self.shelves)

    def complete(self, ranking: Ranking) -> PersonalLists | None:
        """Return None if the person did something since the ranking, or a movie in it is gone."""
        moment = datetime.fromisoformat(ranking.generated_at)
        person = self._read(moment)
        if person is None or person.profile_revision != ranking.freshness.profile_revision:
            return None
        request = self._request(person, freshness=ranking.freshness, moment=moment)
        return complete_lists(request, ranking, model=self.served.model, shelves=self.shelves)

    def _read(self, moment: datetime) -> Person | None:
        # As for many: a history comes as arrays, not as rows of Django's.
        items = self.served.model.known_items
        people = read_people([self.user.pk], items=items, moment=moment)
        return people[0] if people else None

    def _request(self, person: Person | None, *, freshness: Freshness, moment: datetime) -> Request:
        return Request(
            person=person.known if person else PersonHistory(History(), {}),  # erased meanwhile
            unwanted=person.unwanted if person else frozenset(),
            seed=seed_for(user_id=self.user.pk, freshness=freshness, moment=moment),
            freshness=freshness,
            moment=moment,
        )
