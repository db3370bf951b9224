"""What the catalogue does when somebody gets an account, or signs in."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_signed_up
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import PROMISED_TO
from movies.services.adopting import (
    Adopted,
    adopt_promised_visits,
    adopt_visit,
    forget_guest,
    promise_visit,
)


@receiver(user_signed_up)
def keep_for_new_account(request: HttpRequest, user: User, **_signal: Any) -> None:
    promise_visit(user=user, visit=request.session)


@receiver(email_confirmed)
def adopt_after_confirmation(
    request: HttpRequest, email_address: EmailAddress, **_signal: Any
) -> None:
    adopted = adopt_promised_visits(user=email_address.user)
    if request.session.get(PROMISED_TO) == email_address.user_id:
        forget_guest(request.session)  # read before the visit was adopted, and saved after it
    _tell(request, adopted)


@receiver(user_logged_in)
def adopt_after_sign_in(request: HttpRequest, user: User, **_signal: Any) -> None:
    _tell(request, adopt_visit(user=user, visit=request.session))


def _tell(request: HttpRequest, adopted: Adopted) -> None:
    if adopted.ratings:
        subject = (
            "The rating you made as a guest is"
            if adopted.ratings == 1
            else f"The {adopted.ratings} ratings you made as a guest are"
        )
        # Tests and commands sign people in without a place for messages.
        messages.success(request, f"{subject} in your account now.", fail_silently=True)
