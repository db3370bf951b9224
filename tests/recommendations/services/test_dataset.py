from datetime import timedelta

import pytest
from django.utils import timezone

from movies.models import Event, Genre, Tag, TagApplication
from recommendations.engine.events import EVENT_KINDS
from recommendations.services.dataset import read_interactions
from tests.factories import make_movie, make_rater, make_rating, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def film():
    movie = make_movie(
        "Alien",
        year=1979,
        overview="A crew wakes too early.",
        keywords=["spaceship"],
        certification="R",
        language="en",
    )
    movie.genres.add(Genre.objects.create(name="Horror", slug="horror"))
    return movie


def test_ratings_come_in_stars_with_their_times_and_people(film):
    rater = make_rater(gender="F", age_band=25)
    rating = make_rating(rater, film, 4.5)

    interactions = read_interactions()

    assert interactions.items.ids.tolist() == [film.pk]
    assert interactions.user_items.data.tolist() == [4.5]
    assert interactions.timestamps.tolist() == [int(rating.rated_at.timestamp())]
    assert interactions.groups == [("age:25", "gender:F")]


def test_events_come_with_their_kinds_in_the_order_they_happened(film):
    rater, looker = make_rater(), make_user()
    make_rating(rater, film, 4)
    now = timezone.now()
    later = now + timedelta(seconds=9)
    for time, kind in ((later, "dismissed"), (now, "viewed"), (now, "watchlisted")):
        Event.objects.create(user=looker, movie=film, kind=kind, occurred_at=time)

    found = read_interactions()

    assert [EVENT_KINDS[code] for code in found.events.codes] == [
        "viewed",
        "watchlisted",
        "dismissed",
    ]
    times = [int(time.timestamp()) for time in (now, now, later)]
    assert found.events.timestamps.tolist() == times
    assert found.user_ids[found.event_user_indices].tolist() == [looker.pk] * 3


def test_content_follows_the_catalogue(film):
    content = read_interactions().content

    assert (list(content.years), list(content.overviews)) == ([1979], [film.overview])
    assert (list(content.titles), list(content.certifications)) == (["Alien"], ["R"])
    assert list(content.languages) == ["en"]
    assert [list(genres) for genres in content.genres] == [["Horror"]]
    assert [list(keywords) for keywords in content.keywords] == [["spaceship"]]


def test_texts_of_others_stay_out_of_the_models_where_that_is_set(film, settings):
    settings.USE_METADATA_TEXTS_IN_MODELS = False

    content = read_interactions().content

    assert (content.overviews, content.keywords) == ((), ())
    assert [list(genres) for genres in content.genres] == [["Horror"]]


def test_tags_carry_who_gave_them_and_when(film):
    tag, user = Tag.objects.create(name="tense", slug="tense"), make_user()
    moment = timezone.now().replace(microsecond=0)
    TagApplication.objects.create(tag=tag, user=user, movie=film, applied_at=moment)

    given = read_interactions().given_tags
    assert (given.user_ids.tolist(), given.timestamps.tolist()) == (
        [user.pk],
        [int(moment.timestamp())],
    )


def test_hidden_tags_are_not_learned(film):
    for name, is_hidden in (("tense", False), ("rude", True)):
        tag = Tag.objects.create(name=name, slug=name, is_hidden=is_hidden)
        TagApplication.objects.create(tag=tag, user=make_user(), movie=film)

    assert [list(tags) for tags in read_interactions().content.tags] == [["tense"]]
