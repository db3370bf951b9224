"""The people of Marquee."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Sign-up, sign-in, profile, tokens and personal data."""

    name = "accounts"
