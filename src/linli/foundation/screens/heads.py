"""What stands at the top of every page: what it is, where it belongs, its state, and what can be done from here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from django.http import HttpRequest
from django.urls import reverse

from linli.foundation.screens import navigation


@dataclass(frozen=True)
class Action:
    """A button that leads somewhere. One of a page is ``main``; ``danger`` cannot be taken back."""

    label: object
    address: str
    main: bool = False
    danger: bool = False

    @property
    def css(self) -> str:
        """The look of the button."""
        return "btn primary" if self.main else "btn danger" if self.danger else "btn"


@dataclass(frozen=True)
class Head:
    """The head of a page. ``trail`` leads back: (words, address), from the far to the near; the job of the page itself
    is put before it. ``state`` is a code with a tone, or (words, tone); ``lead`` one line below the title.
    """

    title: object = ""
    lead: object = ""
    trail: Sequence[tuple[object, str]] = field(default=())
    state: Enum | tuple[object, str] | None = None
    actions: Sequence[Action] = field(default=())


def crumbs(request: HttpRequest, head: Head) -> list[tuple[object, str]]:
    """The way back to here: the job, then the trail; addresses are empty for pages that are not this person's.

    The job's own first page says where it is by its title.
    """
    home = navigation.home_of(request)
    at_home = not head.trail and any(address.partition("?")[0] == request.path for _words, address in home)
    return [] if at_home else [*home, *head.trail]


def button(label: object, page: str, *args: object, main: bool = False, danger: bool = False) -> Action:
    """A button to a page, whosever it is."""
    return Action(label, reverse(page, args=args), main=main, danger=danger)


def action(request: HttpRequest, label: object, page: str, *args: object, main: bool = False) -> list[Action]:
    """A button to a page; none for whom the page is not."""
    return [button(label, page, *args, main=main)] if navigation.link(request, page, *args) else []
