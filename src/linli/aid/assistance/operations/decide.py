"""The street decides: grants with awards and commitments, or refuses with reasons; each with its letter."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import EventKind, Proposal
from linli.aid.assistance.models import (
    Application,
    Assessment,
    Decision,
    FirstOpinion,
    Recognition,
)
from linli.aid.assistance.operations.common import (
    check_case,
    close_reapplied,
    lock_applications,
    move,
    subject_of,
    write_events,
)
from linli.aid.assistance.operations.intake import needed
from linli.aid.assistance.operations.letters import GrantedAward, write_decision_letters
from linli.aid.assistance.operations.opinion import current_assessments, current_opinions
from linli.aid.assistance.queries.beginning import Follows, Unit, earlier, months_to_pay
from linli.aid.assistance.queries.grounds import case_behind
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, build_on, surely
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.period import Month
from linli.law.policies.engine.model import Pack, Programme
from linli.law.policies.queries import pack_of
from linli.money.awards.codes import Unit as AwardUnit
from linli.money.awards.operations import Grant
from linli.money.awards.operations import grant as grant_awards
from linli.money.awards.queries import Award
from linli.money.ledger.queries import fund_of, line_for
from linli.registry.residents.queries import Member, members_on


class BudgetLineMissing(DomainError):
    """No fund of the community has a budget line for the programme in that year."""

    message = _("本社区没有 %(year)s 年“%(programme)s”的预算科目")


class ProgrammeOver(DomainError):
    """No plan pays the month that a grant made now would begin with: the case waits for the next year's plan."""

    message = _("%(number)s：“%(programme)s”最后发放月份是 %(last)s；下一年度方案就绪后可以批准，申请继续等待")


@act
@surely
def grant(act: Act, *, application_ids: Sequence[int]) -> list[Decision]:
    """Decide to grant: award, commitment, recognition and letter, all or none.

    Another officer than the reviewer; publication over; no objection open; the household is what was assessed. A family
    that was asked to apply anew goes on where its award ends, whenever it is decided before. Raises
    SamePerson, PublicationRunning, ObjectionOpen, HouseholdChanged, ProgrammeOver, PayeeAccountMissing,
    BudgetExhausted, AwardOverlapping, BudgetLineMissing, StepNotPossible, NotPermitted.
    """
    applications = lock_applications(application_ids)
    check_case(act, "grant", applications)
    opinions = current_opinions(applications)
    assessments = current_assessments(applications)
    build_on(case_behind(applications, opinions, assessments))
    move(act, applications, "grant")
    decisions = _decide(act, applications, opinions, assessments, Proposal.GRANT, "")
    members = members_on([application.household_id for application in applications], act.on)
    before = earlier(applications, act.on)
    grants = [
        one
        for application in applications
        for one in _grants(act, application, assessments[application.pk], members[application.household_id], before)
    ]
    awards = grant_awards(act, grants=grants)
    follows = _follows(awards, before)
    close_reapplied(act, [one.before for found in follows.values() for one in found])
    _recognise(act, applications, decisions, assessments, members)
    write_decision_letters(act, applications, assessments, _by_application(awards), follows=follows)
    write_events(act, EventKind.GRANTED, applications)
    audit.record(
        act,
        where=applications[0].stamp,
        subject=subject_of(applications),
        lines=[[award.number, award.unit_key, award.amount_fen] for award in awards],
        note={"applications": [application.number for application in applications]},
    )
    return decisions


@act
def refuse(act: Act, *, application_ids: Sequence[int], reason: str) -> list[Decision]:
    """Decide to refuse, with the reason and the way to appeal in the letter.

    Whoever objected has had an answer before. Raises ReasonMissing, SamePerson, ObjectionOpen, HouseholdChanged,
    StepNotPossible, NotPermitted.
    """
    applications = lock_applications(application_ids)
    check_case(act, "refuse", applications)
    because = needed(reason, field="reason")
    opinions = current_opinions(applications)
    assessments = current_assessments(applications)
    build_on(case_behind(applications, opinions, assessments))
    move(act, applications, "refuse")
    decisions = _decide(act, applications, opinions, assessments, Proposal.REFUSE, because)
    write_decision_letters(act, applications, assessments, {}, refusal=because)
    write_events(act, EventKind.REFUSED, dict.fromkeys(applications, because))
    audit.record(
        act,
        where=applications[0].stamp,
        subject=subject_of(applications),
        lines=[application.number for application in applications],
        note={"reason": because},
    )
    return decisions


def _decide(
    act: Act,
    applications: Sequence[Application],
    opinions: Mapping[int, FirstOpinion],
    assessments: Mapping[int, Assessment],
    kind: Proposal,
    reason: str,
) -> list[Decision]:
    # A row of a state that can be decided has been reviewed and determined; the columns say so once more.
    return Decision.objects.bulk_create(
        [
            Decision(
                application=application,
                kind=kind,
                reviewed_by=opinions[application.pk].reviewed_by,
                decided_by_id=act.by.pk,
                decided_date=act.on,
                decided_at=act.at,
                reason=reason,
                determination=assessments[application.pk].determination,
                results=assessments[application.pk].results,
            )
            for application in applications
        ]
    )


def _grants(
    act: Act,
    application: Application,
    assessment: Assessment,
    members: Sequence[Member],
    before: Mapping[Unit, Award],
) -> list[Grant]:
    pack = pack_of(application.pack_version_id)
    by_number = {member.number: member.resident_id for member in members}
    grants = []
    for result in json.loads(assessment.results):
        if result["amount_fen"] <= 0:
            continue
        programme = pack.programmes[result["programme"]]
        resident_id = by_number.get(result["unit_key"])
        last_award = before.get((application.household_id, programme.code, result["unit_key"]))
        months = months_to_pay(application, pack, programme, act.on, last_award)
        if months is None:
            last_month = str(programme.last_month)
            raise ProgrammeOver(number=application.number, programme=programme.label, last=last_month)
        first, last = months
        grants.append(
            Grant(
                programme=programme.code,
                unit=AwardUnit(result["unit"]),
                unit_key=result["unit_key"],
                household_id=application.household_id,
                resident_id=resident_id,
                member_ids=(resident_id,) if resident_id is not None else tuple(by_number.values()),
                amount_fen=result["amount_fen"],
                line_id=_line_id(application, programme, first),
                application_number=application.number,
                stamp=application.stamp,
                determination_id=assessment.determination_id,
                first_month=first,
                last_month=last,
                review_due_date=_review_due(act, pack, programme),
                renews_id=_renews(last_award, first),
            )
        )
    return grants


def _renews(before: Award | None, first: Month) -> int | None:
    """The award that one beginning with the month goes on from without a gap."""
    if before is None or before.valid_until != first.first_day or hasattr(before, "renewed_by"):
        return None
    return before.pk


def _follows(awards: Sequence[Award], before: Mapping[Unit, Award]) -> dict[str, list[Follows]]:
    """By application: the new awards that follow an earlier one of their unit, with it and the months between."""
    found: dict[str, list[Follows]] = {}
    for one in awards:
        last = before.get((one.household_id, one.programme, one.unit_key))
        if last is not None:
            found.setdefault(one.application_number, []).append(Follows(last, Month.of(one.valid_from)))
    return found


def _line_id(application: Application, programme: Programme, first: Month) -> int:
    fund = fund_of(application.community_id or 0, first.year)
    line = line_for(fund.pk, programme.code) if fund else None
    if line is None:
        raise BudgetLineMissing(year=first.year, programme=programme.label)
    return line.pk


def _review_due(act: Act, pack: Pack, programme: Programme) -> date:
    months = int(pack.parameters_on(act.on)[programme.review])
    due = Month.of(act.on).plus(months)
    return due.first_day.replace(day=min(act.on.day, due.last_day.day))


def _recognise(
    act: Act,
    applications: Sequence[Application],
    decisions: Sequence[Decision],
    assessments: Mapping[int, Assessment],
    members: Mapping[int, Sequence[Member]],
) -> None:
    """Keep who is a recipient of which claimed group: households and people, never summed over groups."""
    rows = []
    for application, decision in zip(applications, decisions, strict=True):
        by_number = {member.number: member.resident_id for member in members[application.household_id]}
        determination = assessments[application.pk].determination
        for entry in json.loads(determination.document if determination else '{"groups":[]}')["groups"]:
            if not entry["belongs"] or entry["group"] not in application.group_codes:
                continue
            rows.append(
                Recognition(
                    decision=decision,
                    group=entry["group"],
                    unit_key=entry["member_key"] or application.household.number,
                    household_id=application.household_id,
                    resident_id=by_number.get(entry["member_key"] or ""),
                    valid_from=act.on,
                    **application.stamp.columns(),
                )
            )
    Recognition.objects.bulk_create(rows)


def _by_application(awards: Sequence[GrantedAward]) -> dict[str, list[GrantedAward]]:
    grouped: dict[str, list[GrantedAward]] = {}
    for award in awards:
        grouped.setdefault(award.application_number, []).append(award)
    return grouped
