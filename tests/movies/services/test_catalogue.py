import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from movies.errors import NoMovieLensSetError
from movies.models import DataSet
from movies.services.catalogue import Origin, choose_source, load_catalogue
from movies.services.demo import load_demo_catalogue
from movies.sources.download import DownloadError


def make_set(folder, name="ml-1m.zip"):
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("ml-1m/ratings.dat", "1::1::4::0\n")
    return folder / name


def offline():
    raise DownloadError("no network")


def never():
    pytest.fail("nothing was to be downloaded")


class TestChoice:
    """The order of the sources."""

    def test_named_place_comes_first(self, tmp_path):
        named = make_set(tmp_path / "named")
        make_set(tmp_path / "cache")
        source = choose_source(named=named, cache=tmp_path / "cache", download=never)
        assert (source.origin, source.path) == (Origin.NAMED, named)

    def test_named_folder_stands_for_its_set(self, tmp_path):
        inside = make_set(tmp_path / "named")
        source = choose_source(named=tmp_path / "named", cache=tmp_path, download=never)
        assert source.path == inside

    def test_place_named_in_vain_is_an_error(self, tmp_path):
        make_set(tmp_path / "cache")
        with pytest.raises(NoMovieLensSetError, match="nowhere"):
            choose_source(named=tmp_path / "nowhere", cache=tmp_path / "cache", download=never)

    def test_cache_saves_a_download(self, tmp_path):
        cached = make_set(tmp_path / "cache")
        source = choose_source(named=None, cache=tmp_path / "cache", download=never)
        assert (source.origin, source.path) == (Origin.CACHED, cached)

    def test_download_comes_third(self, tmp_path):
        fetched = tmp_path / "fetched.zip"
        source = choose_source(named=None, cache=tmp_path, download=lambda: fetched)
        assert (source.origin, source.path) == (Origin.DOWNLOADED, fetched)

    def test_demo_is_left_when_the_network_is_not_there(self, tmp_path, caplog):
        source = choose_source(named=None, cache=tmp_path, download=offline)
        assert (source.origin, source.path) == (Origin.BUNDLED, None)
        assert "no network" in caplog.text

    def test_demo_is_left_when_nothing_may_be_downloaded(self, tmp_path):
        assert choose_source(named=None, cache=tmp_path, download=None).path is None


@pytest.fixture
def imported():
    """Return the paths that were imported; importing leaves a data set."""
    return []


@pytest.fixture
def import_set(imported):
    def remember(path):
        imported.append(path)
        DataSet.objects.create(
            slug="ml-1m", title="MovieLens 1M", loaded_at=timezone.now() + timedelta(minutes=1)
        )

    return remember


@pytest.mark.django_db
class TestLoading:
    """What is loaded when."""

    def test_set_at_hand_is_imported(self, tmp_path, import_set, imported):
        path = make_set(tmp_path)
        outcome = load_catalogue(named=None, cache=tmp_path, download=never, import_set=import_set)
        assert imported == [path]
        assert outcome.data_set.slug == "ml-1m"
        assert outcome.source.origin is Origin.CACHED

    def test_demo_is_loaded_without_a_set(self, tmp_path, import_set, imported):
        outcome = load_catalogue(
            named=None, cache=tmp_path, download=offline, import_set=import_set
        )
        assert imported == []
        assert outcome.data_set.is_simulated
        assert outcome.source.origin is Origin.BUNDLED

    def test_real_set_stays(self, tmp_path, import_set, imported):
        DataSet.objects.create(slug="ml-100k", title="MovieLens 100K")
        outcome = load_catalogue(
            named=make_set(tmp_path), cache=tmp_path, download=never, import_set=import_set
        )
        assert imported == []
        assert outcome.source is None
        assert not User.objects.exists()

    def test_site_that_was_made_up_stays(self, tmp_path, import_set, imported):
        DataSet.objects.create(slug="simulated", title="Simulated people", is_simulated=True)
        outcome = load_catalogue(
            named=make_set(tmp_path), cache=tmp_path, download=never, import_set=import_set
        )
        assert imported == []
        assert outcome.data_set.slug == "simulated"

    def test_demo_gives_way_to_a_set_on_this_machine(self, tmp_path, import_set, imported):
        load_demo_catalogue()
        path = make_set(tmp_path)
        outcome = load_catalogue(named=path, cache=tmp_path, download=never, import_set=import_set)
        assert imported == [path]
        assert outcome.data_set.slug == "ml-1m"

    def test_demo_is_no_reason_to_download_at_every_start(self, tmp_path, import_set):
        load_demo_catalogue()
        outcome = load_catalogue(named=None, cache=tmp_path, download=never, import_set=import_set)
        assert outcome.source is None
        assert outcome.data_set.is_simulated
