"""The public front page: what each room opens to everybody, without log-in. The workbench shows the shelf."""

from dataclasses import dataclass

from linli.foundation.shelves import Shelf


@dataclass(frozen=True)
class Door:
    """A page for everybody: what it is, what one finds there, and the name of its address."""

    title: object
    lead: object
    page: str


doors: Shelf[Door] = Shelf()
