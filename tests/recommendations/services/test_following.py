import pytest
from django.utils import timezone

from movies.cards import Card, Reason, Segment
from movies.guests import Guest, GuestRating
from movies.services.curation import hide_movies, read_curation_revision
from movies.services.ratings import rate_movie
from recommendations.services.following import Basis, Shown, describe_change
from recommendations.services.picks import Freshness, PersonalLists, Picks
from recommendations.services.reasons import GUESS
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db
NOTHING = Freshness(model_version=0, profile_revision=0, settings="")


@pytest.fixture
def films() -> dict[str, object]:
    return {title: make_movie(title) for title in ("Heat", "Ronin", "Alien", "Up", "Jaws", "Big")}


def because(movie) -> Reason:
    return Reason((Segment("Because you gave "), Segment(movie.title, movie), Segment(" 5.")))


def said(films, *, before, after, hero=(None, None), rated=(), dismissed=()) -> str | None:
    """Say what changed between two lists of titles; every film is there because of Ronin."""
    cards = {title: Card(films[title], reason=because(films["Ronin"])) for title in after}
    lists = PersonalLists(
        freshness=NOTHING,
        generated_at="",
        stars_of={films[title].pk: 4 for title in rated},
        unwanted=frozenset(films[title].pk for title in dismissed),
        top=Picks(),
    )
    old_hero, new_hero = hero
    change = describe_change(
        before=Shown(
            tuple(films[title].pk for title in before), films[old_hero].pk if old_hero else None
        ),
        cards=list(cards.values()),
        hero=cards[new_hero] if new_hero else None,
        lists=lists,
    )
    return None if change is None else str(change)


def test_nothing_is_said_when_all_is_as_it_was(films):
    assert said(films, before=["Heat", "Up"], after=["Heat", "Up"]) is None
    assert said(films, before=[], after=[]) is None


def test_one_film_entered_and_says_why(films):
    words = said(films, before=["Up"], after=["Up", "Heat"])
    assert words == "Updated: Heat entered because you liked Ronin."


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (["Heat", "Up"], "Heat entered because you liked Ronin, and one more film is new."),
        (["Heat", "Up", "Big"], "Heat entered because you liked Ronin, and 2 more films are new."),
    ],
)
def test_several_films_entered(films, after, words):
    assert said(films, before=[], after=after) == f"Updated: {words}"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (["Heat"], "Heat made room."),
        (["Heat", "Up"], "Heat and one more film made room."),
        (["Heat", "Up", "Big"], "Heat and 2 more films made room."),
    ],
)
def test_films_left(films, before, words):
    assert said(films, before=[*before, "Jaws"], after=["Jaws"]) == f"Updated: {words}"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (["Alien"], "Alien left because you rated it."),
        (["Heat", "Alien"], "Alien left because you rated it, and one more film made room."),
        (["Heat", "Up", "Alien"], "Alien left because you rated it, and 2 more films made room."),
    ],
)
def test_a_film_that_was_rated_left_for_that(films, before, words):
    assert said(films, before=before, after=[], rated=["Alien"]) == f"Updated: {words}"


def test_a_film_that_was_dismissed_left_for_that(films):
    words = said(films, before=["Alien"], after=[], dismissed=["Alien"])
    assert words == "Updated: Alien left because it is not for you."


def test_what_came_and_what_went_are_two_sentences(films):
    words = said(films, before=["Alien"], after=["Heat"], rated=["Alien"])
    assert words == (
        "Updated: Heat entered because you liked Ronin. Alien left because you rated it."
    )


@pytest.mark.parametrize(
    ("after", "tail"),
    [
        (["Heat", "Up"], "."),
        (["Heat", "Up", "Big"], ", and one film is new."),
        (["Heat", "Up", "Big", "Jaws"], ", and 2 films are new."),
    ],
)
def test_a_film_that_became_the_top_pick_is_named(films, after, tail):
    words = said(films, before=["Up", "Heat"], after=after, hero=("Up", "Heat"))
    assert words.startswith("Updated: Heat is your top pick now because you liked Ronin")
    assert words.endswith(f"Ronin{tail}")


def test_a_new_order_is_said(films):
    words = said(films, before=["Up", "Heat"], after=["Heat", "Up"])
    assert words == "Updated: the same films in a new order."


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (None, "Updated: Heat entered."),
        (Reason((Segment("20 people gave it 4.1 on average."),)), "Updated: Heat entered."),
        (GUESS, "Updated: Heat entered as a guess outside your usual."),
    ],
)
def test_a_film_without_a_liked_one_behind_it_names_none(films, reason, words):
    card = Card(films["Heat"], reason=reason)
    change = describe_change(before=Shown(()), cards=[card], hero=None, lists=None)
    assert str(change) == words


def test_a_film_that_can_say_why_is_named_before_one_that_cannot(films):
    cards = [Card(films["Up"]), Card(films["Heat"], reason=because(films["Ronin"]))]
    change = describe_change(before=Shown(()), cards=cards, hero=None, lists=None)
    assert str(change) == (
        "Updated: Heat entered because you liked Ronin, and one more film is new."
    )


def test_what_is_hidden_or_gone_is_not_named(films):
    hide_movies(movie_ids=[films["Alien"].pk], by=make_user(is_staff=True))
    films["Up"].delete()
    gone = Shown((films["Alien"].pk, 999_999, films["Heat"].pk))
    cards = [Card(films["Heat"])]
    assert describe_change(before=gone, cards=cards, hero=None, lists=None) is None


def basis(viewer) -> Basis:
    return Basis.of(viewer=viewer, curation_revision=read_curation_revision())


def test_a_token_changes_with_what_its_owner_says_and_not_with_others():
    user, other, movie = make_user(), make_user(), make_movie()
    before = basis(user)
    rate_movie(user=other, movie_id=movie.pk, stars=4)
    user.refresh_from_db()
    assert basis(user) == before

    rate_movie(user=user, movie_id=movie.pk, stars=4)
    user.refresh_from_db()

    assert basis(user).whose == before.whose
    assert basis(user).token != before.token


def test_guests_have_tokens_of_their_own_and_strangers_share_one():
    guest = Guest(ratings={1: GuestRating(8, timezone.now())})

    assert basis(Guest()) == basis(Guest())
    assert basis(guest).token != basis(Guest()).token
    assert basis(guest).whose == "guest"
