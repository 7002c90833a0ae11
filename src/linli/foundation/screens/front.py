"""The public front page: what each room opens to everybody, without log-in. The workbench shows the shelf."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from linli.foundation.shelves import Shelf

# Networks of the version whose every line has many addresses; and who came from where nobody can tell.
_LINES = 6
_NOWHERE = IPv4Address(0)


@dataclass(frozen=True)
class Door:
    """A page for everybody: what it is, what one finds there, and the name of its address."""

    title: object
    lead: object
    page: str


doors: Shelf[Door] = Shelf()


def visitor(request: HttpRequest) -> str:
    """Where somebody at a public page comes from, for counting: the address, as the outermost of our reverse proxies
    (``PROXIES``) told it; of an IPv6 address the network of its line, which has all the others too.
    """
    told = ["", *request.headers.get("X-Forwarded-For", "").split(",")]
    known = told[-settings.PROXIES].strip() if 0 < settings.PROXIES < len(told) else ""
    address = _address(known) or _address(request.META["REMOTE_ADDR"]) or _NOWHERE
    return str(ip_network((address, 64), strict=False)) if address.version == _LINES else str(address)


def on_this_machine(request: HttpRequest) -> bool:
    """Whether the one at the other end of the connection is on this machine: a proxy of ours, or who looks after it."""
    peer = _address(request.META["REMOTE_ADDR"])
    return peer is not None and peer.is_loopback


def comes_from_here(request: HttpRequest) -> bool:
    """Whether somebody on this machine asks the server itself, and no proxy asks for somebody else."""
    return on_this_machine(request) and "X-Forwarded-For" not in request.headers


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it was told; None for anything else."""
    try:
        return ip_address(text)
    except ValueError:
        return None
