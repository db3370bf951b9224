import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from accounts.models import ApiToken, User
from config import settings as defaults
from config.throttles import RequestThrottle


class Open(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (RequestThrottle,)

    def get(self, request):
        return Response()

    put = get


@pytest.fixture(autouse=True)
def small_limits(settings):
    settings.API_READS_PER_SECOND = 2
    settings.API_WRITES_PER_SECOND = 1
    settings.API_BURST = 4
    settings.API_ANONYMOUS_PER_SECOND = 1
    settings.API_ANONYMOUS_BURST = 3


def ask(method="get", user=None, token=None, session=None, address="10.1.1.1"):
    request = getattr(APIRequestFactory(), method)("/", REMOTE_ADDR=address)
    request.session = session
    force_authenticate(request, user=user or AnonymousUser(), token=token)
    return Open.as_view()(request)


def statuses(times, **asker):
    return [ask(**asker).status_code for _ in range(times)]


def make_session(key):
    session = SessionBase(key)
    session._SessionBase__session_key = key
    return session


def test_stranger_has_a_limit_by_address():
    assert statuses(5) == [200, 200, 200, 429, 429]
    assert ask(address="10.1.1.2").status_code == 200


def test_token_has_a_limit_of_its_own():
    user = User(pk=1)
    assert statuses(5, user=user, token=ApiToken(pk=1)) == [200] * 4 + [429]
    assert ask(user=user, token=ApiToken(pk=2)).status_code == 200


def test_session_has_a_limit_of_its_own():
    user = User(pk=1)
    assert statuses(5, user=user, session=make_session("a" * 32)) == [200] * 4 + [429]
    assert ask(user=user, session=make_session("b" * 32)).status_code == 200


def test_reads_and_writes_are_counted_apart():
    token = ApiToken(pk=1)
    assert statuses(5, user=User(pk=1), token=token) == [200] * 4 + [429]
    assert statuses(5, user=User(pk=1), token=token, method="put") == [200] * 4 + [429]


def test_refusal_says_when_to_come_back():
    statuses(4)
    assert ask()["Retry-After"] == "1"


def test_defaults_are_the_promised_ones():
    assert defaults.API_READS_PER_SECOND == 50
    assert defaults.API_WRITES_PER_SECOND == 20
    assert defaults.API_BURST == 100
    assert defaults.API_ANONYMOUS_PER_SECOND == 20
