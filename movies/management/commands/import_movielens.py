"""Import a MovieLens data set."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from movies.errors import MoviesError
from movies.management.progress_bar import ProgressBar
from movies.services.importing import ImportSummary, import_movielens


class Command(BaseCommand):
    """Imports all of a data set or nothing; the same again changes nothing."""

    help = (
        "Import a MovieLens data set (latest-small, 100K, 1M, 10M, 20M, 25M, 32M) from its zip "
        "file or its directory. Rows that cannot be used go to a reject file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the zip file or the directory")
        parser.add_argument(
            "--dry-run", action="store_true", help="try everything and keep nothing of it"
        )
        parser.add_argument(
            "--rejects", type=Path, metavar="FILE", help="where rows go that cannot be used"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with ProgressBar() as progress:
                summary = import_movielens(
                    path=options["path"],
                    rejects_path=options["rejects"],
                    is_dry_run=options["dry_run"],
                    progress=progress,
                )
        except MoviesError as error:
            raise CommandError(str(error)) from error
        self._report(summary, is_dry_run=options["dry_run"])

    def _report(self, summary: ImportSummary, *, is_dry_run: bool) -> None:
        self.stdout.write(
            f"{summary.data_set}\n"
            f"  movies   {summary.movies:>12,}, of them new {summary.movies_added:,}\n"
            f"  people   {summary.people:>12,}, of them new {summary.people_added:,}\n"
            f"  ratings  {summary.ratings:>12,}, of them new {summary.ratings_added:,}, "
            f"changed {summary.ratings_changed:,}\n"
            f"  tags new {summary.tags_added:>12,}"
        )
        if summary.demo_people_removed:
            self.stdout.write(f"  simulated people removed: {summary.demo_people_removed:,}")
        if summary.rejects_path:
            self.stdout.write(
                f"  {summary.rows_rejected:,} rows could not be used: {summary.rejects_path}"
            )
        if is_dry_run:
            self.stdout.write("A dry run: nothing was kept.")
        elif summary.ratings_added or summary.ratings_changed:
            self.stdout.write(
                "The models learn from these ratings at the next training: manage.py train"
            )
