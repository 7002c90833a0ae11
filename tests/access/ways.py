"""How each form of the oracle is come by (``tests.access.filling``): what it says, and what happened before."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.aid.assistance.models import Publication
from linli.aid.assistance.operations import confirm_renewals, take_objection
from linli.ground.areas.models import Area
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign, close_account, create_user
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.money.awards.codes import AdjustmentState, Cause
from linli.money.awards.models import Adjustment, Award
from linli.money.awards.operations import suspend
from linli.money.ledger.operations import approve_carry_over, decline_carry_over
from linli.money.payments.models import PaymentItem
from linli.money.payments.operations import cancel, import_return
from linli.money.payments.queries import layouts
from linli.overview.planning.engine.checker import check
from linli.overview.planning.queries.versions import plan_of
from linli.overview.planning.web.presenters import finding_key
from linli.registry.newcomers.operations import refuse
from linli.registry.partners.operations import sign, turn
from linli.registry.residents.operations import NewFact, doubt_link, record_circumstances
from tests.access.filling import WORDS, Way
from tests.access.world import ROLES, Objects, World
from tests.assistance.world import NEEDY
from tests.assistance.world import World as Cases
from tests.conftest import MONDAY, Staff, at, system_act
from tests.ledger.bank import answer, statement
from tests.ledger.world import World as Money
from tests.ledger.world import inside
from tests.residents.people import id_number

YESTERDAY, LATER = MONDAY - timedelta(days=1), MONDAY + timedelta(days=300)


def hand(attribute: str) -> User:
    """One of those who made the world, over the whole district."""
    return User.objects.get(username=f"hand_{attribute}")


def deed(attribute: str, hour: int = 18) -> Act:
    """An act of one of them, before whoever asks."""
    return Act(hand(attribute), at(MONDAY, hour))


def page_of(route: str, *path: str) -> Callable[[Objects], str]:
    """The page of what the object's attributes name."""
    return lambda there: reverse(route, args=[attrgetter(one)(there) for one in path])


def file(name: str, data: bytes) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, data)


def workbook(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    """A sheet of Excel."""
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(kept)
    return file("table.xlsx", kept.getvalue())


def says(**values: Any) -> Way:
    """On its own page."""
    return Way(said=lambda _there: values)


def _code(there: Objects) -> str:
    return Area.objects.get(pk=there.fund.community_id).code


def _grid(there: Objects) -> str:
    return Area.objects.get(pk=there.household.grid_id).name


def _resident(there: Objects, place: int = 0) -> Any:
    return there.household.memberships.order_by("pk")[place].resident


# --- what happened before -----------------------------------------------------------------------------


def _another_volunteer(world: World, there: Objects) -> None:
    """Somebody else who may sit in the team."""
    user = create_user(system_act(), username="another", name="办事员")
    place = Area.objects.get(pk=there.fund.community_id).parent
    assert place is not None
    assign(system_act(), user_id=user.pk, role=Role.VOLUNTEER, area_id=place.pk, valid_from=date(2025, 1, 1))


def _objected(_world: World, there: Objects) -> Objects:
    """Somebody objected, and the family was visited again."""
    take_objection(deed("clerk", 9), application_id=there.published.pk, content="收入不实")
    _cases(there).assessed(there.published)
    return replace(there, assessed=there.published)


def _cases(there: Objects) -> Cases:
    """Whoever visits and confirms."""
    staff = Staff(**{name: hand(name) for name in ROLES})
    return Cases(None, staff, there.fund)  # type: ignore[arg-type]  # nobody is registered


def _money(there: Objects) -> Money:
    staff = Staff(**{name: hand(name) for name in ROLES})
    return Money(None, staff, there.fund)  # type: ignore[arg-type]  # nobody is registered


def _over(_world: World, there: Objects) -> None:
    """The publication has hung long enough, and where the money goes is known."""
    _cases(there).accounts(there.published.household)
    posted = Publication.objects.filter(pk=there.posted.pk)
    inside(system_act(), step=lambda _act: posted.update(last_date=YESTERDAY))


def _doubted(_world: World, there: Objects) -> None:
    doubt_link(deed("administrator"), link_id=there.link.pk, note=WORDS)


def _confirmed(_world: World, there: Objects) -> None:
    confirm_renewals(deed("clerk"), renewal_ids=[there.renewal.pk], checked_date=MONDAY, method="PHONE")  # type: ignore[arg-type]  # its code


def _suspended(_world: World, there: Objects) -> None:
    suspend(deed("director"), award_ids=[there.award.pk], effective_date=Month(2026, 4).first_day, note=WORDS)


def _review_due(_world: World, there: Objects) -> None:
    award = Award.objects.filter(pk=there.award.pk)
    inside(system_act(), step=lambda _act: award.update(review_opened_date=MONDAY, review_due_date=MONDAY))


def _adjustment(_world: World, there: Objects) -> None:
    prepare_adjustment(there)


def prepare_adjustment(there: Objects) -> None:
    """The rules say another amount than the award gives."""
    row = Adjustment(
        award=there.award,
        cause=Cause.values[0],
        cause_date=MONDAY,
        effective_date=date(2026, 4, 1),
        before_fen=there.award.amount_fen,
        after_fen=there.award.amount_fen - 10_000,
        state=AdjustmentState.REVIEW,
        found_date=MONDAY,
        **there.award.stamp.columns(),
    )
    inside(system_act(), step=lambda _act: row.save())


def _proposed(_world: World, there: Objects) -> Objects:
    """The batch is made anew: of the first one a line ended meanwhile."""
    cancel(deed("maker", 10), batch_id=there.proposed.pk, reason=WORDS)
    return replace(there, proposed=_money(there).propose(Month(2026, 3), MONDAY))


def _approved(world: World, there: Objects) -> Objects:
    there = _proposed(world, there)
    return replace(there, proposed=_money(there).approve(there.proposed, MONDAY))


def _on_its_way(world: World, there: Objects) -> Objects:
    there = _approved(world, there)
    return replace(there, released=_money(there).release(there.proposed, MONDAY))


def _returned(world: World, there: Objects) -> Objects:
    """The bank could not pay one line."""
    there = _on_its_way(world, there)
    data = answer(there.released, returned=[1], on=MONDAY)
    layout = layouts()[there.released.layout_code]
    import_return(deed("releaser"), batch_id=there.released.pk, data=data, layout=layout)
    return there


def _cancelled(_world: World, there: Objects) -> None:
    cancel(deed("maker"), batch_id=there.proposed.pk, reason=WORDS)


def _more_money(_world: World, there: Objects) -> None:
    _money(there).receive("GOV", 50_000_000, MONDAY)


def _of_last_year(_world: World, there: Objects) -> Objects:
    """What was proposed to be carried over is not."""
    decline_carry_over(deed("street_officer", 10), carry_over_id=there.carry_over.pk, reason=WORDS)
    return replace(there, fund=there.carry_over.source.fund)


def _registered(_world: World, there: Objects) -> None:
    """What the rules ask is known of the family."""
    people = [row.resident_id for row in there.award.household.memberships.all()]
    facts = [
        NewFact(code, value, "申请人申报", date(2026, 1, 2), resident_id=pk)
        for pk in people
        for code, value in NEEDY.items()
    ]
    record_circumstances(deed("clerk", 10), facts=facts)


def _carried(_world: World, there: Objects) -> None:
    approve_carry_over(deed("street_officer"), carry_over_id=there.carry_over.pk)


def _running(_world: World, there: Objects) -> None:
    """Signed, and its first day has come."""
    sign(deed("director"), agreement_id=there.agreement.pk)
    agreement = type(there.agreement).objects.filter(pk=there.agreement.pk)
    inside(system_act(), step=lambda _act: agreement.update(valid_from=MONDAY))
    turn(system_act())


def _refused(_world: World, there: Objects) -> None:
    refuse(deed("clerk"), request_id=there.request.pk, note=WORDS)


def _closed(_world: World, _there: Objects) -> None:
    close_account(deed("administrator"), user_id=User.objects.get(username="clerk").pk, reason=WORDS)


# --- the forms ----------------------------------------------------------------------------------------
_MONTH = {"effective_date": "2026-04"}


def _account(there: Objects) -> dict[str, Any]:
    who = _resident(there)
    return {
        "unit_key": there.household.number,
        "holder_name": who.name,
        "relation": "MEMBER",
        "bank_name": "江畔银行",
        "holder_number": who.number,
        "account_number": "6222000012345671",
    }


def _households(there: Objects) -> dict[str, Any]:
    man = id_number(date(1951, 5, 1), 77, male=True)
    header = "户序号,楼栋或网格,门牌,姓名,与户主关系,性别,出生日期,身份证号,电话"
    row = f"1,{_grid(there)},1 单元 101,郑和平,户主,男,1951-05-01,{man},13800138000"
    return {"file": file("households.csv", f"{header}\n{row}".encode("utf-8-sig"))}


def _home(there: Objects) -> dict[str, Any]:
    return {
        "area_id": _grid(there),
        "m0-name": "郑和平",
        "m0-relation": "HEAD",
        "m0-id_number": id_number(date(1951, 5, 1), 78, male=True),
        "opened_date": MONDAY.isoformat(),
    }


def _findings(there: Objects) -> dict[str, Any]:
    """Each accepted by itself."""
    return {"accepted": [finding_key(one.code, one.subject) for one in check(plan_of(there.version))]}


def _statement(there: Objects) -> dict[str, Any]:
    return {
        "fund": there.fund.pk,
        "month": "2026-01",
        "statement": file("bank.csv", statement(there.fund, Month(2026, 1))),
    }


def _lines(there: Objects) -> dict[str, Any]:
    item = PaymentItem.objects.filter(batch=there.released).order_by("seq")[0]
    return {
        "back-lines": f"{there.released.number}-{item.seq:04}",
        "back-reason": WORDS,
        "back-bank_date": MONDAY.isoformat(),
    }


def _back() -> list[int]:
    return [PaymentItem.objects.filter(state="RETURNED").latest("pk").pk]


WAYS: Mapping[str, Way] = {
    "account_confirm": Way(page=page_of("account_list")),
    "account_link": Way(said=lambda there: {"username": "unlinked", "number": _resident(there, 1).number}),
    "account_new": Way(said=_account),
    "account_unmask": says(purpose="BANK"),
    "adjustment_list:dismiss": Way(
        deed="dismiss",
        before=_adjustment,
        ticked=lambda _there: [Adjustment.objects.latest("pk").pk],
        said=lambda _: {"note": WORDS},
    ),
    "agreement_new": Way(
        said=lambda there: {
            "community_id": there.fund.community_id,
            "valid_until": LATER.isoformat(),
            "review_date": (LATER - timedelta(days=90)).isoformat(),
            "PLACE": "4",
        }
    ),
    "agreement_step:end": Way(page=page_of("agreement_detail", "agreement.number"), deed="end"),
    "agreement_step:renew": Way(
        page=page_of("agreement_detail", "agreement.number"),
        deed="renew",
        before=_running,
        said=lambda _there: {"valid_until": "2028-03-01"},
    ),
    "agreement_step:review": Way(
        page=page_of("agreement_detail", "agreement.number"),
        deed="review",
        before=_running,
        said=lambda _there: {"review_date": (LATER - timedelta(days=60)).isoformat()},
    ),
    "agreement_step:sign": Way(page=page_of("agreement_detail", "agreement.number"), deed="sign"),
    "application_bulk:accept": Way(deed="accept", ticked=lambda there: [there.received.pk]),
    "application_bulk:grant": Way(deed="grant", ticked=lambda there: [there.published.pk], before=_over),
    "application_bulk:opinion": Way(deed="opinion", ticked=lambda there: [there.assessed.pk]),
    "application_bulk:publish": Way(deed="publish", ticked=lambda there: [there.reviewed.pk]),
    "application_bulk:review": Way(deed="review", ticked=lambda there: [there.opined.pk]),
    "application_deed:answer-objection": Way(before=_objected),
    "application_deed:change-team": Way(
        before=_another_volunteer, said=lambda _there: {"VOLUNTEER": User.objects.get(username="another").pk}
    ),
    "application_deed:grant": Way(before=_over),
    "application_new": Way(
        query=lambda there: f"?household={there.household.number}",
        page=lambda there: reverse("application_new") + f"?household={there.household.number}",
        said=lambda _there: {"groups": ["LOW_INCOME"]},
    ),
    "application_papers:waive": says(
        **{
            "LOW_INCOME_CERTIFICATE-state": "WAIVED",
            "LOW_INCOME_CERTIFICATE-note": WORDS,
            "LOW_INCOME_CERTIFICATE-issued_date": "",
        }
    ),
    "application_papers": says(**{"LOW_INCOME_CERTIFICATE-state": "MISSING", "LOW_INCOME_CERTIFICATE-issued_date": ""}),
    "area_import": Way(
        said=lambda there: {
            "file": workbook(
                ("区划代码", "级别", "名称", "上级代码"), (f"{_code(there)}-G8", "网格", "第八网格", _code(there))
            )
        }
    ),
    "area_new": Way(said=lambda there: {"parent": _code(there), "code": f"{_code(there)}-G9", "name": "第九网格"}),
    "area_office": says(telephone="0571-5550123", address="和平路 1 号"),
    "area_rename": says(name="新名社区"),
    "assessment_sheet:declare": Way(deed="declare"),
    "assignment_end": says(valid_until=MONDAY.isoformat()),
    "assignment_new": Way(said=lambda there: {"role": "VOLUNTEER", "area": _code(there)}),
    "award_amount": says(**_MONTH, amount="400.00"),
    "award_end": says(reason="INCOME", note=WORDS),
    "award_recalculate": Way(before=_registered),
    "award_resume": Way(before=_suspended, said=lambda _there: _MONTH),
    "award_review": Way(before=_review_due),
    "award_suspend": says(**_MONTH),
    "batch_approve": Way(page=page_of("batch_detail", "proposed.number"), deed="approve", before=_proposed),
    "batch_came_back": Way(page=page_of("batch_detail", "released.number"), deed="came_back", said=_lines),
    "batch_cancel": Way(page=page_of("batch_detail", "proposed.number"), deed="cancel"),
    "batch_file": Way(),
    "batch_new": Way(before=_cancelled, said=lambda there: {"fund": there.fund.pk, "month": "2026-03"}),
    "batch_release": Way(page=page_of("batch_detail", "proposed.number"), deed="release", before=_approved),
    "carry_over_list": Way(said=lambda there: {"amount": "2.00"}, before=_of_last_year),
    "carry_over_step:approve": Way(page=page_of("carry_over_detail", "carry_over.number"), deed="approve"),
    "carry_over_step:decline": Way(page=page_of("carry_over_detail", "carry_over.number"), deed="decline"),
    "carry_over_step:reverse": Way(
        page=page_of("carry_over_detail", "carry_over.number"), deed="reverse", before=_carried
    ),
    "excess_new": says(amount="100.00"),
    "proposal_step:confirm": Way(page=page_of("proposal_detail", "proposal.number"), deed="confirm"),
    "proposal_step:refuse": Way(page=page_of("proposal_detail", "proposal.number"), deed="refuse"),
    "fact_new": says(code="monthly_income_fen", value="900.00"),
    "fee_new": says(amount="1.00"),
    "fund_open": Way(said=lambda there: {"community": there.fund.community_id}),
    "guardian_new": says(kind="PROXY", guardian_name="王强"),
    "household_import": Way(said=_households),
    "household_move": Way(said=lambda there: {"area_id": _grid(there)}),
    "household_move_correct": says(what="NOT_HAPPENED"),
    "household_new": Way(said=_home),
    "identification_new": says(how="CENSUS"),
    "inflow_new": says(amount="100.00"),
    "journal_correct": Way(before=_more_money),
    "kinship_new": Way(said=lambda there: {"kin_number": _resident(there, 1).number, "relation": "SIBLING"}),
    "letter_detail": says(receipt="王某"),
    "letter_list": Way(deed="deliver", ticked=lambda there: [there.letter.pk], said=lambda _there: {"receipt": "王某"}),
    "member_new": Way(
        said=lambda _there: {
            "name": "王小明",
            "relation": "CHILD",
            "id_number": id_number(date(2001, 5, 1), 79, male=True),
        }
    ),
    "newcomer_ask": Way(said=lambda there: {"community_id": there.fund.community_id}),
    "plan_adopt": Way(page=page_of("plan_version", "version.number"), said=_findings),
    "plan_version_new": Way(
        page=lambda there: reverse("plan_check") + f"?community={_code(there)}",
        query=lambda there: f"?community={_code(there)}",
    ),
    "link_step:doubt": Way(page=page_of("link_detail", "link.number"), deed="doubt"),
    "link_step:keep": Way(page=page_of("link_detail", "link.number"), deed="keep", before=_doubted),
    "link_step:end": Way(page=page_of("link_detail", "link.number"), deed="end", before=_doubted),
    "print_signs": says(sign="𠮷", print_as="吉"),
    "publication_detail:prepared": says(proof_note="社区公告栏"),
    "receivable_recover": Way(page=page_of("receivable_list")),
    "receivable_waive": Way(page=page_of("receivable_list")),
    "reconcile": Way(said=_statement),
    "renewal_detail:reapply": Way(deed="reapply"),
    "renewal_detail:end": Way(deed="end"),
    "request_step:confirm": Way(
        page=page_of("request_detail", "request.number"),
        deed="confirm",
        said=lambda there: {"household": there.household.number},
    ),
    "request_step:refuse": Way(page=page_of("request_detail", "request.number"), deed="refuse"),
    "request_step:reopen": Way(page=page_of("request_detail", "request.number"), deed="reopen", before=_refused),
    "resident_correct": says(name="王建军"),
    "resident_death": says(died_date=MONDAY.isoformat()),
    "resident_departure": says(what="NOT_HAPPENED"),
    "resident_move": Way(said=lambda there: {"household_number": there.moved_household.number}),
    "unmask_field": says(purpose="IDENTITY"),
    **{
        f"access_step:{code}": Way(page=page_of("access_detail", "access.number"), deed=code)
        for code in ("confirm", "refuse", "withdraw")
    },
    **{
        f"looks_step:{code}": Way(page=page_of("looks_detail", f"{which}.number"), deed=code.replace("-", "_"))
        for which, codes in {
            "looks": ("allow", "refuse"),
            "opened": ("find-right", "question"),
            "doubted": ("settle",),
        }.items()
        for code in codes
    },
    "denial_settle": says(note=WORDS),
    "user_recovery": says(reason=WORDS),
    "user_close": says(reason=WORDS),
    "user_new": Way(said=lambda there: {"username": "newcomer", "name": "新人", "area": _code(there)}),
    "user_reopen": Way(before=_closed),
    "working_days_load": Way(
        deed="check", said=lambda _there: {"step": "save", "source": "国务院办公厅通知", "off_weekdays": "2027-01-01"}
    ),
    "batch_return": Way(
        page=page_of("batch_detail", "released.number"),
        deed="return",
        before=_on_its_way,
        said=lambda there: {"file": file("bank.txt", answer(there.released, on=MONDAY))},
    ),
    "returned_list:reissue": Way(deed="reissue", before=_returned, ticked=lambda _there: _back()),
    "returned_list:write_off": Way(
        deed="write_off", before=_returned, ticked=lambda _there: _back(), said=lambda _there: {"reason": WORDS}
    ),
}
