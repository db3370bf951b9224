"""Read a person's lists fresh, working them out where they are not."""

from django.utils import timezone

from accounts.models import User
from movies.models import Dismissal
from movies.services.curation import read_curation_revision
from movies.services.shelves import Shelves, shelf_keeper
from recommendations.engine.ranking.exploration import seed_of
from recommendations.errors import ModelNotReadyError
from recommendations.services.cache import keep_lists, load_lists
from recommendations.services.histories import read_history
from recommendations.services.listmaker import ListMaker
from recommendations.services.picks import Freshness, PersonalLists, Pick, PickReason
from recommendations.services.store import ServedModel, store

NO_MODEL = 0
TOP_LENGTH = 100


def freshness_for(*, user: User | None, curation_revision: int) -> Freshness:
    """Return what lists made now for a person, or for a guest, would be made from."""
    served = served_model_or_none()
    return Freshness(
        model_version=served.number if served else NO_MODEL,
        profile_revision=user.profile_revision if user else 0,
        settings=f"curation {curation_revision}, {timezone.localdate()}",
    )


def read_personal_lists(*, user: User, curation_revision: int) -> PersonalLists:
    """Return lists that include everything the person had done when `user` was loaded."""
    wanted = freshness_for(user=user, curation_revision=curation_revision)
    kept = load_lists(user_id=user.pk)
    if kept is not None and kept.freshness == wanted:
        return kept
    lists = _compute_lists(
        user=user,
        served=served_model_or_none(),
        shelves=shelf_keeper.get(curation_revision=curation_revision),
        freshness=wanted,
    )
    keep_lists(user_id=user.pk, lists=lists)
    return lists


def refresh_lists(*, user_id: int) -> None:
    """Bring the kept lists of a person up to date; somebody who is gone has none."""
    user = User.objects.who_sign_in().filter(pk=user_id).first()
    if user is not None:
        read_personal_lists(user=user, curation_revision=read_curation_revision())


def served_model_or_none() -> ServedModel | None:
    """Return the model to serve from, or None before the first one is trained."""
    try:
        return store.get()
    except ModelNotReadyError:
        return None


def read_unwanted(*, user: User) -> frozenset[int]:
    """Return the movies that a person dismissed."""
    return frozenset(Dismissal.objects.filter(user=user).values_list("movie_id", flat=True))


def _compute_lists(
    *, user: User, served: ServedModel | None, shelves: Shelves, freshness: Freshness
) -> PersonalLists:
    unwanted = read_unwanted(user=user)
    if served is None:
        return _lists_without_model(
            user=user, unwanted=unwanted, shelves=shelves, freshness=freshness
        )
    now = timezone.now()
    person = read_history(user=user, items=served.model.known_items, as_of=now)
    maker = ListMaker(
        model=served.model,
        person=person,
        unwanted=unwanted,
        shelves=shelves,
        # The page stays still until the person does something, or the day is over.
        seed=seed_of(user.pk, freshness.profile_revision, timezone.localdate(now)),
    )
    return PersonalLists(
        freshness=freshness,
        generated_at=now.isoformat(),  # an account reads the history as of this moment again
        stars_of=person.stars_of,
        unwanted=unwanted,
        top=maker.top(length=TOP_LENGTH),
        because=maker.because(),
        predicted=maker.predicted(),
    )


def _lists_without_model(
    *, user: User, unwanted: frozenset[int], shelves: Shelves, freshness: Freshness
) -> PersonalLists:
    rows = user.ratings.order_by("rated_at", "pk").values_list("movie_id", "half_stars")
    stars_of = {movie_id: half_stars / 2 for movie_id, half_stars in rows}
    wanted = [
        movie_id
        for movie_id in dict.fromkeys((*shelves.pinned, *shelves.acclaimed, *shelves.popular))
        if movie_id not in stars_of and movie_id not in unwanted
    ]
    return PersonalLists(
        freshness=freshness,
        generated_at=timezone.now().isoformat(),
        stars_of=stars_of,
        unwanted=unwanted,
        top=tuple(
            Pick(movie_id, float(-place), None, PickReason("acclaimed"))
            for place, movie_id in enumerate(wanted[:TOP_LENGTH])
        ),
    )
