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
from linli.users.codes import Role
from linli.users.queries import Authority
from linli.users.queries import names as user_names

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


def trail(authority: Authority, *, subject: str = "", before: int = 0) -> Sequence[AuditLine]:
    """The newest audit entries of the areas where the person is auditor, names filled in."""
    chains = ids_within(authority.scope(Role.AUDITOR))
    lines = audit.lines(chains, subject=subject, before=before, limit=LIMIT // 4)
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
        ("assessment_sheet", (item.assessment_id,)) if seat else ("application_detail", (item.number,)),
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
    for award in reviews_due(scope).select_related("household")[:LIMIT]:
        if award.review_due_date is None:
            continue
        late = award.review_due_date < on
        yield Todo(
            _("定期复核"),
            award.number,
            award.unit_key,
            "",
            _("到了复核日期"),
            ("award_detail", (award.number,)),
            "RED" if late else "AMBER",
            0,
            award.review_due_date,
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
