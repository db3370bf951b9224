from argparse import ArgumentParser
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from movies.errors import MoviesError
from movies.models import DataSet
from movies.services.catalogue import choose_source, load_catalogue
from movies.sources.download import MOVIELENS_1M, download_set


class Command(BaseCommand):
    """Load a catalogue if there is none.

    In this order: MARQUEE_DATA, the local cache, a download from GroupLens, the bundled demo.
    Once MovieLens is loaded this does nothing; where only the demo is, MARQUEE_DATA and the
    cache may still replace it.
    """

    help = "Load a catalogue if there is none: MovieLens where it can be had, else the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what is at hand; download nothing"
        )

    def handle(self, *, dry_run: bool, **options: object) -> None:
        cache = settings.VAR_DIR / "data"
        try:
            if dry_run:
                self._say_what_is_at_hand(cache)
            else:
                self._load(cache, verbosity=options["verbosity"])
        except MoviesError as error:
            raise CommandError(str(error)) from error

    def _say_what_is_at_hand(self, cache: Path) -> None:
        loaded = DataSet.objects.first()
        if loaded is not None:
            self.stdout.write(f"Loaded: {loaded.title}.")
        source = choose_source(named=settings.MARQUEE_DATA, cache=cache, download=None)
        where = f" ({source.path})" if source.path else ""
        self.stdout.write(f"At hand without a download: {source.origin.value}{where}.")

    def _load(self, cache: Path, *, verbosity: object) -> None:
        download = partial(
            download_set, remote=MOVIELENS_1M, base_url=settings.MOVIELENS_URL, folder=cache
        )
        outcome = load_catalogue(
            named=settings.MARQUEE_DATA,
            cache=cache,
            download=download if settings.MOVIELENS_URL else None,
            import_set=lambda path: call_command(
                "import_movielens",
                str(path),
                verbosity=verbosity,
                stdout=self.stdout,
                stderr=self.stderr,
            ),
        )
        origin = outcome.source.origin if outcome.source else None
        state = f"loaded from {origin.value}" if origin else "already loaded, nothing to do"
        in_use = " + ".join(map(described, DataSet.objects.all()))
        self.stdout.write(self.style.SUCCESS(f"{in_use}; {state}."))


def described(data_set: DataSet) -> str:
    simulated = "simulated " if data_set.is_simulated else ""
    return (
        f"{data_set.title}: {data_set.movie_count:,} movies, {data_set.rating_count:,} "
        f"{simulated}ratings by {data_set.person_count:,} {simulated}people"
    )
