"""What every page of plans begins with: who reads, which community, which scheme, and its plan as written."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.desks import Page, View
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import render_page
from linli.foundation.screens.texts import joined_by_dot, pack_text
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import Area, of_kind
from linli.ground.users.queries import desks
from linli.ground.users.queries.desks import pages_for
from linli.law.policies.engine import Pack
from linli.law.policies.queries import offered_packs
from linli.overview.planning.engine import Plan, plan_from_pack
from linli.overview.planning.permissions import READERS
from linli.overview.planning.queries import PlanVersion, current_adoption, plan_of

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Desk(desks.Desk):
    """The reader, the community and the scheme that the page is about."""

    community: Area
    communities: tuple[Area, ...]
    pack: Pack
    offers: Mapping[str, Pack]  # by scheme, other years by scheme and year
    key: str  # under which the pack is offered
    written: Plan

    @property
    def place(self) -> dict[str, str]:
        """What an address needs to lead back here; nothing that goes without saying."""
        said = {}
        if self.community.pk != self.communities[0].pk:
            said["community"] = self.community.code
        if self.key != next(iter(self.offers)):
            said["scheme"] = self.key
        return said

    def link(self, name: str, *args: object, **values: object) -> str:
        """The address of a page about the same community and scheme."""
        return address(name, *args, query={**self.place, **values})

    def about(self, plan: Plan) -> str:
        """Which plan, and whose."""
        return joined_by_dot(f"{pack_text(plan.label)} {plan.year}", self.community.name)

    @cached_property
    def adopted(self) -> PlanVersion | None:
        """The version in force for the plan's year."""
        adoption = current_adoption(self.community.pk, self.written.year, self.pack.code)
        return adoption.version if adoption else None

    def lived(self) -> Plan:
        """The plan that the community lives by: the adopted one, else the pack's as written."""
        adopted = self.adopted
        return plan_of(adopted) if adopted else self.written


def reading(view: View[Desk, P]) -> Page[P]:
    """A page for whoever may read a plan anywhere; 403 for everybody else."""

    @pages_for("planning", *READERS)
    @wraps(view)
    def run(request: HttpRequest, desk: desks.Desk, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        communities = tuple(area for area in of_kind(AreaKind.COMMUNITY) if desk.reads.covers(area.stamp))
        if not communities:
            raise PermissionDenied
        offers = {key: pack for key, pack in offered_packs(desk.on).items() if pack.plan is not None}
        if not offers:
            nothing = (gettext("还没有可以核对的方案"), gettext("请管理员安装一个带有年度方案的规则包。"))
            return render_page(request, "nothing.html", {"head": Head(gettext("方案")), "nothing": nothing})
        key, pack = _chosen({key: (key, pack) for key, pack in offers.items()}, request.GET.get("scheme", ""))
        community = _chosen({area.code: area for area in communities}, request.GET.get("community", ""))
        found = Desk(desk.person, desk.reads, desk.on, community, communities, pack, offers, key, plan_from_pack(pack))
        return view(request, found, *args, **kwargs)

    return run


def address(name: str, *args: object, query: Mapping[str, object] | None = None) -> str:
    """The address of a page with its query."""
    path = reverse(name, args=args)
    return f"{path}?{urlencode(query)}" if query else path


def _chosen(offered: Mapping[str, T], asked: str) -> T:
    """The one asked for, the first when none is; 404 for what is not offered."""
    if not asked:
        return next(iter(offered.values()))
    if asked not in offered:
        raise Http404
    return offered[asked]
