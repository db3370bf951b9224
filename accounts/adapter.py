"""What is Marquee's own about signing up and in."""

import logging
import smtplib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import User
from accounts.services.handles import free_handle
from config.client import client_address

EMAIL_LENGTH = 254
logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Names and handles at sign-up, nobody from a data set, mail that may fail."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is switched off.",
        "duplicate_email": "This is your address already.",
        "email_password_mismatch": "That email and password don’t match. Try again, or reset the "
        "password.",
        "enter_current_password": "This is not your present password.",
        "incorrect_password": "That is not your password. Try again.",
        "invalid_password_reset": "This link no longer works. Please ask for a new one.",
        "rate_limited": "That was a lot in a short while. Please wait a moment.",
        "too_many_login_attempts": (
            "Too many wrong passwords. Please wait a few minutes, or choose a new password."
        ),
    }

    def save_user(
        self, request: HttpRequest, user: User, form: Form, *, commit: bool = True
    ) -> User:
        user.display_name = form.cleaned_data["display_name"]
        user.handle = free_handle(user.display_name)
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def clean_email(self, email: str) -> str:
        """Return the address as it is kept; allauth would cut a longer one short without a word."""
        if len(email) > EMAIL_LENGTH:
            raise ValidationError(f"An address has at most {EMAIL_LENGTH} characters.")
        return email.lower()

    def pre_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse | None:
        """Turn away raters of a data set, should one ever come this far."""
        response: HttpResponse | None
        if user.is_imported:
            response = self.respond_user_inactive(request, user)
        else:
            response = super().pre_login(request, user, **login)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in whole or not at all: a guest's visit goes only when the account has it all."""
        with transaction.atomic():
            super().login(request, user)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's signature
        return reverse("accounts:profile")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; if that fails, say so alike to everybody, and lose nothing else."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException) as error:
            # Neither the address nor the link in the mail belongs in a log.
            logger.error("%s was not sent: %s", template_prefix, type(error).__name__)  # noqa: TRY400
            self.add_message(
                self.request,
                messages.ERROR,
                message="We could not send the mail just now. Please try again in a few minutes.",
            )
