"""What waits for a person, from every room, in one list; and the audit trail of the person's areas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.areas.queries import ids_within
from linli.assistance.queries.worklist import WorkItem, work_items
from linli.awards.queries import proposed_accounts, reviews_due
from linli.foundation.trail import audit
from linli.foundation.trail.audit import AuditLine
from linli.kernel.masking import mask_name
from linli.payments.codes import BatchState
from linli.payments.queries import batches
from linli.policies.queries import work_calendar
from linli.residents.queries import head_names
from linli.users.codes import Role
from linli.users.queries import Authority
from linli.users.queries import names as user_names
from linli.workbench.codes import SUBJECTS

LIMIT = 200
_HANDS: Mapping[str, tuple[Role, object, object]] = {
    BatchState.PROPOSED: (Role.FINANCE_CHECKER, _("复核发放批次"), _("经办已提出,等待另一人复核")),
    BatchState.APPROVED: (Role.FINANCE_RELEASER, _("放款"), _("已复核,等待第三人放款")),
    BatchState.RELEASED: (Role.FINANCE_RELEASER, _("导入银行回盘"), _("银行文件已发出,等待回盘")),
}


@dataclass(frozen=True)
class Todo:
    """One row of my work. ``url`` is the name and arguments of the page that does it."""

    title: object
    subject: str
    who: str
    place: str
    because: object
    url: tuple[str, tuple[object, ...]]
    colour: str = ""  # GREEN, AMBER, RED, PAUSED, or "" when no law sets a date
    days_left: int = 0
    due_date: date | None = None
    provisional: bool = False
    article: str = ""
    kind: str = ""


def waiting(authority: Authority, on: date) -> list[Todo]:
    """Everything that waits for the person, by legal deadline; what has none comes last."""
    rows = [
        *(_case(item) for item in work_items(authority.scope(), authority, on)),
        *_reviews(authority, on),
        *_accounts(authority),
        *_batches(authority),
    ]
    return sorted(rows, key=lambda row: (row.due_date or date.max, row.subject))


def trail(
    authority: Authority, *, subject: str = "", before: int = 0, day: date | None = None, limit: int = audit.PAGE
) -> Sequence[AuditLine]:
    """The newest audit entries of the areas where the person is auditor, names filled in; narrowed to a day.

    ``subject`` may be the whole key ("application:JZ-2026-0001") or the number alone, as people know it.
    """
    chains = ids_within(authority.scope(Role.AUDITOR))
    subjects = [subject, *(f"{kind}:{subject}" for kind in SUBJECTS)] if subject else []
    lines = audit.lines(chains, subjects=subjects, before=before, day=day, limit=limit)
    names = user_names(line.actor_id for line in lines)
    return [line.named(names.get(line.actor_id or 0, "")) for line in lines]


def _case(item: WorkItem) -> Todo:
    seat = item.assessment_id is not None
    return Todo(
        item.step.label,
        item.number,
        item.applicant,
        item.place,
        item.deadline or item.because,
        ("assessment_sheet", (item.assessment_id,)) if seat else (item.page, (item.number,)),
        item.colour,
        item.days_left,
        item.due_date,
        item.provisional,
        item.article,
        item.step.value,
    )


def _reviews(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(Role.COMMUNITY_DIRECTOR)
    if not scope:
        return
    calendar = work_calendar()
    awards = list(reviews_due(scope).select_related("household"))
    heads = head_names(award.household_id for award in awards)
    left: dict[date, int] = {}  # many reviews fall due on the same day
    for award in awards:
        due = award.review_due_date
        if due is None:
            continue
        if due not in left:
            left[due] = calendar.working_days_between(on, due)
        yield Todo(
            _("定期复核"),
            award.number,
            mask_name(heads.get(award.household_id, "")),
            award.unit_key,
            _("到了复核日期"),
            ("award_detail", (award.number,)),
            "RED" if due < on else "AMBER",
            left[due],
            due,
            kind="REVIEW_AWARD",
        )


def _accounts(authority: Authority) -> Iterator[Todo]:
    scope = authority.scope(Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
    if not scope:
        return
    for account in proposed_accounts(scope)[:LIMIT]:
        if account.proposed_by_id != authority.user_id:
            yield Todo(
                _("确认收款账户"),
                account.unit_key,
                mask_name(account.holder_name),
                "",
                _("由另一人登记,确认后才能发放"),
                ("account_list", ()),
                kind="ACCOUNT",
            )


def _batches(authority: Authority) -> Iterator[Todo]:
    for state, (role, title, because) in _HANDS.items():
        scope = authority.scope(role)
        if not scope:
            continue
        for batch in batches(scope, state=state)[:LIMIT]:
            if authority.user_id not in (batch.maker_id, batch.checker_id) or state == BatchState.RELEASED:
                yield Todo(title, batch.number, "", "", because, ("batch_detail", (batch.number,)), kind="BATCH")
