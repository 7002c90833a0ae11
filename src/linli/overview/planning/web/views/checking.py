"""The plan check: what does not add up, what would, and what becomes of the year if a figure is another one."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.pages import render_page
from linli.foundation.screens.texts import joined_by_dot, time_text
from linli.ground.users.queries import names
from linli.kernel.act import Act
from linli.kernel.tones import Tone
from linli.law.policies.queries import pack_by_digest
from linli.overview.planning.engine import PlanRefused, cash_flow, check, fatal, plan_from_pack, what_if
from linli.overview.planning.operations import adopt, save_version
from linli.overview.planning.permissions import can_adopt, can_save
from linli.overview.planning.queries import (
    Adoption,
    PlanVersion,
    adoptions,
    by_oneself,
    changes_of,
    plan_of,
    version,
    versions,
)
from linli.overview.planning.web.controls import Asked, asked, control_groups, said
from linli.overview.planning.web.desk import Desk, reading
from linli.overview.planning.web.forms import AdoptForm, SaveForm
from linli.overview.planning.web.presenters import (
    balance_series,
    differences,
    finding_key,
    finding_views,
    month_labels,
    variant_of,
)

T = TypeVar("T")


@require_safe
@reading
def plan_check(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Findings, ways out and sliders; the address holds the figures that are tried."""
    tried = asked(desk.written, ((path, str(value)) for path, value in request.GET.items()))
    response = render_page(
        request, "planning/plan_check.html", check_context(desk, tried), fragment="planning/_live.html"
    )
    # The sliders send every figure; the address keeps those that differ.
    response["HX-Push-Url"] = desk.link("plan_check", **said(tried.changes))
    return response


def check_context(desk: Desk, tried: Asked) -> dict[str, Any]:
    """Everything the page needs."""
    now = what_if(desk.written, tried.changes)
    variant = variant_of(desk.pack.digest)
    proposal = variant if variant is not None and variant.changes else None
    flows = cash_flow(desk.written)
    label = gettext("改动之后") if tried.changes else gettext("可行版本")
    shown = now.plan if tried.changes else (proposal.plan if proposal else None)
    proposal_url = desk.link("plan_check", **said(proposal.changes)) if proposal else ""
    tries_proposal = proposal is not None and set(proposal.changes) == set(tried.changes)
    may_save = can_save(desk.person, desk.community.stamp)
    groups = control_groups(desk.written, now.plan)
    moved = {control.path for group in groups for control in group.controls}
    return {
        "head": Head(
            gettext("方案校核"),
            gettext("采用之前先算一遍：每一处都列出算式和出路。"),
            [(desk.about(now.plan), "")],
            actions=[
                *([Action(gettext("试用可行版本"), proposal_url)] if proposal and not tries_proposal else []),
                *([Action(gettext("保存为版本"), "#save", main=True)] if may_save else []),
            ],
        ),
        "desk": desk,
        "check_url": desk.link("plan_check"),
        "findings": finding_views(desk, now.findings, tried.changes),
        "fatal_count": len(fatal(now.findings)),
        "refused": tried.refused,
        "changes": tried.changes,
        "differences": differences(desk, desk.written, tried.changes, undo=True),
        "groups": groups,
        "kept": [change for change in tried.changes if change.path not in moved],
        "flows": now.flows,
        "series": balance_series(flows, cash_flow(shown) if shown else None, label),
        "labels": month_labels(flow.month for flow in flows),
        "variant": proposal,
        "lasts_as_written": variant is not None and not variant.changes,
        "variant_differences": differences(desk, desk.written, proposal.changes) if proposal else [],
        "variant_url": proposal_url,
        "variant_tried": tries_proposal,
        "may_save": may_save,
        "form": SaveForm(),
        "save_url": desk.link("plan_version_new"),
        **_kept_versions(desk),
    }


def _kept_versions(desk: Desk) -> dict[str, Any]:
    kept = versions(desk.reads, community_id=desk.community.pk, year=desk.written.year, scheme=desk.pack.code)
    return {"versions": kept[:8], "adopted": desk.adopted, "place_query": urlencode(desk.place)}


# --- versions of the plan: keep one, look at it, adopt it with the findings accepted one by one ----


class SaveVersion(ActPage[Desk, None]):
    """Keep the figures tried as a version."""

    title = ""
    form = SaveForm
    template = "planning/plan_check.html"

    def may(self) -> bool:
        return can_save(self.desk.person, self.desk.community.stamp)

    def find(self) -> None:
        self.tried = asked(self.desk.written, ((path, str(value)) for path, value in self.request.POST.items()))

    def attempt(self, deed: Callable[[], T]) -> tuple[bool, T | None]:
        return (False, None) if self.tried.refused else super().attempt(deed)

    def run(self, act: Act, said: Said) -> PlanVersion:
        place: dict[str, Any] = {"community_id": self.desk.community.pk, "pack_digest": self.desk.pack.digest}
        return save_version(act, **place, changes=self.tried.changes, note=said["note"])

    def told(self, result: PlanVersion | None) -> str:
        return gettext("已保存版本 %(number)s") % {"number": self._number(result)}

    def home(self) -> str:
        return self.desk.link("plan_check")

    def to(self, result: PlanVersion | None) -> str:
        return self.desk.link("plan_version", self._number(result))

    def _number(self, result: PlanVersion | None) -> str:
        return result.number if result else _newest(self.desk)

    def more(self) -> Mapping[str, Any]:
        return {**check_context(self.desk, self.tried), "form": self.filled}


class VersionPage(ActPage[Desk, PlanVersion]):
    """A version: its differences from the pack's plan, its findings, and who adopted it; it is put in force here."""

    title, done = "", _("已采用版本 %(number)s")
    finds = version
    form = AdoptForm
    template = "planning/plan_version.html"

    def may(self) -> bool:
        return self.request.method != "POST" or can_adopt(self.desk.person, self.row.stamp)

    def offers(self) -> Mapping[str, Any]:
        keys = [finding_key(one.code, one.subject) for one in check(plan_of(self.row))]
        return {"accepted": [(key, key) for key in keys]}

    def attempt(self, deed: Callable[[], T]) -> tuple[bool, T | None]:
        """The engine's refusals bring their sentence in both languages themselves."""
        try:
            return super().attempt(deed)
        except PlanRefused as refusal:
            self.filled.add_error("accepted", refusal.in_language(get_language() or "zh"))
            return False, None

    def run(self, act: Act, said: Said) -> Adoption:
        accepted = [(code, subject) for code, _bar, subject in (key.partition("|") for key in said["accepted"])]
        return adopt(act, version_id=self.row.pk, accepted=accepted)

    def home(self) -> str:
        return self.desk.link("plan_version", self.row.number)

    def more(self) -> Mapping[str, Any]:
        return _version_context(self.desk, self.row, self.filled)


def _version_context(desk: Desk, found: PlanVersion, form: AdoptForm) -> dict[str, Any]:
    plan = plan_of(found)
    written = plan_from_pack(pack_by_digest(found.pack_digest))
    history = list(adoptions(desk.reads, community_id=found.stamp.chain, year=found.year, scheme=found.scheme)[:10])
    people = names([found.created_by_id, *(one.adopted_by_id for one in history)])
    changes = changes_of(found)
    in_force = bool(history) and history[0].version_id == found.pk
    own = by_oneself(found, desk.person, desk.on)
    accepts = can_adopt(desk.person, found.stamp) and not in_force and not own
    ticked = (form["accepted"].value() or []) if accepts else None
    kept = (people.get(found.created_by_id, ""), time_text(found.created_at), found.note)
    return {
        "head": Head(
            gettext("方案版本 %(number)s") % {"number": found.number},
            joined_by_dot(desk.about(plan), *kept),
            [(found.number, "")],
            (gettext("执行中"), Tone.OK) if in_force else None,
            [Action(gettext("继续修改"), desk.link("plan_check", **said(changes)))],
        ),
        "adopt_url": desk.link("plan_adopt", found.number),
        "differences": differences(desk, written, changes),
        "findings": finding_views(desk, check(plan), changes, ticked=ticked),
        "form": form,
        "history": [
            {
                "at": one.adopted_at,
                "title": one.version.number,
                "by": people.get(one.adopted_by_id, ""),
                "mark": one is history[0],
            }
            for one in history
        ],
        "accepts": accepts,
        "own": own and not in_force and can_adopt(desk.person, found.stamp),
    }


def _newest(desk: Desk) -> str:
    """The number of the version that the first of two equal requests made."""
    rows = versions(desk.reads, community_id=desk.community.pk, year=desk.written.year, scheme=desk.pack.code)
    return rows.values_list("number", flat=True)[0]
