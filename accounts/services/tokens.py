"""Personal tokens: the keys that people hand to their programs."""

import re
import secrets
import string
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import InactiveAccountError, TooManyTokensError
from accounts.models import ApiToken, User
from accounts.services.people import create_confirmed_user
from config.database.rows import read_row_with

PREFIX = "mq_"
SECRET_LENGTH = 43  # 256 bits, of letters and digits: one double click selects it all
SHAPE = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{SECRET_LENGTH}}}")
MOST_TOKENS = 20
USE_IS_NOTED_EVERY = timedelta(minutes=1)


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(*, user: User, name: str) -> tuple[ApiToken, str]:
    """Make a token; return it with its secret, which is kept nowhere and shown once."""
    owner = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not owner.is_active or owner.is_imported:
        raise InactiveAccountError
    if ApiToken.objects.filter(user=owner).count() >= MOST_TOKENS:
        raise TooManyTokensError(MOST_TOKENS)
    alphabet = string.ascii_letters + string.digits
    secret = PREFIX + "".join(secrets.choice(alphabet) for _ in range(SECRET_LENGTH))
    token = ApiToken(user=owner, name=name, digest=digest_of(secret))
    token.full_clean()
    token.save()
    return token, secret


@dataclass(frozen=True, slots=True)
class TokenOutcome:
    """What making a token for an address came to."""

    secret: str
    is_new_account: bool


@transaction.atomic
def create_token_for_address(*, email: str, name: str) -> TokenOutcome:
    """Make a token for the account of an address, and a confirmed account if there is none."""
    user = User.objects.filter(email=email.lower()).first()
    is_new = user is None
    _, secret = create_token(user=user or create_confirmed_user(email=email), name=name)
    return TokenOutcome(secret, is_new)


def revoke_token(*, user: User, token_id: int) -> bool:
    """Make a person's token useless at once; return whether there was one."""
    deleted, _ = ApiToken.objects.filter(pk=token_id, user=user).delete()
    return deleted > 0


def authenticate_token(*, secret: str) -> ApiToken | None:
    """Return the token of an active person, or None.

    The look-up is by digest: how long it takes tells nothing about any secret.
    """
    if not SHAPE.fullmatch(secret):
        return None
    token = read_row_with(ApiToken, "user", column="digest", key=digest_of(secret))
    if token is None or not token.user.is_active:
        return None
    note_use(token=token)
    return token


def note_use(*, token: ApiToken) -> None:
    """Keep the time of the last use, to the minute: a busy program must not write each time."""
    now = timezone.now()
    stale = now - USE_IS_NOTED_EVERY
    if token.last_used_at is not None and token.last_used_at > stale:
        return
    unnoted = Q(last_used_at=None) | Q(last_used_at__lte=stale)
    ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
    token.last_used_at = now
