"""A batch as a sheet to sign."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, pgettext

from linli.foundation.files.documents import render_sheet, sheet_table
from linli.foundation.screens.exporting import download
from linli.foundation.screens.texts import day_text, moment_text, money_text, month_text, pack_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.money import capital_amount
from linli.money.awards.queries import programme_labels
from linli.money.payments import queries
from linli.money.payments.web.desk import batch_or_404, reading
from linli.money.payments.web.presenters import hands


@reading
def batch_paper(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The batch on paper: sums in figures and capitals, by programme and source, three names to sign beside."""
    batch, labels = batch_or_404(desk, number), programme_labels(desk.on)
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for programme, source, fen in queries.line_sums(batch.pk):
        count, total = sums.get((programme, source), (0, 0))
        sums[programme, source] = (count + 1, total + fen)
    table = sheet_table(
        gettext("按项目和资金来源"),
        [gettext("项目"), gettext("来源"), gettext("笔数"), gettext("金额")],
        [
            [pack_text(labels.get(programme, programme)), source, str(count), fen]
            for (programme, source), (count, fen) in sorted(sums.items())
        ],
        [2, 3],
    )
    data = render_sheet(
        gettext("资金发放审批表"),
        number,
        batch.fund.name,
        day_text(desk.on),
        [
            (gettext("发放月份"), month_text(batch.month_date)),
            (pgettext("batch", "类别"), str(batch.get_kind_display())),
            (gettext("金额（小写）"), money_text(batch.total_fen)),
            (gettext("金额（大写）"), capital_amount(batch.total_fen)),
            (gettext("笔数"), str(batch.items_count)),
            (gettext("状态"), str(batch.get_state_display())),
            *((hand["label"], f"{hand['by']} {moment_text(hand['at'])}".strip()) for hand in hands(batch)[:3]),
        ],
        [table],
        [
            gettext("签名：经办 __________  复核 __________  放款 __________"),
            gettext("明细摘要 %(digest)s：明细有任何变动，摘要即不同。") % {"digest": batch.lines_digest},
        ],
    )
    return download(data, f"{number}.pdf", "application/pdf")
