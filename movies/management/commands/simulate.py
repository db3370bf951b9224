"""Make up people, movies and ratings."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from movies.errors import MoviesError
from movies.management.progress_bar import ProgressBar
from movies.services.simulating import simulate_site
from movies.simulation import Plan


class Command(BaseCommand):
    """Saves everything or nothing; the same numbers and seed make up the same data."""

    help = (
        "Make up a site in the shape of MovieLens, of any size, for measuring. Refuses to touch a "
        "catalogue that is not empty unless told to add to it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--users", type=int, default=200_000)
        parser.add_argument("--movies", type=int, default=87_000)
        parser.add_argument("--ratings", type=int, default=32_000_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--beside", action="store_true", help="add to a catalogue that is not empty"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="try everything and keep nothing of it"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            plan = Plan(**{name: options[name] for name in ("users", "movies", "ratings", "seed")})
            with ProgressBar() as progress:
                summary = simulate_site(
                    plan=plan,
                    is_beside=options["beside"],
                    is_dry_run=options["dry_run"],
                    progress=progress,
                )
        except MoviesError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Made up from seed {plan.seed}\n"
            f"  movies   {summary.movies:>12,}\n"
            f"  people   {summary.people:>12,}\n"
            f"  ratings  {summary.ratings:>12,}"
        )
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was kept.")
