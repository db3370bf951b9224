"""Whether an open page still shows what is true, and what to say when it does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from movies.cards import Card, Reason, Segment, Titled
from movies.guests import Guest, Viewer
from movies.models import Movie
from recommendations.services.personal import freshness_for
from recommendations.services.picks import Freshness, PersonalLists
from recommendations.services.reasons import GUESS

MOST_SHOWN = 300
DIGEST_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Basis:
    """What a page is made from: whose it is, what a guest has said, and what lists are made of."""

    whose: str
    said: str
    freshness: Freshness

    @property
    def token(self) -> str:
        """Return both as one word, which the page carries and sends back."""
        state = sha256(f"{self.freshness.label}:{self.said}".encode()).hexdigest()[:DIGEST_LENGTH]
        return f"{self.whose}.{state}"

    @classmethod
    def of(cls, *, viewer: Viewer, curation_revision: int) -> "Basis":
        """Return what a page made now for somebody would be made from."""
        if isinstance(viewer, Guest):
            freshness = freshness_for(user=None, curation_revision=curation_revision)
            return cls("guest", viewer.fingerprint, freshness)
        freshness = freshness_for(user=viewer, curation_revision=curation_revision)
        return cls(str(viewer.pk), "", freshness)


@dataclass(frozen=True, slots=True)
class Shown:
    """The movies that a page showed to somebody as theirs, in its order, and its top pick."""

    movie_ids: tuple[int, ...]
    hero_id: int | None = None


def describe_change(
    *, before: Shown, cards: Sequence[Card], hero: Card | None, lists: PersonalLists | None
) -> Reason | None:
    """Say in a sentence or two what came, why, and what went; None if all is as it was.

    `cards` are the movies shown now, the hero among them if there is one.
    """
    after = tuple(card.movie.pk for card in cards)
    known = set(before.movie_ids)
    entered = [card for card in cards if card.movie.pk not in known]
    left = [movie_id for movie_id in before.movie_ids if movie_id not in set(after)]
    arrival = _arrival(entered, hero=hero, before=before)
    departure = _departure(left, lists=lists)
    if arrival or departure:
        between = [Segment(" ")] if arrival and departure else []
        return Reason((Segment("Updated: "), *arrival, *between, *departure))
    if after != before.movie_ids and not left:
        return Reason((Segment("Updated: the same films in a new order."),))
    return None


def _arrival(entered: Sequence[Card], *, hero: Card | None, before: Shown) -> list[Segment]:
    """Heat entered because you liked Ronin, and 2 more films are new."""
    is_promoted = hero is not None and hero not in entered and hero.movie.pk != before.hero_id
    if hero is not None and is_promoted:
        tail = f", and {_films(len(entered))} new" if entered else ""
        return [*_named(hero, did=" is your top pick now"), Segment(f"{tail}.")]
    if not entered:
        return []
    # The top pick is named first; else the first one that can say which liked film it is there for.
    telling = [card for card in entered if card is hero or _cited(card)]
    count = len(entered) - 1
    tail = f", and {_more_films(count)} {_are(count)} new" if count else ""
    return [*_named((telling or entered)[0], did=" entered"), Segment(f"{tail}.")]


def _named(card: Card, *, did: str) -> list[Segment]:
    movie = Segment(card.movie.title, card.movie)
    if card.reason == GUESS:
        return [movie, Segment(f"{did} as a guess outside your usual")]
    cited = _cited(card)
    if cited is None:
        return [movie, Segment(did)]
    return [movie, Segment(f"{did} because you liked "), Segment(cited.title, cited)]


def _cited(card: Card) -> Titled | None:
    """Return the liked movie that a card's reason speaks of first."""
    segments = card.reason.segments if card.reason else ()
    return next((segment.movie for segment in segments if segment.movie), None)


def _departure(left: Sequence[int], *, lists: PersonalLists | None) -> list[Segment]:
    """Alien left because you rated it, and 2 more films made room."""
    stars_of = lists.stars_of if lists else {}
    unwanted = lists.unwanted if lists else frozenset()
    # What the person had a hand in comes first.
    settled = stars_of.keys() | unwanted
    ordered = sorted(left, key=lambda movie_id: movie_id not in settled)
    movies = Movie.objects.visible().only("title").in_bulk(ordered)
    gone = [movies[movie_id] for movie_id in ordered if movie_id in movies]
    if not gone:
        return []
    first, *others = gone
    title = Segment(first.title, first)
    if first.pk not in settled:
        tail = f" and {_more_films(len(others))}" if others else ""
        return [title, Segment(f"{tail} made room.")]
    why = "you rated it" if first.pk in stars_of else "it is not for you"
    tail = f", and {_more_films(len(others))} made room" if others else ""
    return [title, Segment(f" left because {why}{tail}.")]


def _films(count: int) -> str:
    return "one film is" if count == 1 else f"{count} films are"


def _more_films(count: int) -> str:
    return "one more film" if count == 1 else f"{count} more films"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
