"""Small ways to make rows for tests."""

from itertools import count

from accounts.models import User
from movies.models import Movie, Rating

_numbers = count(1)


def make_user(name: str = "", **fields) -> User:
    """Make a confirmed-looking person who can sign in with the password 'long enough'."""
    number = next(_numbers)
    name = name or f"Person {number}"
    return User.objects.create_user(
        f"person-{number}@example.org",
        fields.pop("password", "long enough"),
        display_name=name,
        handle=f"person-{number}",
        **fields,
    )


def make_rater(data_set: str = "ml-test", **fields) -> User:
    """Make a rater of an imported data set."""
    number = next(_numbers)
    return User.objects.create(
        data_set=data_set,
        data_set_user_id=number,
        password="!",
        display_name=f"Rater {number}",
        handle=f"{data_set}-{number}",
        **fields,
    )


def make_movie(title: str = "", **fields) -> Movie:
    """Make a visible movie."""
    return Movie.objects.create(title=title or f"Film {next(_numbers)}", **fields)


def make_rating(user: User, movie: Movie, stars: float, **fields) -> Rating:
    """Save a rating without its service: no revision, no task."""
    return Rating.objects.create(user=user, movie=movie, half_stars=int(stars * 2), **fields)
