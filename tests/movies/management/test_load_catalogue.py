from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from movies.models import DataSet, Movie

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_at_hand(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.MARQUEE_DATA = None
    settings.MOVIELENS_URL = ""


def load(**options) -> str:
    output = StringIO()
    call_command("load_catalogue", stdout=output, **options)
    return output.getvalue()


def test_command_loads_the_demo_and_says_that_it_is_simulated():
    said = load()
    assert "Demo catalogue: 331 movies, 13,807 simulated ratings by 300 simulated people" in said
    assert "loaded from the bundled demo" in said


def test_second_run_does_nothing():
    load()
    assert "already loaded, nothing to do" in load()


def test_every_set_in_use_is_named():
    for slug, title in (("ml-1m", "MovieLens 1M"), ("ml-100k", "MovieLens 100K")):
        DataSet.objects.create(slug=slug, title=title, movie_count=2, rating_count=1000)

    said = load()

    assert "MovieLens 1M: 2 movies, 1,000 ratings by 0 people" in said
    assert "MovieLens 100K: 2 movies, 1,000 ratings by 0 people" in said


def test_unreachable_address_leaves_the_demo(settings):
    settings.MOVIELENS_URL = "http://127.0.0.1:9/"
    assert "loaded from the bundled demo" in load()


def test_dry_run_writes_nothing():
    assert "At hand without a download: the bundled demo." in load(dry_run=True)
    assert not Movie.objects.exists()


def test_dry_run_says_what_is_loaded():
    DataSet.objects.create(slug="ml-1m", title="MovieLens 1M")
    assert "Loaded: MovieLens 1M." in load(dry_run=True)


def test_place_named_in_vain_fails_the_command(settings, tmp_path):
    settings.MARQUEE_DATA = tmp_path / "nowhere"
    with pytest.raises(CommandError, match="There is no MovieLens set at"):
        load()
