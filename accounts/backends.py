"""How the person of a request is found."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from config.database.rows import read_row


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Sign people in by their address; find again cheaply who is signed in."""

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session, unless the account is switched off or gone."""
        user = read_row(User, user_id)
        return user if self.user_can_authenticate(user) else None
