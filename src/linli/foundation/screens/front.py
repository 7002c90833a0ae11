"""The public front page: what each room opens to everybody, without log-in. The workbench shows the shelf."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from linli.foundation.shelves import Shelf

# Networks of the version whose every line has many addresses; and who came from where nobody can tell.
_LINES = 6
# As much as one customer may have, 65536 lines (RFC 6177); who pays for one line often has 256 of them.
_CUSTOMER: Final = 48
_NOWHERE = IPv4Address(0)
# A visitor with an address of the older version behind a network of the newer one alone (RFC 6052).
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
# Some proxies tell the port as well: 192.0.2.1:4711, [2001:db8::1]:4711.
_WITH_PORT: Final = re.compile(r"([0-9.]+):[0-9]{1,5}|\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\](?::[0-9]{1,5})?")


@dataclass(frozen=True)
class Door:
    """A page for everybody: what it is, what one finds there, and the name of its address."""

    title: object
    lead: object
    page: str


doors: Shelf[Door] = Shelf()


def visitor(request: HttpRequest) -> str:
    """Where somebody at a public page comes from, for counting: the address, as the outermost of our reverse proxies
    (``PROXIES``) told it; of an IPv6 address the network of its line, which has all the others too. An IPv4 address
    that is written within one of IPv6 is that IPv4 address.
    """
    told = ["", *request.headers.get("X-Forwarded-For", "").split(",")]
    known = told[-settings.PROXIES].strip() if 0 < settings.PROXIES < len(told) else ""
    address = _address(known) or _address(request.META["REMOTE_ADDR"]) or _NOWHERE
    if address in _TRANSLATED:
        address = IPv4Address(address.packed[-4:])
    return str(ip_network((address, 64), strict=False)) if address.version == _LINES else str(address)


def network_of(place: str) -> str:
    """The network that a visitor's place lies in, whose other places the same visitor may have for nothing; an IPv4
    address stands for itself.
    """
    network = ip_network(place)
    return str(network.supernet(new_prefix=_CUSTOMER)) if network.version == _LINES else place


def on_this_machine(request: HttpRequest) -> bool:
    """Whether the one at the other end of the connection is on this machine: a proxy of ours, or who looks after it."""
    peer = _address(request.META["REMOTE_ADDR"])
    return peer is not None and peer.is_loopback


def comes_from_here(request: HttpRequest) -> bool:
    """Whether somebody on this machine asks the server itself, and no proxy asks for somebody else."""
    return on_this_machine(request) and "X-Forwarded-For" not in request.headers


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it was told, without its port; of one that a socket for both versions tells (``::ffff:192.0.2.1``)
    the IPv4 address. None for anything else.
    """
    found = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address(found[1] or found[2] if found else text)
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
