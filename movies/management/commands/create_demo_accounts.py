from django.conf import settings
from django.core.management import BaseCommand, CommandError

from movies.services.demo_accounts import prepare_demo_accounts

KEPT_IN = "demo-accounts.json"


class Command(BaseCommand):
    """Make the demo person and the demo curator, with random passwords.

    The passwords stand in var/demo-accounts.json, which only its owner can read. Running this
    again keeps them, and makes sure that they still work.
    """

    help = "Make the demo person and the demo curator; never with production settings."

    def handle(self, **_options: object) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("Demo accounts are not made with production settings.")
        path = settings.VAR_DIR / KEPT_IN
        try:
            rated = prepare_demo_accounts(kept_in=path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}") from error
        ratings = f", who rated {rated} movies" if rated else ""
        self.stdout.write(f"The demo person{ratings}, and the demo curator sign in as {path} says.")
