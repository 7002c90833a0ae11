"""What came back after it was paid, as the second person compares it with the bank's paper."""

from collections.abc import Iterator

from django.utils.translation import gettext, pgettext

from linli.foundation.data.scope import within
from linli.foundation.screens.texts import day_text, joined_by_dot, month_text
from linli.ground.users.queries import Authority
from linli.money.ledger.models import Proposal
from linli.money.payments.models import PaymentItem


def whose_line(person: Authority, row: Proposal) -> list[tuple[object, object]]:
    """Whose payment a proposal says came back, of those within the reader's reach: what the second hand compares with
    the bank's paper.
    """
    rows = within(PaymentItem.objects.select_related("award", "account"), person.scope(), prefix="batch__")
    item = rows.filter(pk=row.target_id).first()
    if item is None:
        return []
    account = item.account
    return [
        (gettext("领取人"), joined_by_dot(item.unit_key, person.named(row.stamp, account.holder_name))),
        (pgettext("one", "待遇"), item.award.number),
        (gettext("发放月份"), month_text(item.month_date)),
        (gettext("收款银行和账号"), joined_by_dot(account.bank_name, f"**** {account.account_last4}")),
        (gettext("付讫日期"), day_text(item.paid_date)),
    ]


def words_of_lines(community_id: int | None) -> Iterator[tuple[str, str]]:
    """What the bank or somebody said of each payment of a community that came back after it was paid, by the reference
    of its line: a journal has no room for what many lines say.
    """
    rows = PaymentItem.objects.filter(batch__fund__community_id=community_id, paid_date__isnull=False)
    told = rows.exclude(return_text="").order_by("pk").values_list("batch__number", "seq", "return_text")
    for number, seq, text in told:
        yield f"{number}-{seq:04d}", text
