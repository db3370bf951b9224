import pytest
from django.db import transaction

from movies.models import AlternativeTitle, Movie, Person, SearchName, SearchPosting, SearchTrigram
from tests.factories import make_movie

pytestmark = pytest.mark.django_db


def words():
    return set(SearchPosting.objects.values_list("word", flat=True))


def names(movie):
    return set(
        SearchName.objects.filter(kind="m", target_id=movie.pk).values_list("text", "is_main")
    )


def test_every_title_of_a_movie_is_indexed():
    movie = make_movie("The Umbrella", original_title="Le Parapluie")
    AlternativeTitle.objects.create(movie=movie, title="Umbr3lla")

    assert names(movie) == {("umbrella", True), ("parapluie", False), ("umbr3lla", False)}
    assert words() == {"umbrella", "le", "parapluie", "umbr3lla"}


def test_the_same_name_twice_is_one():
    movie = make_movie("Umbrella", original_title="Úmbrella")

    assert names(movie) == {("umbrella", True)}


def test_a_changed_title_is_indexed_anew():
    movie = make_movie("Umbrella")

    Movie.objects.filter(pk=movie.pk).update(title="Raincoat")

    assert names(movie) == {("raincoat", True)}
    assert words() == {"raincoat"}
    assert not SearchTrigram.objects.filter(word="umbrella").exists()


def test_another_change_leaves_the_index_alone():
    movie = make_movie("Umbrella")
    before = SearchName.objects.extra(select={"version": "xmin"}).values_list("version", flat=True)
    before = list(before)

    Movie.objects.filter(pk=movie.pk).update(overview="It rains.")

    after = SearchName.objects.extra(select={"version": "xmin"}).values_list("version", flat=True)
    assert list(after) == before


def test_what_is_deleted_is_no_longer_found():
    movie = make_movie("Umbrella")
    AlternativeTitle.objects.create(movie=movie, title="Parasol")
    person = Person.objects.create(name="Ada Marsh")

    AlternativeTitle.objects.all().delete()
    person.delete()
    assert words() == {"umbrella"}

    movie.delete()
    assert not words()
    assert not SearchName.objects.exists()
    assert not SearchTrigram.objects.exists()


def test_a_word_stays_known_while_another_name_has_it():
    make_movie("Umbrella")
    movie = make_movie("Umbrella Two")

    movie.delete()

    assert SearchTrigram.objects.filter(word="umbrella").exists()


def test_many_rows_at_once_are_indexed():
    Movie.objects.bulk_create(Movie(title=f"Film number{number}") for number in range(50))

    assert len(words()) == 51


def test_a_rollback_takes_the_index_back():
    with transaction.atomic():
        make_movie("Umbrella")
        transaction.set_rollback(True)

    assert not words()
