"""The 救助申请表 and the visit form as data of ``form_sheet.typ``: the same layout blank and filled."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, pgettext

from linli.aid.assistance.codes import AssessorCapacity, Channel
from linli.aid.assistance.queries.detail import ApplicationDetail, SeatView
from linli.aid.assistance.queries.screens import Preview
from linli.aid.assistance.web.presenters import listed, paper_lines
from linli.foundation.screens.texts import day_text, is_english, pack_text
from linli.kernel.money import yuan
from linli.law.policies.engine.model import FactSpec, Pack
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.queries import pack_of
from linli.registry.residents.queries import HouseholdDetail, MemberView

Sheet = Mapping[str, Any]
# The registry works these out itself; nobody asks for them at the door.
_DERIVED = frozenset({"age", "size"})


def page_language() -> str:
    """The language of the fixed words: that of the page that was asked for."""
    return "en" if is_english() else "zh-hans"


def application_sheet(case: ApplicationDetail, home: HouseholdDetail) -> Sheet:
    """The form of a case, as the family signs it."""
    pack = pack_of(case.pack_version_id)
    applicant = next((one for one in home.members if one.person.number == case.applicant_number), None)
    return {
        "title": pack_text(pack.form),
        "number": case.number,
        "sections": [
            _applicant(home, applicant, case),
            _family(home),
            _groups(pack, case.group_codes),
            {"title": gettext("申请人自述"), "lines": 0 if case.statement else 3, "known": case.statement},
            _papers([[line["label"], line["because"], line["state"]] for line in paper_lines(case.papers)]),
        ],
        "signatures": _signatures(day_text(case.received_date), case.received_by),
        "notes": _promise(),
    }


def blank_application_sheet(pack: Pack, home: HouseholdDetail) -> Sheet:
    """The form to fill in by hand, with what the registry knows already."""
    demanded = required_papers(pack, pack.groups, proxy=True)
    rows = [[pack_text(one.label), _because(pack, one.because_of), ""] for one in demanded]
    return {
        "title": pack_text(pack.form),
        "number": "",
        "sections": [
            _applicant(home, None, None),
            _family(home),
            _groups(pack, ()),
            {"title": gettext("申请人自述"), "lines": 4},
            _papers(rows),
        ],
        "signatures": _signatures("", ""),
        "notes": _promise(),
    }


def visit_sheet(
    case: ApplicationDetail, home: HouseholdDetail, seats: Sequence[SeatView], expected: Preview | None = None
) -> Sheet:
    """The blank visit form: what to find out about each member, room for needs and observations, three signatures.

    Above the signatures stands each amount, with what the rules give where that is known already.
    """
    pack = pack_of(case.pack_version_id)
    personal, common = (_asked(pack, level) for level in ("PERSON", "HOUSEHOLD"))
    people = [
        {
            "title": f"{one.person.name} · {one.relation.label} · {_age(one.person.age)}",
            "fields": [[pack_text(fact.label), _room(fact)] for fact in personal],
        }
        for one in home.members
    ]
    shared = [{"title": gettext("家庭"), "fields": [[pack_text(fact.label), _room(fact)] for fact in common]}]
    roles = [(str(seat.capacity.label), seat.name) for seat in seats] or [
        (str(AssessorCapacity(role).label), "") for role in pack.assessment_roles
    ]
    return {
        "title": gettext("入户调查表"),
        "number": case.number,
        "sections": [
            {
                "title": gettext("申请"),
                "fields": [
                    [gettext("户编号"), case.household],
                    [gettext("地点"), case.place],
                    [gettext("申请类别"), listed(case.groups)],
                    [gettext("入户日期"), ""],
                ],
            },
            *people,
            *(shared if common else []),
            *([_amounts(expected)] if expected and expected.dues else []),
            {"title": gettext("需求"), "lines": 3},
            {"title": gettext("观察"), "lines": 3},
            {"title": gettext("不同意见"), "lines": 2},
        ],
        "signatures": [[f"{role} {name}".strip(), "", ""] for role, name in roles],
        "notes": [gettext("签名人声明：与该家庭成员没有亲属关系，也没有其他可能影响公正的关系。")],
    }


def _applicant(home: HouseholdDetail, member: MemberView | None, case: ApplicationDetail | None) -> Sheet:
    person = member.person if member else None
    channel = str(case.channel.label) if case else " / ".join(str(one.label) for one in Channel)
    fields = [
        [gettext("姓名"), person.name if person else ""],
        [gettext("性别"), str(person.sex.label) if person else ""],
        [gettext("出生日期"), day_text(person.birth_date) if person else ""],
        [gettext("身份证号"), person.masked_id_number if person else ""],
        [gettext("电话"), person.masked_phone if person else ""],
        [gettext("户编号"), home.number],
        [gettext("住处"), " ".join(part for part in (home.community_name, home.building_name) if part), "wide"],
        [gettext("申请渠道"), channel],
        [gettext("收到日期"), day_text(case.received_date) if case else ""],
        [gettext("识别途径"), pack_text(case.identified_how) if case else ""],
        [gettext("代办人"), case.proxy if case else ""],
    ]
    return {"title": gettext("申请人"), "fields": fields}


def _family(home: HouseholdDetail) -> Sheet:
    columns = [gettext("姓名"), gettext("与户主关系"), gettext("性别"), gettext("出生日期"), gettext("身份证号")]
    rows = [
        [
            one.person.name,
            str(one.relation.label),
            str(one.person.sex.label),
            day_text(one.person.birth_date),
            one.person.masked_id_number,
        ]
        for one in home.members
    ]
    return {"title": gettext("家庭成员"), "table": {"columns": columns, "rows": rows}}


def _groups(pack: Pack, claimed: Sequence[str]) -> Sheet:
    ticks = [{"label": pack_text(group.label), "checked": code in claimed} for code, group in pack.groups.items()]
    return {"title": gettext("申请类别"), "choices": ticks}


def _papers(rows: Sequence[Sequence[str]]) -> Sheet:
    columns = [gettext("材料"), gettext("为什么需要"), gettext("状态")]
    return {"title": gettext("证明材料"), "table": {"columns": columns, "rows": [list(row) for row in rows]}}


def _amounts(expected: Preview) -> Sheet:
    columns = [
        gettext("待遇"),
        gettext("规则计算：每月"),
        gettext("评估小组认定的每月金额（元）"),
        gettext("不一致的理由"),
    ]
    rows = []
    for due in expected.dues:
        own = due.departure
        rows.append(
            [
                " · ".join(part for part in (pack_text(due.label), due.name) if part),
                gettext("未知") if due.amount_fen is None else yuan(due.amount_fen),
                yuan(own.amount_fen) if own else "",
                own.reason if own else "",
            ]
        )
    return {"title": gettext("每月金额"), "table": {"columns": columns, "rows": rows}}


def _because(pack: Pack, reasons: Sequence[str]) -> str:
    words = {"BASE": gettext("所有申请"), "PROXY": gettext("由他人代办")}
    return listed([pack.groups[one].label for one in reasons if one in pack.groups]) or words.get(reasons[0], "")


def _signatures(day: str, received_by: str) -> list[list[str]]:
    return [
        [gettext("申请人"), "", ""],
        [gettext("代办人"), "", ""],
        [pgettext("receipt", "收件人") + (f" {received_by}" if received_by else ""), "", day],
    ]


def _promise() -> list[str]:
    return [
        gettext("本人保证所填内容和所交材料真实、完整。"),
        gettext("本人授权核对家庭成员的收入和财产状况，只用于本次救助。"),
    ]


def _asked(pack: Pack, level: str) -> list[FactSpec]:
    return [fact for fact in pack.facts.values() if fact.level == level and fact.name not in _DERIVED]


def _room(fact: FactSpec) -> str:
    """Boxes to tick, or the unit after the room to write."""
    if fact.unit == "BOOL":
        return gettext("□ 是    □ 否    □ 不清楚")
    return gettext("          元") if fact.unit == "FEN" else ""


def _age(years: int) -> str:
    return gettext("%(age)s 岁") % {"age": years}
