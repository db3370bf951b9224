"""Load the bundled demo catalogue with its simulated people, and send the people away again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.text import slugify

from accounts.models import User
from movies.demo.films import DemoFilm, read_films
from movies.demo.people import SimulatedPerson, simulate_people
from movies.errors import RealRatingsLoadedError
from movies.models import (
    AlternativeTitle,
    Credit,
    DataSet,
    Genre,
    Movie,
    Person,
    Rating,
    Tag,
    TagApplication,
)
from movies.models.data_set import DEMO_SLUG

DEMO_TITLE = "Demo catalogue"
DEMO_ATTRIBUTION = (
    "Well-known films with synopses of our own. The people and their ratings are simulated."
)
COPY_RATINGS = "COPY movies_rating (user_id, movie_id, half_stars, rated_at) FROM STDIN"


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """What the demo consists of, and whether it was loaded now or had been before."""

    data_set: DataSet
    is_new: bool


@transaction.atomic
def load_demo_catalogue() -> DemoOutcome:
    """Load films, simulated people and their ratings; loading again changes nothing.

    A film that is there already (by its MovieLens id) stays as it is. Raises
    RealRatingsLoadedError where people of a real set have rated.
    """
    if DataSet.objects.filter(is_simulated=False).exists():
        raise RealRatingsLoadedError
    # The row is made first: whoever loads at the same time waits here, and then has nothing to do.
    data_set, is_new = DataSet.objects.get_or_create(
        slug=DEMO_SLUG,
        defaults={"title": DEMO_TITLE, "attribution": DEMO_ATTRIBUTION, "is_simulated": True},
    )
    if not is_new:
        return DemoOutcome(data_set, is_new=False)
    films = read_films()
    people = simulate_people(films)
    movie_ids = _save_films(films)
    user_ids = _save_people(people)
    _save_ratings(people, movie_ids=movie_ids, user_ids=user_ids)
    _save_tags(people, movie_ids=movie_ids, user_ids=user_ids)
    data_set.movie_count = len(films)
    data_set.person_count = len(people)
    data_set.rating_count = sum(len(person.ratings) for person in people)
    data_set.save(update_fields=["movie_count", "person_count", "rating_count"])
    return DemoOutcome(data_set, is_new=True)


@transaction.atomic
def remove_demo_people() -> int:
    """Delete the simulated people with all they did, keep the films; return how many they were.

    Tags that nobody else applied go too, hidden ones aside: they are a curator's decision.
    """
    people = User.objects.filter(data_set=DEMO_SLUG)
    removed = people.count()
    tag_ids = list(
        TagApplication.objects.filter(user__in=people).values_list("tag_id", flat=True).distinct()
    )
    Rating.objects.filter(user__in=people).delete()
    people.delete()
    Tag.objects.filter(pk__in=tag_ids, is_hidden=False, applications__isnull=True).delete()
    DataSet.objects.filter(slug=DEMO_SLUG).delete()
    return removed


def _save_films(films: Sequence[DemoFilm]) -> dict[int, int]:
    """Save what is missing; return our movie ids by MovieLens id."""
    present = set(
        Movie.objects.filter(movielens_id__isnull=False).values_list("movielens_id", flat=True)
    )
    missing = [film for film in films if film.movielens_id not in present]
    Movie.objects.bulk_create(_movie_from(film) for film in missing)
    saved = Movie.objects.filter(movielens_id__in=[film.movielens_id for film in films])
    movie_ids = {
        movielens_id: movie_id
        for movielens_id, movie_id in saved.values_list("movielens_id", "pk")
        if movielens_id is not None
    }
    AlternativeTitle.objects.bulk_create(
        AlternativeTitle(movie_id=movie_ids[film.movielens_id], title=title)
        for film in missing
        for title in film.alternative_titles
    )
    _save_genres(missing, movie_ids=movie_ids)
    _save_credits(missing, movie_ids=movie_ids)
    return movie_ids


def _movie_from(film: DemoFilm) -> Movie:
    return Movie(
        title=film.title,
        original_title=film.original_title,
        year=film.year,
        runtime_minutes=film.runtime_minutes,
        language=film.language,
        overview=film.synopsis,
        keywords=list(film.tags),
        movielens_id=film.movielens_id,
        imdb_id=film.imdb_id,
        tmdb_id=film.tmdb_id,
    )


def _save_genres(films: Sequence[DemoFilm], *, movie_ids: dict[int, int]) -> None:
    names = sorted({genre for film in films for genre in film.genres})
    Genre.objects.bulk_create(
        (Genre(name=name, slug=slugify(name)) for name in names), ignore_conflicts=True
    )
    genre_ids = dict(Genre.objects.filter(name__in=names).values_list("name", "pk"))
    links = Movie.genres.through
    links.objects.bulk_create(
        links(movie_id=movie_ids[film.movielens_id], genre_id=genre_ids[genre])
        for film in films
        for genre in film.genres
    )


def _save_credits(films: Sequence[DemoFilm], *, movie_ids: dict[int, int]) -> None:
    person_ids = _save_names({name for film in films for name in (*film.directors, *film.cast)})
    Credit.objects.bulk_create(
        Credit(
            movie_id=movie_ids[film.movielens_id],
            person_id=person_ids[name],
            role=role,
            position=position,
        )
        for film in films
        for role, names in (
            (Credit.Role.DIRECTOR, film.directors),
            (Credit.Role.CAST, film.cast),
        )
        for position, name in enumerate(names, start=1)
    )


def _save_names(names: set[str]) -> dict[str, int]:
    """Save the people who made the films; of namesakes, the one known longest is meant."""
    known = set(Person.objects.filter(name__in=names).values_list("name", flat=True))
    Person.objects.bulk_create(Person(name=name) for name in sorted(names - known))
    newest_first = Person.objects.filter(name__in=names).order_by("-pk")
    return dict(newest_first.values_list("name", "pk"))


def _save_people(people: Iterable[SimulatedPerson]) -> dict[int, int]:
    """Save the people, who cannot sign in; return their user ids by number."""
    User.objects.bulk_create(
        User(
            data_set=DEMO_SLUG,
            data_set_user_id=person.number,
            display_name=person.display_name,
            handle=f"{DEMO_SLUG}-{person.number}",
            password=make_password(None),
            date_joined=person.ratings[0].rated_at,
        )
        for person in people
    )
    saved = User.objects.filter(data_set=DEMO_SLUG, data_set_user_id__isnull=False)
    return {
        number: user_id
        for number, user_id in saved.values_list("data_set_user_id", "pk")
        if number is not None
    }


def _save_ratings(
    people: Iterable[SimulatedPerson], *, movie_ids: dict[int, int], user_ids: dict[int, int]
) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY_RATINGS) as copy:
        for person in people:
            for rating in person.ratings:
                copy.write_row(
                    (
                        user_ids[person.number],
                        movie_ids[rating.movielens_id],
                        rating.half_stars,
                        rating.rated_at,
                    )
                )


def _save_tags(
    people: Sequence[SimulatedPerson], *, movie_ids: dict[int, int], user_ids: dict[int, int]
) -> None:
    names = {tag.name for person in people for tag in person.tags}
    # What differs in case only is one tag, so a slug is the name without its case.
    slugs = {name: name.casefold() for name in names}
    Tag.objects.bulk_create(
        (Tag(name=name, slug=slugs[name]) for name in sorted(names)), ignore_conflicts=True
    )
    tag_ids = dict(Tag.objects.filter(slug__in=slugs.values()).values_list("slug", "pk"))
    TagApplication.objects.bulk_create(
        TagApplication(
            tag_id=tag_ids[slugs[tag.name]],
            user_id=user_ids[person.number],
            movie_id=movie_ids[tag.movielens_id],
            applied_at=tag.applied_at,
        )
        for person in people
        for tag in person.tags
    )
