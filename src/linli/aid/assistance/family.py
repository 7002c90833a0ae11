"""What this room brings to a family's page (docs/adr/0040): cases, yearly reviews, letters, groups, what happened."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import CLOSED_STATES, ApplicationState, RenewalState, Step
from linli.aid.assistance.models import Application, Renewal
from linli.aid.assistance.permissions import READ, RECEIVE
from linli.aid.assistance.queries.deadlines import ClockView, clock_view, clocks_of, leading
from linli.aid.assistance.queries.family import (
    events_before,
    live_renewals,
    newest_determination,
    promises_broken,
)
from linli.aid.assistance.queries.listing import cases
from linli.aid.assistance.queries.steps import Case, Cases, Waiting, waiting_at, with_steps
from linli.aid.assistance.queries.turns import sheets_of
from linli.aid.assistance.queries.words import event_title, left, sheet_words, state_text
from linli.aid.assistance.queries.worklist import loaded
from linli.aid.assistance.steps import CASE, RENEWAL
from linli.foundation.screens.cells import Cell, chip
from linli.foundation.screens.families import Asking, Card, Happened, Line, Part, Window
from linli.foundation.screens.heads import Action
from linli.foundation.screens.texts import day_text, joined, joined_by_dot, pack_text
from linli.foundation.screens.work import Todo
from linli.foundation.trail.audit import looks
from linli.ground.notifications import family as letters
from linli.kernel.act import CHINA_TIME
from linli.kernel.steps import Step as Flow
from linli.kernel.tones import Tone, tone_of
from linli.law.policies.queries import pack_of, work_calendar

# So many cases of a family are shown.
MOST = 30


def part(asking: Asking) -> Part:
    """Cases with deadline and next step, reviews and letters; what people belong to; an application can be begun."""
    found = _Found(asking)
    lines = [found.line(case) for case in found.cases]
    written = letters.letters(asking, [case.row.subject for case in found.cases])
    is_over = [case.row.state in CLOSED_STATES for case in found.cases]
    return Part(
        [
            Card(
                10,
                gettext("救助申请"),
                [line for line, over in zip(lines, is_over, strict=True) if not over],
                [line for line, over in zip(lines, is_over, strict=True) if over],
            ),
            Card(15, gettext("年度复核"), [_review(asking, row) for row in found.renewals]),
            *written.cards,
        ],
        [*found.todos(), *written.waits],
        _groups(asking, found.rows),
        dict(_begins(asking)),
        [*(row.number for row in found.rows), *written.shows],
    )


class _Found:
    """The family's cases within the person's reach, with what their lines need: as many statements for many as for
    one.
    """

    def __init__(self, asking: Asking) -> None:
        self.asking, self.on = asking, asking.on
        self.rows = asking.once(_rows)

    @cached_property
    def cases(self) -> list[Case]:
        return list(Cases(self.rows, self.on))

    @cached_property
    def clocks(self) -> Mapping[int, ClockView | None]:
        known, calendar = clocks_of(row.pk for row in self.rows), work_calendar()
        return {
            row.pk: clock_view(calendar, pack_of(row.pack_version_id), clock, self.on) if clock else None
            for row in self.rows
            for clock in (leading(known.get(row.pk, ()), row.state),)
        }

    @cached_property
    def sheets(self) -> Mapping[int, tuple[int, Step]]:
        return sheets_of(self.asking.person.user_id, [row.pk for row in self.rows])

    @cached_property
    def renewals(self) -> list[Renewal]:
        return live_renewals(self.rows)

    @cached_property
    def promises(self) -> Mapping[int, date | None]:
        return promises_broken(self.rows, self.on)

    def mine(self, case: Case) -> tuple[object, object, str, tuple[object, ...]] | None:
        """What this person does about the case now: its title, the verb, the page and its arguments."""
        row = case.row
        if row.pk in self.sheets and not case.is_over:
            sheet, step = self.sheets[row.pk]
            return step.label, sheet_words(step), "assessment_sheet", (sheet,)
        offered = CASE.offered(self.asking.person, case, self.on)
        if offered and offered[0].is_main(case):
            return offered[0].label, offered[0].button or offered[0].label, *_deed(row.number, offered[0])
        if row.pk in self.promises and self.asking.person.may(row.stamp, *RECEIVE):
            return Step.ASK_FOR_PROMISED.label, pgettext("button", "登记材料"), "application_papers", (row.number,)
        return None

    def todos(self) -> Iterator[Todo]:
        """What waits for this person."""
        for case in self.cases:
            if mine := self.mine(case):
                title, verb, page, arguments = mine
                yield _todo(case.row, title, verb, page, arguments, self.clocks[case.row.pk])
        for row in self.renewals:
            if step := _step(self.asking, row):
                yield Todo(
                    "RENEWALS",
                    gettext("年度复核"),
                    row.application.number,
                    "renewal_detail",
                    (row.pk,),
                    verb=step.label,
                    because=_("待遇到期前办完"),
                    due_date=row.due_date,
                )

    def line(self, case: Case) -> Line:
        row, mine = case.row, self.mine(case)
        waits = waiting_at(case, self.on)
        groups = joined(pack_text(pack_of(row.pack_version_id).groups[code].label) for code in row.group_codes)
        told = joined_by_dot(row.number, row.applicant.name, day_text(row.received_date))
        what = Cell(groups, ("application_detail", row.number), meta=(told, "" if mine or not waits else _next(waits)))
        state = ApplicationState(row.state)
        words = state_text(state, waits.step if waits else None)
        actions = self.asking.action(mine[1], mine[2], *mine[3]) if mine else []
        return Line(what, Cell(left(self.clocks[row.pk]), chips=[(words, tone_of(state))]), actions, row.number)


def _deed(number: str, step: Flow) -> tuple[str, tuple[object, ...]]:
    """Where a step is taken: on a page of its own, but a publication is posted from the case's."""
    return ("application_detail", (number,)) if step.code == "post" else ("application_deed", (number, step.path))


def _next(waits: Waiting) -> str:
    """The step that a case waits at, and whose it is."""
    roles = joined(str(role.label) for role in waits.roles)
    who = gettext("下一步：%(step)s（%(roles)s）") if roles else gettext("下一步：%(step)s")
    return who % {"step": waits.step.label, "roles": roles}


def _todo(
    row: Application, title: object, verb: object, page: str, arguments: tuple[object, ...], clock: ClockView | None
) -> Todo:
    who = row.applicant.name
    todo = Todo("CASE", title, row.number, page, arguments, verb=verb, who=who)
    if clock is None:
        return todo
    legal = replace(todo, because=clock.label, due_date=clock.due_date, days_left=clock.days_left)
    return replace(legal, colour=clock.colour, article=clock.article)


def _step(asking: Asking, row: Renewal) -> Flow | None:
    """The step of the review that is this person's."""
    offered = {step.code: step for step in RENEWAL.offered(asking.person, row, asking.on)}
    return offered.get("decide") or (offered.get("confirm") if row.state == RenewalState.OPEN else None)


def _review(asking: Asking, row: Renewal) -> Line:
    step = _step(asking, row)
    what = Cell(row.application.number, meta=(gettext("%(day)s 前决定") % {"day": day_text(row.due_date)},))
    late = [(gettext("已超期"), Tone.LATE)] if row.due_date < asking.on else []
    actions = asking.action(step.label, "renewal_detail", row.pk) if step else []
    return Line(what, Cell(chips=[RenewalState(row.state), *late]), actions)


def _groups(asking: Asking, rows: Sequence[Application]) -> dict[str, list[object]]:
    """The groups that the newest determination found people in, each with the link to why."""
    newest = newest_determination(rows)
    if newest is None or newest.determination is None:
        return {}
    number, groups = newest.application.number, pack_of(newest.application.pack_version_id).groups
    told = '{} <span class="meta">{} · <a href="{}">{}</a></span>'
    day = gettext("%(day)s 认定") % {"day": day_text(newest.determination.on)}
    why = reverse("application_reasons", args=[number])
    found: dict[str, list[object]] = {}
    for one in json.loads(newest.determination.document)["groups"]:
        if one["belongs"]:
            words = format_html(told, chip(pack_text(groups[one["group"]].label)), day, why, gettext("为什么"))
            found.setdefault(one["member_key"] or asking.family.number, []).append(words)
    return found


def _begins(asking: Asking) -> Iterator[tuple[str, Sequence[Action]]]:
    """An application of the household, or of one of its people."""
    home = asking.family
    if not home.household_id or not asking.person.may(home.stamp, *RECEIVE):
        return
    query = f"?household={home.number}"
    yield home.number, asking.action(gettext("登记新申请"), "application_new", query=query)
    for number, _name in home.people.values() if len(home.people) > 1 else ():
        words, whose = pgettext_lazy("button", "为其申请"), f"{query}&applicant={number}"
        yield number, asking.action(words, "application_new", query=whose)


def _rows(asking: Asking) -> list[Application]:
    home = asking.family
    mine = Q(household_id=home.household_id) | Q(applicant_id__in=list(home.people))
    rows = cases(asking.person.scope(*READ)).filter(mine).order_by("-pk")
    return list(with_steps(loaded(rows))[:MOST])


def story(asking: Asking, window: Window) -> Iterable[Happened]:
    """Steps of the cases, their letters, and who opened them."""
    numbers = {row.pk: row.number for row in asking.once(_rows)}
    subjects = [f"application:{number}" for number in numbers.values()]
    yield from _steps(numbers, window)
    yield from letters.story(asking, subjects, window)
    for day, _act, subject, actor in looks(subjects, ["read"], before=window.before, limit=window.most):
        yield Happened(day, gettext("查看申请"), actor, subject.partition(":")[2])


def _steps(numbers: Mapping[int, str], window: Window) -> Iterator[Happened]:
    for row in events_before(numbers, window.until, window.most):
        day = row.at.astimezone(CHINA_TIME).date()
        yield Happened(day, event_title(row.kind, row.note), row.by_id, numbers[row.application_id])
