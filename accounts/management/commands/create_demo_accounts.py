from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services.demo import ensure_demo_accounts


class Command(BaseCommand):
    """Make the two accounts a trial installation can be entered with."""

    help = "Make the demo person and the demo curator; their passwords stand in var/."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("A site in production has no demo accounts.")
        path = settings.VAR_DIR / "demo-accounts.json"
        made = ensure_demo_accounts(kept_in=path)
        self.stdout.write(f"{made.person.email} and {made.curator.email}; passwords in {path}")
