"""The people of Marquee."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Sign-up, sign-in, profile, tokens and personal data."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import limits  # noqa: PLC0415
        from accounts.services import personal_data  # noqa: PLC0415

        limits.install()
        personal_data.register_personal_data(
            name="account",
            export=personal_data.export_account,
            erase=personal_data.erase_account,
        )
