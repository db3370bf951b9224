"""A small site: two camps of taste, and films with all that a page may show."""

from dataclasses import dataclass

from accounts.models import User
from movies.models import (
    Credit,
    Curation,
    Dismissal,
    Genre,
    Movie,
    Person,
    Tag,
    TagApplication,
    WatchlistEntry,
)
from recommendations.services.training import train_version
from tests.factories import make_movie, make_rater, make_rating, make_user

CAMPS = ("Western", "Musical")
FILMS_IN_A_CAMP = 18
RATERS = 24
LONG_TITLE = "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb"


@dataclass(frozen=True)
class Site:
    """The films of each camp, somebody who has rated, and somebody new."""

    westerns: list[Movie]
    musicals: list[Movie]
    director: Person
    regular: User
    newcomer: User


def build_site() -> Site:
    # The row comes with a migration, and emptying the tables after a test takes it away.
    Curation.objects.get_or_create(pk=1)
    director, actor = (Person.objects.create(name=name) for name in ("Agnès Varda", "Li Wei"))
    camps = {name: _make_camp(name, director, actor) for name in CAMPS}
    westerns, musicals = (camps[name] for name in CAMPS)
    Movie.objects.filter(pk=westerns[7].pk).update(title=LONG_TITLE)
    for number in range(RATERS):
        _rate_like_a_camp(number, westerns, musicals)
    regular = _make_regular(westerns, musicals)
    train_version(activate=True)
    return Site(westerns, musicals, director, regular, make_user("Newcomer"))


def _make_camp(name: str, director: Person, actor: Person) -> list[Movie]:
    genre = Genre.objects.create(name=name, slug=name.lower())
    movies = []
    for number in range(FILMS_IN_A_CAMP):
        movie = make_movie(
            f"{name} {number}",
            year=1931 + 5 * number,
            runtime_minutes=80 + 5 * number,
            language="fr" if number % 3 else "en",
            overview=f"A {name.lower()} about number {number}.",
        )
        movie.genres.add(genre)
        Credit.objects.create(movie=movie, person=director, role="director")
        Credit.objects.create(movie=movie, person=actor, role="cast", character="The stranger")
        movies.append(movie)
    return movies


def _rate_like_a_camp(number: int, westerns: list[Movie], musicals: list[Movie]) -> None:
    rater = make_rater()
    own, other = (westerns, musicals) if number % 2 else (musicals, westerns)
    for place, movie in enumerate(own):
        if (place + number) % 4:
            make_rating(rater, movie, 5 - 0.5 * (place % 3))
    for movie in other[number % 3 :: 3]:
        make_rating(rater, movie, 1)


def _make_regular(westerns: list[Movie], musicals: list[Movie]) -> User:
    user = make_user("Regular")
    for place, movie in enumerate(westerns[:6]):
        make_rating(user, movie, 5 - place / 2)
    make_rating(user, musicals[0], 1)
    WatchlistEntry.objects.create(user=user, movie=westerns[8])
    Dismissal.objects.create(user=user, movie=musicals[1])
    tag = Tag.objects.create(name="dusty", slug="dusty")
    TagApplication.objects.create(tag=tag, user=user, movie=westerns[0])
    return user
