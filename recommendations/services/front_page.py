"""What stands on the home page: a hero and rails, no movie twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.http import urlencode

from movies.cards import Card, Rail
from movies.charts import rating_progress
from movies.guests import Guest, Viewer
from movies.models import Movie
from movies.services.onboarding import movies_to_rate
from movies.services.shelves import Shelves, shelf_keeper
from recommendations.services.guest_lists import read_guest_lists
from recommendations.services.personal import read_personal_lists
from recommendations.services.picks import ACCLAIMED, PersonalLists, Pick
from recommendations.services.prediction import predict_stars
from recommendations.services.reasons import reason_sentence

RAIL_LENGTH = 15
BOARD_LENGTH = 10
SHARED_RAILS = frozenset({"popular", "acclaimed", "new"})


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The hero (the top pick, once enough is rated), until then a first handful, the rails."""

    hero: Card | None
    rails: Sequence[Rail]
    # The movie whose poster stands beside the sign where there is no hero.
    poster: Movie | None = None
    # A first handful, until enough is rated.
    to_rate: Sequence[Movie] = ()
    rating_count: int = 0
    # What it was made from, if anything is known about the person.
    lists: PersonalLists | None = None

    @property
    def own_cards(self) -> list[Card]:
        """Return what stands there for this person, the hero first."""
        hero = [self.hero] if self.hero else []
        own = [rail for rail in self.rails if rail.slug not in SHARED_RAILS]
        return [*hero, *(card for rail in own for card in rail.cards)]


@dataclass(slots=True)
class _Row:
    """A rail before its movies are loaded."""

    slug: str
    title: str
    picks: list[Pick]
    note: str = ""
    see_all_url: str = ""
    source_id: int | None = None


@dataclass(slots=True)
class _Composer:
    """Give out each movie once, and none that was seen."""

    used: set[int] = field(default_factory=set)

    def take(self, picks: Iterable[Pick], *, limit: int) -> list[Pick]:
        taken: list[Pick] = []
        for pick in picks:
            if len(taken) == limit:
                break
            if pick.movie_id not in self.used:
                self.used.add(pick.movie_id)
                taken.append(pick)
        return taken


def front_page_for(*, viewer: Viewer, curation_revision: int) -> FrontPage:
    """Return the home page of somebody: own lists first, then what everybody likes."""
    if isinstance(viewer, Guest) and viewer.is_unknown:
        return _front_page_for_anybody(viewer=viewer, curation_revision=curation_revision)
    lists = read_lists(viewer=viewer, curation_revision=curation_revision)
    shelves = shelf_keeper.get(curation_revision=curation_revision)
    rating_count = len(lists.stars_of)
    has_begun = rating_progress(rated=rating_count).is_done
    to_rate = [] if has_begun else movies_to_rate(viewer=viewer)
    composer = _Composer(used={*lists.seen, *(movie.pk for movie in to_rate)})
    hero = composer.take(lists.top, limit=1) if has_begun else []
    poster = [] if hero else _take_poster(shelves, composer)
    rows = [
        _top_row(lists, composer, is_personal=rating_count > 0),
        *_because_rows(lists, composer),
        *_shared_rows(shelves, composer, predicted=lists.predicted),
    ]
    movies = _load_movies([*hero, *poster, *(pick for row in rows for pick in row.picks)])
    return FrontPage(
        hero=next(iter(_cards(hero, movies=movies, lists=lists)), None),
        rails=[_rail(row, movies=movies, lists=lists) for row in rows if row.picks],
        poster=next((movies[pick.movie_id] for pick in poster if pick.movie_id in movies), None),
        to_rate=to_rate,
        rating_count=rating_count,
        lists=lists,
    )


def _front_page_for_anybody(*, viewer: Viewer, curation_revision: int) -> FrontPage:
    """Return the home page of somebody nothing is known about."""
    shelves = shelf_keeper.get(curation_revision=curation_revision)
    shown = (*shelves.popular, *shelves.acclaimed, *shelves.newest)
    predicted = predict_stars(viewer, list(dict.fromkeys(shown)))
    to_rate = movies_to_rate(viewer=viewer)
    composer = _Composer(used={movie.pk for movie in to_rate})
    poster = _take_poster(shelves, composer)
    rows = _shared_rows(shelves, composer, predicted=predicted)
    movies = _load_movies([*poster, *(pick for row in rows for pick in row.picks)])
    return FrontPage(
        hero=None,
        rails=[_rail(row, movies=movies) for row in rows if row.picks],
        poster=next((movies[pick.movie_id] for pick in poster if pick.movie_id in movies), None),
        to_rate=to_rate,
    )


def _top_row(lists: PersonalLists, composer: _Composer, *, is_personal: bool) -> _Row:
    return _Row(
        "top",
        "Top picks for you" if is_personal else "To start with",
        composer.take(lists.top, limit=RAIL_LENGTH),
        note="" if is_personal else "Well liked, and as different as can be",
        see_all_url=reverse("picks"),
    )


def picks_of(lists: PersonalLists) -> list[Card]:
    """Return every pick of somebody's lists, best first."""
    return _cards(lists.top, movies=_load_movies(lists.top), lists=lists)


def read_lists(*, viewer: Viewer, curation_revision: int) -> PersonalLists:
    """Return the lists of whoever looks at a page."""
    if isinstance(viewer, Guest):
        return read_guest_lists(guest=viewer, curation_revision=curation_revision)
    return read_personal_lists(user=viewer, curation_revision=curation_revision)


def _take_poster(shelves: Shelves, composer: _Composer) -> list[Pick]:
    return composer.take([Pick(each, 0.0, None, ACCLAIMED) for each in shelves.acclaimed], limit=1)


def _because_rows(lists: PersonalLists, composer: _Composer) -> list[_Row]:
    return [
        _Row(
            f"because-{each.source_movie_id}",
            "",
            composer.take(each.picks, limit=RAIL_LENGTH),
            source_id=each.source_movie_id,
        )
        for each in lists.because
    ]


def _shared_rows(
    shelves: Shelves, composer: _Composer, *, predicted: Mapping[int, float]
) -> list[_Row]:
    def picks(movie_ids: Sequence[int]) -> list[Pick]:
        return [Pick(each, 0.0, predicted.get(each), ACCLAIMED) for each in movie_ids]

    browse = reverse("movies:browse")
    return [
        _Row(
            "popular",
            "Popular now",
            composer.take(picks(shelves.popular), limit=BOARD_LENGTH),
            note="Rated by most people",
            see_all_url=f"{browse}?{urlencode({'sort': 'popularity'})}",
        ),
        _Row(
            "acclaimed",
            "Highly rated",
            composer.take(picks(shelves.acclaimed), limit=RAIL_LENGTH),
            see_all_url=f"{browse}?{urlencode({'sort': 'rating'})}",
        ),
        _Row(
            "new",
            "New in the catalogue",
            composer.take(picks(shelves.newest), limit=RAIL_LENGTH),
            see_all_url=f"{browse}?{urlencode({'sort': 'year'})}",
        ),
    ]


def _load_movies(picks: Sequence[Pick]) -> dict[int, Movie]:
    """Return the visible movies of the picks and of their reasons, by id."""
    wanted = {pick.movie_id for pick in picks}
    wanted.update(movie_id for pick in picks for movie_id in pick.reason.movie_ids)
    return {movie.pk: movie for movie in Movie.objects.visible().filter(pk__in=wanted).for_cards()}


def _rail(row: _Row, *, movies: Mapping[int, Movie], lists: PersonalLists | None = None) -> Rail:
    source = movies.get(row.source_id) if row.source_id else None
    return Rail(
        slug=row.slug,
        title=f"Because you liked {source.title}"
        if source
        else row.title or "More like your films",
        cards=_cards(row.picks, movies=movies, lists=lists),
        note=row.note,
        see_all_url=row.see_all_url,
    )


def _cards(
    picks: Sequence[Pick], *, movies: Mapping[int, Movie], lists: PersonalLists | None = None
) -> list[Card]:
    stars_of: Mapping[int, float] = lists.stars_of if lists else {}
    return [
        Card(
            movie=movies[pick.movie_id],
            predicted=pick.predicted,
            own_stars=stars_of.get(pick.movie_id),
            reason=reason_sentence(
                reason=pick.reason,
                movie=movies[pick.movie_id],
                movies=movies,
                stars_of=stars_of,
            ),
        )
        for pick in picks
        if pick.movie_id in movies
    ]
