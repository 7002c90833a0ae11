"""The public front page: what each room opens to everybody, without log-in. The workbench shows the shelf."""

from dataclasses import dataclass
from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest

from linli.foundation.shelves import Shelf


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
    address = known or request.META["REMOTE_ADDR"]
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
