"""Addresses: which of them firstpass does not reach unless it is told to, and how one is shown in a message."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_TRANSLATED = IPv6Network("64:ff9b::/96")
_SHOWN = 200


def refusal(number: str) -> str | None:
    """Why a numeric address is not to be reached; None where it is one of the public network.

    An IPv6 address that carries an IPv4 one (mapped, compatible, 6to4, Teredo, NAT64) is judged by both.
    """
    try:
        address = ip_address(number.split("%", 1)[0])
    except ValueError:
        return "no address"
    reasons = (_reason(one) for one in (address, *_carried(address)))
    return next(filter(None, reasons), None)


def shown(address: str) -> str:
    """The address for a message: without its query, which may hold a key, and without a name or password."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address[:_SHOWN].split("?", 1)[0]
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"[:_SHOWN]


def _reason(address: IPv4Address | IPv6Address) -> str | None:
    checks = (
        (address.is_loopback, "this machine itself"),
        (address.is_unspecified, "this machine itself"),
        (address.is_link_local, "a link-local address"),
        (address.is_multicast, "a multicast address"),
        (isinstance(address, IPv6Address) and address.is_site_local, "an address of a private network"),
        (address.is_private, "an address of a private network"),
        (address.is_reserved or not address.is_global, "an address outside the public network"),
    )
    return next((reason for applies, reason in checks if applies), None)


def _carried(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses inside an IPv6 one."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED or int(address) >> 32 == 0:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(one for one in found if one is not None)
