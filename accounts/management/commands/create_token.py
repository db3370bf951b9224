from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError

from accounts.errors import AccountsError
from accounts.services.tokens import create_token_for_address


class Command(BaseCommand):
    """Make a personal token, and a confirmed account where there is none.

    The token alone is the last line of the output; it is kept nowhere else.
    """

    help = "Make a personal token for the account of an e-mail address; prints it last."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address of the account")
        parser.add_argument("--name", default="Command line", help="what the token is for")

    def handle(self, *, email: str, name: str, **_options: object) -> None:
        try:
            outcome = create_token_for_address(email=email, name=name)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except AccountsError as error:
            raise CommandError(str(error)) from error
        made = "a new account" if outcome.is_new_account else "an existing account"
        self.stdout.write(f"Made a token for {made}. It is shown this once:")
        self.stdout.write(outcome.secret)
