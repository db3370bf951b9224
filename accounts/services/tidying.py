"""What goes by itself after a while."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Session, User
from accounts.services.personal_data import erase_person

UNCONFIRMED_FOR = timedelta(days=7)


def remove_expired_sessions() -> int:
    """Delete the sessions that nobody can continue; return how many there were."""
    removed, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return removed


def remove_unconfirmed_accounts() -> int:
    """Erase sign-ups that nobody confirmed in a week; return how many there were.

    Somebody else may have typed the address, and its owner should find it free.
    """
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    unconfirmed = User.objects.who_sign_in().filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        last_login=None,
        is_staff=False,
        date_joined__lt=timezone.now() - UNCONFIRMED_FOR,
    )
    people = list(unconfirmed)
    for user in people:
        erase_person(user=user)
    return len(people)
