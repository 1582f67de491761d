"""Addresses: which of them firstpass does not reach unless it is told to, and how one is shown in a message."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")
_PUBLIC = IPv6Network("2000::/3")
"""All of IPv6 that is given out as public (RFC 4291 with IANA's registry); the rest is reserved, whatever Python knows of it."""
_PRINTED_ONLY = IPv6Network("3fff::/20")
"""For documentation (RFC 9637); Python before 3.13 does not know it."""
_SHOWN = 200


def refusal(number: str) -> str | None:
    """Why a numeric address is not to be reached; None where it is one of the public network.

    An IPv6 address that only stands for an IPv4 one (mapped, NAT64) is judged as that; one that leads through an
    IPv4 one (6to4, Teredo) by both.
    """
    try:
        address = ip_address(number.split("%", 1)[0])
    except ValueError:
        return "no address"
    if isinstance(address, IPv6Address) and (meant := _stood_for(address)) is not None:
        return _reason(meant)
    return next(filter(None, map(_reason, (address, *_led_through(address)))), None)


def shown(address: str) -> str:
    """The address for a message: without its query, which may hold a key, and without a name or password."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return plain(address.split("?", 1)[0])
    host = parts.netloc.rpartition("@")[2]
    return plain(f"{parts.scheme}://{host}{parts.path}")


def plain(said: str) -> str:
    """What a server said, for a message: short, and nothing in it that a terminal would act on."""
    return "".join(sign if sign.isprintable() else "?" for sign in said[:_SHOWN])


def _reason(address: IPv4Address | IPv6Address) -> str | None:
    checks = (
        (address.is_loopback, "this machine itself"),
        (address.is_unspecified, "this machine itself"),
        (address.is_link_local, "a link-local address"),
        (address.is_multicast, "a multicast address"),
        (isinstance(address, IPv6Address) and address.is_site_local, "an address of a private network"),
        (address.is_private, "an address of a private network"),
        (address.is_reserved or not address.is_global, "an address outside the public network"),
        (
            isinstance(address, IPv6Address) and not _given_out(address),
            "an address outside the public network",
        ),
    )
    return next((reason for applies, reason in checks if applies), None)


def _given_out(address: IPv6Address) -> bool:
    return address in _PUBLIC and address not in _PRINTED_ONLY


def _stood_for(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def _led_through(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    if isinstance(address, IPv4Address):
        return ()
    return tuple(one for one in (address.sixtofour, *(address.teredo or ())) if one is not None)
