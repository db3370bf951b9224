"""What can go wrong with accounts."""


class AccountsError(Exception):
    """The root of this app's errors; the message is fit for people."""


class TooManyTokensError(AccountsError):
    """A person has as many tokens as anybody may have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} tokens already. Revoke one that you no longer use.")


class HandleTakenError(AccountsError):
    """Somebody has the handle already."""

    def __init__(self) -> None:
        super().__init__("Somebody has this handle already. Please choose another.")


class InactiveAccountError(AccountsError):
    """The account is switched off."""

    def __init__(self) -> None:
        super().__init__("This account is switched off.")


class AccountKeptError(AccountsError):
    """The account may not be deleted by its owner."""
