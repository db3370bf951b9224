from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.authentication import TokenAuthentication
from accounts.errors import InactiveAccountError, TooManyTokensError
from accounts.models import ApiToken, User
from accounts.services import tokens
from tests.factories import make_rater, make_user

pytestmark = pytest.mark.django_db


class WhoAmI(APIView):
    authentication_classes = (TokenAuthentication,)
    permission_classes = ()

    def get(self, request):
        return Response({"handle": getattr(request.user, "handle", None)})


def ask(authorization=None):
    headers = {} if authorization is None else {"Authorization": authorization}
    return WhoAmI.as_view()(APIRequestFactory().get("/", headers=headers))


def make_token(user=None, name="Notebook"):
    return tokens.create_token(user=user or make_user(), name=name)


def test_secret_is_recognisable_and_kept_only_as_a_digest():
    token, secret = make_token()
    assert tokens.SHAPE.fullmatch(secret)
    assert secret.startswith("mq_")
    assert secret not in str(ApiToken.objects.values().get())
    assert token.digest == tokens.digest_of(secret)


def test_two_secrets_differ():
    assert make_token()[1] != make_token()[1]


def test_token_opens_its_owners_account():
    owner = make_user()
    _, secret = make_token(owner)
    assert ask(f"Bearer {secret}").data == {"handle": owner.handle}
    assert ask(f"bearer  {secret} ").data == {"handle": owner.handle}


@pytest.mark.parametrize("authorization", [None, "", "Basic abc", "Token abc"])
def test_who_brings_no_token_is_a_stranger(authorization):
    assert ask(authorization).data == {"handle": None}


@pytest.mark.parametrize(
    "secret", ["", "mq_", "x", "mq_" + "a" * 43, "mq_" + "é" * 43, "a" * 10_000]
)
def test_wrong_token_is_refused_with_a_challenge(secret):
    response = ask(f"Bearer {secret}")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="Marquee"'


def test_digest_itself_opens_nothing():
    token, _ = make_token()
    assert tokens.authenticate_token(secret=token.digest) is None
    assert tokens.authenticate_token(secret=f"mq_{token.digest[:43]}") is None


def test_token_of_a_switched_off_account_does_not_work():
    owner = make_user()
    _, secret = make_token(owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert ask(f"Bearer {secret}").status_code == 401


def test_revoked_token_does_not_work():
    token, secret = make_token()
    assert tokens.revoke_token(user=token.user, token_id=token.pk)
    assert ask(f"Bearer {secret}").status_code == 401


@pytest.mark.parametrize("other", ["friend", "stranger"])
def test_nobody_revokes_the_token_of_another(other):
    token, secret = make_token()
    assert not tokens.revoke_token(user=make_user(other), token_id=token.pk)
    assert ask(f"Bearer {secret}").status_code == 200


def test_last_use_is_noted_at_most_once_a_minute(django_assert_num_queries):
    token, secret = make_token()
    with django_assert_num_queries(2):
        tokens.authenticate_token(secret=secret)
    with django_assert_num_queries(1):
        tokens.authenticate_token(secret=secret)
    earlier = timezone.now() - timedelta(seconds=61)
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=earlier)
    tokens.authenticate_token(secret=secret)
    token.refresh_from_db()
    assert token.last_used_at > earlier


def test_use_noted_meanwhile_is_not_noted_again():
    token, _ = make_token()
    noted = timezone.now() - timedelta(seconds=5)
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=noted)
    tokens.note_use(token=token)
    assert ApiToken.objects.get(pk=token.pk).last_used_at == noted


def test_twenty_tokens_are_the_most():
    owner = make_user()
    for number in range(20):
        make_token(owner, name=str(number))
    with pytest.raises(TooManyTokensError):
        make_token(owner)
    make_token(make_user())


@pytest.mark.django_db(transaction=True)
def test_twenty_are_the_most_however_fast_they_are_made(monkeypatch):
    monkeypatch.setattr(tokens, "MOST_TOKENS", 3)
    owner = make_user()

    def attempt(_):
        try:
            make_token(owner)
        except TooManyTokensError:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(8)))
    assert owner.api_tokens.count() == 3


def test_rater_of_a_data_set_gets_no_token():
    with pytest.raises(InactiveAccountError):
        make_token(make_rater())


def test_many_wrong_tokens_from_one_address_are_told_to_wait():
    request = Request(APIRequestFactory().get("/", headers={"Authorization": "Bearer nonsense"}))
    for _ in range(30):
        with pytest.raises(AuthenticationFailed):
            TokenAuthentication().authenticate(request)
    with pytest.raises(Throttled) as refusal:
        TokenAuthentication().authenticate(request)
    assert refusal.value.wait == 1


def test_right_token_still_works_at_an_address_with_many_wrong_ones():
    _, secret = make_token()
    for _ in range(40):
        ask("Bearer nonsense")
    assert ask(f"Bearer {secret}").status_code == 200


def test_token_is_never_logged(caplog):
    caplog.set_level("DEBUG")
    _, secret = make_token()
    ask(f"Bearer {secret}")
    ask(f"Bearer {secret[:-1]}x")
    assert "mq_" not in caplog.text
