"""Fill a new database with a small site and print what tests want to know of it, as JSON.

Run as a program, in the environment of the site.
"""

import json
import sys

import django
from django.core.management import call_command

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402 - wants the settings

from accounts.models import User  # noqa: E402
from accounts.services.tokens import create_token  # noqa: E402
from recommendations.services.training import train_version  # noqa: E402
from tests.browser.site import build_site  # noqa: E402


def token_of(user: User) -> str:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return create_token(user=user, name="Test")[1]


def main() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    site = build_site()
    train_version(activate=True)
    known = {
        "westerns": [movie.pk for movie in site.westerns],
        "musicals": [movie.pk for movie in site.musicals],
        "regular": {
            "id": site.regular.pk,
            "email": site.regular.email,
            "token": token_of(site.regular),
        },
        "newcomer": {
            "id": site.newcomer.pk,
            "email": site.newcomer.email,
            "token": token_of(site.newcomer),
        },
    }
    sys.stdout.write(json.dumps(known))


if __name__ == "__main__":
    main()
