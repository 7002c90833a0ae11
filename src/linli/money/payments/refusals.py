"""Every way this room says no."""

from collections.abc import Sequence

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from linli.kernel.errors import DomainError, gettext_noop
from linli.kernel.marks import apart

# Why a row of a bank's file cannot be read; filled in by ``because`` in the language of whoever is refused.
FILE_EMPTY = gettext_noop("文件里没有内容")
TOO_MANY_ROWS = gettext_noop("超过 %(limit)s 行")
WRONG_WIDTH = gettext_noop("该行有 %(found)s 个字节，应有 %(expected)s 个")
WRONG_COLUMNS = gettext_noop("该行有 %(found)s 列，应有 %(expected)s 列")
WRONG_MARK = gettext_noop("该行应以“%(mark)s”标记")
WRONG_ENCODING = gettext_noop("文字不是 %(encoding)s 编码")
UNKNOWN_CODE = gettext_noop("结果代码“%(text)s”不在银行文件格式中")
CONTROLS = gettext_noop("该行含有控制字符")
NO_LINES = gettext_noop("文件只有首尾行，没有明细行")
TOO_LARGE = gettext_noop("文件超过 %(limit)s MB")
# What the reader of lines says, by its codes.
LINE_FAULTS = {
    "width": WRONG_WIDTH,
    "columns": WRONG_COLUMNS,
    "encoding": WRONG_ENCODING,
    "controls": CONTROLS,
    "empty": FILE_EMPTY,
    "none": NO_LINES,
    "many": TOO_MANY_ROWS,
    "large": TOO_LARGE,
}
# By how the layout says that the account stands there. What stood there instead is not repeated: it may be a number.
WRONG_ACCOUNT = {
    "WHOLE": gettext_noop("账号不是完整的数字账号：须为半角数字，不能有空格、横线或星号"),
    "MASKED": gettext_noop("账号应为星号后加末四位"),
    "LAST_FOUR": gettext_noop("账号应为末四位数字"),
}
# Whether the layout writes fen.
WRONG_AMOUNT = {
    True: gettext_noop("金额“%(text)s”应为以分为单位的半角数字，不能有小数点、逗号或空格"),
    False: gettext_noop("金额“%(text)s”应为元，最多两位小数，须为半角数字，不能有逗号或空格"),
}
WRONG_VALUE = gettext_noop("“%(text)s”不是应有的数字、金额或日期")
WRONG_HEADINGS = gettext_noop("表头应为：%(expected)s")
BEYOND_HEADER = gettext_noop(
    "该行内容比表头多，各格可能已经错位；文字里有逗号等分隔符的，请给该格加上英文双引号，或另存为 .xlsx"
)
WRONG_BALANCE = gettext_noop("余额与上一行的余额和本行的收支不符")


def _filled(text: str, /, **details: object) -> str:
    return gettext(text) % details


because = lazy(_filled, str)


class FieldTooLong(DomainError):
    """A text does not fit the bank's column."""

    message = _("“%(text)s”超出银行文件的列宽或含有分隔符")


class TextNotEncodable(DomainError):
    """A character does not exist in the bank's encoding."""

    message = _("“%(text)s”含有银行编码 %(encoding)s 中没有的字")


class ReturnMalformed(DomainError):
    """The bank's answer cannot be read."""

    message = _("回盘文件第 %(row)s 行无法识别：%(reason)s")


class ReturnRowsRefused(DomainError):
    """Several rows of the bank's answer are wrong; nothing of it was booked."""

    message = _("回盘文件没有入账，共 %(count)s 行有误：%(rows)s")


# Rows named in one sentence.
_NAMED = 10


def refused_by_row(errors: Sequence[DomainError]) -> DomainError:
    """The refusal of a file: that of its one wrong row, or one that names every row, the first ten in words."""
    if len(errors) == 1:
        return errors[0]
    ordered = sorted(errors, key=lambda error: error.details["row"])  # type: ignore[arg-type,return-value]  # a number
    return ReturnRowsRefused(count=len(ordered), rows=_told(tuple(ordered[:_NAMED])))


def _sentences(errors: Sequence[DomainError]) -> str:
    return apart(errors, get_language())


_told = lazy(_sentences, str)


class ReturnTotalsDiffer(DomainError):
    """Count or total in the file is not that of its lines."""

    message = _("文件所列笔数或金额与明细不符")


class ReturnOfOtherBatch(DomainError):
    """The file answers another batch."""

    message = _("回盘文件属于批次 %(found)s，不是 %(number)s")


class ReturnRowUnknown(DomainError):
    """A row answers no line of the batch, or another account or amount."""

    message = _("回盘文件第 %(row)s 行（%(reference)s）与本批次的发放明细不符")


class ReturnRowTwice(DomainError):
    """A line is answered once."""

    message = _("回盘文件第 %(row)s 行（%(reference)s）重复")


class ReturnRowSettled(DomainError):
    """The line was answered by an earlier file."""

    message = _("回盘文件第 %(row)s 行（%(reference)s）此前已入账")


class ReturnRepeated(DomainError):
    """The same file came again."""

    message = _("该回盘文件已导入过")


class ReturnDateWrong(DomainError):
    """The bank answers between the release and today."""

    message = _("回盘日期 %(date)s 不在放款日与今天之间")


class BatchOpen(DomainError):
    """A fund has one batch under way at a time, so that its money is counted once."""

    message = _("批次 %(number)s 尚未放款，请先办结或撤销")


class NothingDue(DomainError):
    """No line can be paid."""

    message = _("没有可发放的明细：另有 %(waiting)s 笔等待资金或账户")


class NothingLeft(NothingDue):
    """No line is due any more: all of it is in a batch, or was never due."""

    message = _("%(month)s及以前没有还未列入批次的应发明细，没有可发放的")


class MonthNotPayable(DomainError):
    """A month is paid in its fund's year, once it has begun."""

    message = _("%(month)s 尚未开始，或不属于该资金年度")


class DigestDiffers(DomainError):
    """What is approved is exactly what the checker saw."""

    message = _("批次 %(number)s 的明细与您看到的不一致，请重新打开核对")


class BatchStale(DomainError):
    """Lines changed since the proposal: cancel and propose again."""

    message = _("以下明细在提交后发生变化，请撤销批次后重新提交：%(lines)s")


class ItemNotReturned(DomainError):
    """Only a returned payment is re-issued or written off."""

    message = _("所选明细不是退回款项")


class ItemNotPaid(DomainError):
    """Only what the bank paid can come back after it was paid."""

    message = _("没有找到已付讫的明细：请填写银行摘要中的明细编号")


class ClaimSettled(DomainError):
    """What was claimed back is back already: the same money does not come twice."""

    message = _("%(lines)s 已列为多付并已收回，请先与银行核对是否重复退回")


class NoLongerDue(DomainError):
    """What came back is sent again only if it is still due."""

    message = _("以下退回款项已不应发放，不能重发，请办理“不再发放”：%(lines)s")


class AlreadyReissued(DomainError):
    """A returned payment is re-issued once."""

    message = _("%(units)s 的退回款项已重新发放")


class AccountNotUsable(DomainError):
    """There is no confirmed account that may be used today."""

    message = _("%(units)s 没有可用的收款账户（未确认或变更后尚在保护期）")


class AccountUncorrected(DomainError):
    """What came back is not sent to the same account again: somebody writes another down, or this one anew, first."""

    message = _(
        "%(units)s 的收款账户自退回以来没有更正，重发还会退回。请先登记更正后的账户；核对后账户无误的，"
        "写明核对依据重新登记，由另一人确认"
    )


class RowsForged(DomainError):
    """Rows that the batch pays by are not as the last act left them: nothing is released, the auditor looks."""

    message = _(
        "批次 %(number)s 未放款：%(rows)s 不是经办理写入的，数据库可能被直接改动过。请立即告知审计人员，"
        "由其运行 linli audit verify 核查"
    )


class StatementMalformed(DomainError):
    """The bank statement cannot be read."""

    message = _("银行对账单第 %(row)s 行无法识别：%(reason)s")


class StatementOfOtherDays(DomainError):
    """A month is compared with the bank's bookings of that month."""

    message = _("银行对账单第 %(row)s 行的日期 %(day)s 不在 %(month)s 内，请上传该月的对账单")


class StatementOfNoDay(DomainError):
    """A statement that names no day of the month says nothing of it: the same file would lock any month."""

    message = _(
        "银行对账单中没有%(month)s的记录，不能据此锁定该月。该月没有收支的，请上传有该月余额的对账单：一行，"
        "日期在该月内（如月末），收入和支出不填，余额照银行所列"
    )


class StatementDiffers(DomainError):
    """Books and bank disagree. ``missing`` is every booking that the bank's statement lacks, and every one that the
    books lack: (reference, fen).
    """

    message = _("账面与银行对账单不符：%(differences)s")


class StillInTransit(DomainError):
    """A month is reconciled when the bank has answered everything sent in it."""

    message = _("批次 %(numbers)s 仍有在途款项，不能对账锁定")
