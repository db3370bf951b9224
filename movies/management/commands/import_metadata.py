"""Import facts and texts about movies."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from movies.errors import MoviesError
from movies.management.progress_bar import ProgressBar
from movies.services.importing_metadata import MetadataSummary, import_metadata


class Command(BaseCommand):
    """Imports all of a file or nothing; the same again changes nothing."""

    help = (
        "Add overview, tagline, director, cast, keywords, running time, language, release date, "
        "certification and poster path from a CSV file (.csv or .csv.gz) to the movies it names. "
        "Rows that cannot be used go to a reject file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the CSV file, packed by gzip or not")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="believe the file where the catalogue says something else",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="try everything and keep nothing of it"
        )
        parser.add_argument(
            "--rejects", type=Path, metavar="FILE", help="where rows go that cannot be used"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with ProgressBar() as progress:
                summary = import_metadata(
                    path=options["path"],
                    rejects_path=options["rejects"],
                    is_dry_run=options["dry_run"],
                    replaces=options["replace"],
                    progress=progress,
                )
        except MoviesError as error:
            raise CommandError(str(error)) from error
        self._report(summary, is_dry_run=options["dry_run"])

    def _report(self, summary: MetadataSummary, *, is_dry_run: bool) -> None:
        self.stdout.write(
            f"  rows            {summary.rows:>12,}\n"
            f"  movies changed  {summary.outcome.movies_changed:>12,}\n"
            f"  people added    {summary.outcome.people_added:>12,}\n"
            f"  credits added   {summary.outcome.credits_added:>12,}"
        )
        if summary.rejects_path:
            self.stdout.write(
                f"  {summary.rows_rejected:,} rows could not be used: {summary.rejects_path}"
            )
        if is_dry_run:
            self.stdout.write("A dry run: nothing was kept.")
