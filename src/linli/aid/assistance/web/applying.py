"""Applying from home, one thing per page: which pages there are, what was filled in, and what comes of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext

from linli.aid.assistance.codes import Channel, PaperState
from linli.aid.assistance.operations import NewApplication, PaperRecord
from linli.aid.assistance.web.forms import ApplicationForm, OwnPaperForm
from linli.aid.assistance.web.scheme import Keeper, Kept
from linli.foundation.screens.texts import day_text, joined, pack_text
from linli.foundation.trail import drafts
from linli.kernel.act import Actor
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.queries import cited
from linli.registry.residents.queries import Member, members_on, resident_of
from linli.registry.residents.queries.own import own_household_ids

_FIELDS = ("applicant", "groups", "statement")
_OWN_WAY = "SELF"


@dataclass(frozen=True)
class Home:
    """Who can apply from this account: the people of the own household and of those the account acts for."""

    own_resident_id: int | None
    people: tuple[tuple[int, Member], ...]  # (household id, member)

    def household_of(self, resident_id: int) -> int:
        """The household of one of the people."""
        return next(household for household, member in self.people if member.resident_id == resident_id)


def may_apply(person: Actor, on: date) -> bool:
    """Whether the account belongs to somebody who lives here."""
    return bool(own_household_ids(person.pk, on))


def home_of(person: Actor, on: date) -> Home:
    """The people the account may apply for."""
    households = sorted(own_household_ids(person.pk, on))
    people = members_on(households, on)
    return Home(resident_of(person.pk), tuple((house, one) for house in households for one in people[house]))


def files_of(said: Mapping[str, Any]) -> set[str]:
    """The keys of the files that a draft names."""
    return {paper["key"] for paper in said.get("papers", {}).values() if paper.get("key")}


def said_by(person: Actor) -> dict[str, Any]:
    """What the person filled in and has not handed in; empty when there is nothing."""
    draft = drafts.find(person.pk, draft_address())
    said: dict[str, Any] = json.loads(draft.content) if draft else {}
    return said


def draft_address() -> str:
    """Where the draft lies: a person fills in one application at a time."""
    return reverse("my_apply")


@dataclass(frozen=True)
class Steps:
    """The pages of one application, as the draft stands."""

    pack: Pack
    home: Home
    said: Mapping[str, Any]

    @property
    def household_id(self) -> int:
        """The household that the application is for; the account's first where nobody was chosen yet."""
        people = {one.resident_id: house for house, one in self.home.people}
        return people.get(self.said.get("applicant", 0), self.home.people[0][0])

    @property
    def codes(self) -> list[str]:
        """The pages in order: three fields, then one page for each paper that the answers demand."""
        return [*_FIELDS, *(paper.code for paper in self.papers)]

    @property
    def papers(self) -> tuple[Any, ...]:
        """The papers demanded by what was chosen so far."""
        groups = [code for code in self.said.get("groups", []) if code in self.pack.groups]
        return required_papers(self.pack, groups, proxy=self._proxy_id() is not None) if groups else ()

    @property
    def first_open(self) -> str:
        """The first page not filled in yet; "check" when all are."""
        papers = self.said.get("papers", {})
        return next((code for code in self.codes if code not in self.said and code not in papers), "check")

    def after(self, code: str) -> str:
        """The page after one; "check" after the last."""
        codes = self.codes
        place = codes.index(code) + 1 if code in codes else len(codes)
        return codes[place] if place < len(codes) else "check"

    def before(self, code: str) -> str:
        """The page before one, empty before the first."""
        codes = [*self.codes, "check"]
        return codes[codes.index(code) - 1] if codes.index(code) else ""

    def form(self, code: str, data: Any = None, files: Any = None) -> forms.Form:
        """The form of one page, with what was said before."""
        if code in _FIELDS:
            form = ApplicationForm(
                data,
                members=[(one.resident_id, one.name) for _house, one in self.home.people],
                groups=[(key, pack_text(group.label)) for key, group in self.pack.groups.items()],
                ways=[],
                initial={"applicant": self.home.own_resident_id, **self.said},
            )
            form.keep(code)
            form.clauses = cited(form.rests_on, [self.pack])
            return form
        said = self.said.get("papers", {}).get(code, {})
        initial = {"state": said.get("state", PaperState.PRESENT), "promised_date": said.get("promised_date")}
        return OwnPaperForm(data, files, promisable=self.pack.papers[code].promisable, initial=initial)

    def with_answer(self, code: str, form: forms.Form, keeper: Keeper) -> dict[str, Any]:
        """What is said once the page's answer is added. Raises the refusals of uploads and adds the form's errors."""
        said = dict(self.said)
        if code in _FIELDS:
            said[code] = form.cleaned_data[code]
            return said
        said["papers"] = {**said.get("papers", {}), code: self._paper(code, form, keeper)}
        return said

    def _paper(self, code: str, form: forms.Form, keeper: Keeper) -> dict[str, str]:
        data = form.cleaned_data
        before = self.said.get("papers", {}).get(code, {})
        state = PaperState(data["state"])
        if state == PaperState.PROMISED:
            if data["promised_date"] is None:
                form.add_error("promised_date", gettext("请写明哪天前补交"))
                return {}
            return {"state": state.value, "promised_date": data["promised_date"].isoformat()}
        if state == PaperState.MISSING:
            return {"state": state.value}
        if data["file"]:
            kept = keeper.keep(data["file"])
            return {"state": state.value, "key": kept.key, "name": kept.name, "type": kept.media_type}
        if not before.get("key"):
            form.add_error("file", gettext("请选择照片或扫描件，或选择以后再交"))
        return dict(before)

    def summary(self) -> list[dict[str, str]]:
        """Check answers: each question, what was said, and which page changes it."""
        names = {one.resident_id: one.name for _house, one in self.home.people}
        groups = [pack_text(self.pack.groups[code].label) for code in self.said.get("groups", [])]
        lines = [
            {"code": "applicant", "label": gettext("申请人"), "text": names.get(self.said.get("applicant", 0), "")},
            {"code": "groups", "label": gettext("申请类别"), "text": joined(groups)},
            {"code": "statement", "label": gettext("申请人自述"), "text": self.said.get("statement", "")},
        ]
        for paper in self.papers:
            said = self.said.get("papers", {}).get(paper.code, {})
            lines.append({"code": paper.code, "label": pack_text(paper.label), "text": _paper_text(said)})
        return lines

    def application(self) -> NewApplication:
        """What is handed in. The account's person is the proxy where somebody else is the applicant."""
        applicant = self.said["applicant"]
        ways = list(self.pack.identification)
        said = self.said.get("papers", {})
        return NewApplication(
            household_id=self.home.household_of(applicant),
            applicant_id=applicant,
            groups=tuple(self.said["groups"]),
            channel=Channel.ONLINE,
            identified_how=_OWN_WAY if _OWN_WAY in ways else ways[-1],
            statement=self.said.get("statement", ""),
            proxy_id=self._proxy_id(),
            papers=tuple(_record(one.code, said[one.code]) for one in self.papers if said.get(one.code)),
        )

    def _proxy_id(self) -> int | None:
        applicant = self.said.get("applicant")
        own = self.home.own_resident_id
        return own if applicant is not None and own is not None and own != applicant else None


def _record(code: str, said: Mapping[str, str]) -> PaperRecord:
    state = PaperState(said["state"])
    file = Kept(said.get("key", ""), said.get("name", ""), said.get("key", ""), said.get("type", ""))
    promised = said.get("promised_date")
    return PaperRecord(
        code,
        state,
        promised_date=date.fromisoformat(promised) if promised else None,
        note=gettext("申请人网上承诺补交") if promised else "",
        file_key=file.key,
        file_name=file.name,
        file_sha256=file.sha256,
        file_type=file.media_type,
    )


def _paper_text(said: Mapping[str, str]) -> str:
    if said.get("key"):
        return gettext("已上传 %(name)s") % {"name": said["name"]}
    if said.get("promised_date"):
        return gettext("承诺 %(day)s 前补交") % {"day": day_text(said["promised_date"])}
    return gettext("以后再交")
