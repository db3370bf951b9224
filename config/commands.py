"""What the commands of `manage.py` have in common."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.errors import DATABASE_GONE, is_away


class SiteCommand(BaseCommand):
    """A command that says in one line that PostgreSQL is out of reach."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; raise CommandError if PostgreSQL is or goes away."""
        try:
            return super().execute(*args, **options)
        except DATABASE_GONE as error:
            if not is_away(error):
                raise
            reason = str(error).partition("\n")[0]
            raise CommandError(f"PostgreSQL went away; run this again. {reason}") from error
