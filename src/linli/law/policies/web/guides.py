"""办事指南: what somebody must know to apply, written from the pack in force; public, and of nobody in particular."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.foundation.screens.cells import Cell
from linli.foundation.screens.listings import Column
from linli.foundation.screens.pages import render_page, today
from linli.foundation.screens.texts import bracketed, day_text, joined, joined_apart, joined_by_dot, pack_text
from linli.ground.areas.queries import public_offices
from linli.kernel.steps import workflows
from linli.law.policies.engine import Pack
from linli.law.policies.engine.letters import office_of_pack
from linli.law.policies.engine.model import ClassSpec, Group, Paper, Programme, Service
from linli.law.policies.queries import packs_in_force
from linli.law.policies.web.columns import basis, valid
from linli.law.policies.web.presenters import shown

Offer = Programme | Service | ClassSpec
# The time limits that people outside wait for, in the order in which they come.
_LIMITS = ("intake_answer", "supplement_lapse", "decision")
_KEPT_SECONDS = 300
# So many telephones stand on a page.
_OFFICES = 200


@dataclass(frozen=True)
class GuideLine:
    """One guide of the list."""

    scheme: str
    code: str
    offer: Offer
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class PaperLine:
    """A paper, and who needs it: everybody (empty words) or those of a group."""

    paper: Paper
    when: str


@require_GET
def guide_list(request: HttpRequest) -> HttpResponse:
    """Every guide, scheme by scheme."""
    schemes = [
        (pack, [GuideLine(scheme, code, offer, groups_of(pack, offer)) for code, offer in offers(pack)])
        for scheme, pack in packs_in_force(today()).items()
    ]
    return _kept(render_page(request, "policies/guide_list.html", {"schemes": schemes, "columns": GUIDES}))


@require_GET
def guide(request: HttpRequest, scheme: str, code: str) -> HttpResponse:
    """One guide: conditions, papers, steps, time limits, what it rests on, whom to call. 404 where none is in force."""
    on = today()
    pack = packs_in_force(on).get(scheme)
    offer = dict(offers(pack)).get(code) if pack else None
    if pack is None or offer is None:
        raise Http404
    offices = public_offices(_OFFICES + 1)
    context = {
        "pack": pack,
        "offer": offer,
        "since": joined_by_dot(pack_text(pack.label), gettext("%(day)s起生效") % {"day": day_text(pack.valid_from)}),
        "conditions": [
            *((pack_text(one.label), _condition(one)) for one in groups_of(pack, offer)),
            (gettext("怎样救助"), _brings(pack, offer, on)),
        ],
        "papers": list(papers_of(pack, offer)),
        "paper_columns": PAPERS,
        "steps": [step.public for flow in workflows() for step in flow.public],
        "limits": [(pack_text(pack.deadlines[one].label), _limit(pack, one, on)) for one in _LIMITS],
        "rests": [(pgettext("law", "方案"), pack.source), (pack_text(offer.label), basis(offer.basis))],
        "offices": offices[:_OFFICES],
        "office_columns": OFFICES,
        "more_offices": len(offices) > _OFFICES,
        "telephone": office_of_pack(pack, "zh")[0],
    }
    return _kept(render_page(request, "policies/guide.html", context))


def offers(pack: Pack) -> Iterator[tuple[str, Offer]]:
    """What one may apply for, in the pack's order: payments, services, classes."""
    yield from pack.programmes.items()
    yield from pack.services.items()
    yield from pack.classes.items()


def groups_of(pack: Pack, offer: Offer) -> tuple[Group, ...]:
    """Whom it is for."""
    codes = (offer.group,) if isinstance(offer, Programme) else offer.groups
    return tuple(pack.groups[code] for code in codes)


def papers_of(pack: Pack, offer: Offer) -> Iterator[PaperLine]:
    """What everybody brings, then what follows from belonging to a group, then what somebody brings for another."""
    by_need: Mapping[str, list[Paper]] = {
        need: [paper for paper in pack.papers.values() if paper.demanded == need] for need in ("ALWAYS", "PROXY")
    }
    yield from (PaperLine(paper, gettext("人人需要")) for paper in by_need["ALWAYS"])
    of_group: dict[str, list[Group]] = {}
    for group in groups_of(pack, offer):
        for code in group.papers:
            of_group.setdefault(code, []).append(group)
    for code, groups in of_group.items():
        yield PaperLine(pack.papers[code], joined(pack_text(group.label) for group in groups))
    yield from (PaperLine(paper, gettext("代办时需要")) for paper in by_need["PROXY"])


def _condition(group: Group) -> SafeString:
    return format_html("{}<br>{}", pack_text(group.definition), basis(group.basis))


def _brings(pack: Pack, offer: Offer, on: date) -> str:
    """How one is helped: what the pack says without knowing the family."""
    if isinstance(offer, Programme):
        return gettext("按月发放，每户一份") if offer.unit == "HOUSEHOLD" else gettext("按月发放，每人一份")
    if isinstance(offer, ClassSpec):
        return gettext("每班名额：%(seats)s") % {"seats": shown(pack.parameters[offer.seats], on)}
    items = joined(pack_text(one.label) for one in offer.items)
    return f"{shown(pack.parameters[offer.frequency], on)}{bracketed(items) if items else ''}"


def _limit(pack: Pack, code: str, on: date) -> SafeString:
    days = pack.parameters[pack.deadlines[code].days]
    return format_html("{}<br>{}", shown(days, on), basis(days.basis))


def _kept(response: HttpResponse) -> HttpResponse:
    """A browser may keep it for minutes; nobody between may: the frame holds a form's token."""
    patch_cache_control(response, private=True, max_age=_KEPT_SECONDS)
    return response


def _groups(_list: Any, row: GuideLine) -> str:
    return joined(pack_text(group.label) for group in row.groups)


def _title(_list: Any, row: GuideLine) -> Cell:
    return Cell(pack_text(row.offer.label), ("guide", row.scheme, row.code))


def _spared(_list: Any, row: PaperLine) -> str:
    ways = (
        (row.paper.waivable, gettext("政府能查到的，不用交")),
        (row.paper.promisable, gettext("可以先承诺，后补交")),
    )
    return joined_apart(words for offered, words in ways if offered)


GUIDES = (
    Column("label", _("事项"), cell=_title, phone="title"),
    Column("groups", _("谁可以申请"), of=_groups),
)
PAPERS = (
    Column("label", _("材料"), of=lambda _list, row: pack_text(row.paper.label), phone="title"),
    Column("when", _("谁需要")),
    Column("valid_months", _("有效期"), of=lambda _list, row: valid(row.paper)),
    Column("waivable", _("免交或后补"), of=_spared),
)
OFFICES = (
    Column("name", _("社区或街道"), phone="title"),
    Column("telephone", _("电话"), phone="state"),
    Column("address", _("地址")),
)
