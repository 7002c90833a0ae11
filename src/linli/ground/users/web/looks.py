"""More looks at what is masked than a day has: asked for and decided, or opened at once and reviewed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import NOWHERE
from linli.foundation.screens.acting import ActPage
from linli.foundation.screens.fields import NoteForm
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.heads import Action, Head, button
from linli.foundation.screens.listings import Column, Listing, nobody
from linli.foundation.screens.pages import not_found, sentence, there
from linli.foundation.screens.records import Record
from linli.foundation.screens.steps import plainly
from linli.foundation.screens.texts import day_text, joined, joined_by_dot, moment_text
from linli.foundation.trail import audit
from linli.foundation.trail.purposes import Purpose
from linli.foundation.trail.words import subject_words
from linli.ground.users import operations, queries
from linli.ground.users.codes import REGISTRY_ROLES, LooksKind, LooksState, Role
from linli.ground.users.models import ExtraLooks
from linli.ground.users.queries import Authority
from linli.ground.users.queries.desks import Desk, pages_for
from linli.ground.users.queries.looks import (
    allowed_again,
    can_ask_for_looks,
    extra_looks,
    looks_a_day,
    looks_numbered,
    looks_today,
    no_more_looks,
)
from linli.ground.users.steps import LOOKS
from linli.ground.users.web.forms import LooksForm
from linli.kernel.act import CHINA_TIME
from linli.kernel.errors import DomainError

# Whoever may look, and who answers for security.
looking = pages_for("", *REGISTRY_ROLES, Role.SECURITY_ADMINISTRATOR)
asking_for_looks = pages_for("", *REGISTRY_ROLES)


def told_of_day(person: Authority, on: date) -> str:
    """How many looks somebody took today, of how many, with what a second person added; and how many besides that were
    opened at once. Empty for whose roles give none.
    """
    most = looks_a_day(person)
    if not most:
        return ""
    count, opened = looks_today(person.user_id, on)
    added = most * allowed_again(person.user_id, on)
    told = {"count": count, "most": most + added, "added": added}
    words = (
        gettext("您今天已查看 %(count)s 次，今天共可查看 %(most)s 次（含追加 %(added)s 次）。")
        if added
        else gettext("您今天已查看 %(count)s 次，每日上限 %(most)s 次。")
    )
    said = words % told
    return gettext("%(said)s另有紧急查看 %(opened)s 次。") % {"said": said, "opened": opened} if opened else said


class LooksList(Listing[Desk, ExtraLooks]):
    """One's own requests and those one decides or reviews, the newest first."""

    name = "looks"
    title = _("追加和紧急查看")
    order = ("-pk",)
    nothing = (_("没有追加或紧急查看"), _("当天的查看次数用完时，在这里申请追加"))
    not_found = _("没有符合条件的追加或紧急查看")

    def moment(self, row: ExtraLooks) -> str:
        return moment_text(row.asked_at)

    filters = (
        Filter("state", _("状态"), LooksState.choices),
        Filter("kind", _("方式"), LooksKind.choices),
    )
    columns = (
        Column("number", _("编号"), to="looks_detail"),
        Column("asked_by_id", _("谁"), "HAND", phone="title"),
        Column("kind", _("方式"), codes=LooksKind),
        Column("moment", _("时间"), of=moment),
        Column("purpose", _("查看目的"), codes=Purpose, phone=""),
        Column("reason", _("缘由"), phone=""),
        Column("decided_by_id", _("复核人"), "HAND", phone=""),
        Column("state", _("状态"), "STATE", codes=LooksState, phone="state"),
        Column("decision", _("复核说明"), only="excel"),
    )

    def head(self) -> Head:
        """How far one's own day has gone, and why no more can be asked for."""
        told = told_of_day(self.desk.person, self.desk.on)
        refusal = no_more_looks(self.desk.person, self.desk.on) if told else None
        if refusal:
            told = gettext("%(said)s%(why)s。") % {"said": told, "why": sentence(refusal)}
        return replace(super().head(), lead=told)

    def actions(self) -> Sequence[Action]:
        may = can_ask_for_looks(self.desk.person, self.desk.on)
        return [button(gettext("申请追加查看"), "looks_ask")] if may else []

    def query(self) -> Any:
        which = {name: value for name in ("state", "kind") if (value := self.asked[name])}
        return extra_looks(self.desk.person, **which)

    # Colleagues.
    reading = nobody


class LooksPage(Record[Desk, ExtraLooks]):
    """One of them: who, for what, and what a second person says."""

    name = "looks"
    listing = LooksList
    flow = LOOKS
    bound = {
        "allow": plainly(operations.allow_looks, "looks_id"),
        "refuse": plainly(operations.refuse_looks, "looks_id", NoteForm),
        "withdraw": plainly(operations.withdraw_looks, "looks_id"),
        "find_right": plainly(operations.find_looks_right, "looks_id", NoteForm),
        "question": plainly(operations.question_looks, "looks_id", NoteForm),
        "settle": plainly(operations.settle_looks, "looks_id", NoteForm),
    }

    def find(self, key: str) -> ExtraLooks:
        found = extra_looks(self.desk.person).filter(number=key).first()
        if found is None:
            not_found(looks_numbered, NOWHERE, key)
        return there(found)

    def head(self, row: ExtraLooks) -> Head:
        """It stands in a list that no job of the frame leads to."""
        return replace(super().head(row), trail=[(LooksList.title, reverse("looks_list")), (row.number, "")])

    def _looked(self, row: ExtraLooks) -> str:
        """What was looked at by it, for whoever reads the registry there: a review compares it with the reason."""
        if row.kind != LooksKind.URGENT or not self.desk.may(row.stamp, *REGISTRY_ROLES):
            return ""
        found = audit.looks_by(row.asked_by_id, row.asked_at.astimezone(CHINA_TIME).date(), row.number)
        return joined(joined_by_dot(moment_text(one.at), *subject_words(one.subject)) for one in found)

    def facts(self, row: ExtraLooks) -> Sequence[tuple[object, object]]:
        by = queries.names([row.asked_by_id, row.decided_by_id, row.settled_by_id])
        return [
            (_("方式"), row.get_kind_display()),
            (_("提出人和时间"), joined_by_dot(by.get(row.asked_by_id, ""), moment_text(row.asked_at))),
            (_("区域"), row.area.name),
            (_("查看目的"), row.get_purpose_display()),
            (_("缘由"), row.reason),
            (_("有效至"), moment_text(row.ends_at) if row.ends_at else ""),
            (_("期间查看了"), self._looked(row)),
            (_("有效日期"), day_text(row.valid_date)),
            (_("复核人"), by.get(row.decided_by_id or 0, "")),
            (_("复核说明"), row.decision),
            (_("处理人"), by.get(row.settled_by_id or 0, "")),
            (_("处理说明"), row.settlement),
        ]


class AskForLooks(ActPage[Desk, None]):
    """Ask a second person for as many looks again today."""

    title, submit, done = _("申请追加查看"), _("提交申请"), _("已提交，等待负责人同意")
    lead = _("同意后当天可以再查看同样多次。由社区主任、街道或区民政干部同意，不能自己同意。")
    form = LooksForm
    operation = operations.ask_for_looks
    leads = "looks_list"
    above = _("追加和紧急查看")

    def words(self) -> Mapping[str, object]:
        return {}

    def stops(self) -> DomainError | None:
        return no_more_looks(self.desk.person, self.desk.on)
