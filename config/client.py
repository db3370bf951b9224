"""Who is at the other end of a request."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
IPV6_HOUSEHOLD_BITS = 64


def client_address(request: HttpRequest) -> str:
    """Return the address of the client, as far as our own proxies vouch for it.

    Every trusted proxy adds to the end of X-Forwarded-For whom it heard from, so with n of them
    the client is the n-th from the end; what stands before it anybody may have written.
    """
    connected = str(request.META.get("REMOTE_ADDR") or UNKNOWN)
    proxies = settings.TRUSTED_PROXY_COUNT
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies == 0 or len(forwarded) < proxies:
        return connected
    return forwarded[-proxies].strip() or connected


def limited_address(request: HttpRequest) -> str:
    """Return what limits count by: an IPv4 address, or the /64 that one IPv6 household has."""
    address = client_address(request)
    try:
        parsed = ip_address(address)
    except ValueError:
        return UNKNOWN
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    network = ip_network((parsed, IPV6_HOUSEHOLD_BITS), strict=False)
    return str(network.network_address)
