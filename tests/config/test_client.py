import pytest
from django.test import RequestFactory

from config.client import client_address, limited_address


def request_from(address="10.0.0.1", forwarded=None):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=address)


def test_nobody_is_trusted_by_default():
    assert client_address(request_from(forwarded="1.2.3.4")) == "10.0.0.1"


def test_one_proxy_vouches_for_the_last_address(settings):
    settings.TRUSTED_PROXY_COUNT = 1
    assert client_address(request_from(forwarded="6.6.6.6, 1.2.3.4")) == "1.2.3.4"


def test_two_proxies_vouch_for_the_last_but_one(settings):
    settings.TRUSTED_PROXY_COUNT = 2
    request = request_from(forwarded="6.6.6.6, 1.2.3.4, 10.0.0.9")
    assert client_address(request) == "1.2.3.4"


@pytest.mark.parametrize("forwarded", [None, "", "1.2.3.4"])
def test_whoever_came_past_the_proxies_is_who_is_connected(settings, forwarded):
    settings.TRUSTED_PROXY_COUNT = 2
    assert client_address(request_from(forwarded=forwarded)) == "10.0.0.1"


def test_household_shares_one_limit():
    first = limited_address(request_from("2001:db8:1:2:aaaa::1"))
    second = limited_address(request_from("2001:db8:1:2:bbbb::9"))
    neighbour = limited_address(request_from("2001:db8:1:3::1"))
    assert first == second == "2001:db8:1:2::"
    assert neighbour != first


def test_mapped_address_is_the_same_as_its_plain_form():
    assert limited_address(request_from("::ffff:1.2.3.4")) == "1.2.3.4"


@pytest.mark.parametrize("address", ["", "x" * 5_000, "a\nb"])
def test_what_is_no_address_has_one_limit_together(address):
    assert limited_address(request_from(address)) == "unknown"
