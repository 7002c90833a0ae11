"""The acts on awards, payee accounts and receivables."""

from linli.awards.operations.accounts import (
    AccountIncomplete,
    AccountMalformed,
    AccountNotProposed,
    AccountUnchanged,
    NewAccount,
    confirm_account,
    propose_account,
    unmask_account,
)
from linli.awards.operations.changes import (
    Ending,
    MonthAlreadySettled,
    NotMonthStart,
    OutsidePeriod,
    StaleAward,
    StateNotFitting,
    change_amount,
    end,
    resume,
    suspend,
)
from linli.awards.operations.grants import (
    AwardOverlapping,
    Grant,
    MembersMissing,
    PayeeAccountMissing,
    PeriodEmpty,
    grant,
)
from linli.awards.operations.months import TakenMonth, give_back_months, pay_months, take_months
from linli.awards.operations.receivables import ReceivableClosed, recover, waive
from linli.awards.operations.sweeps import ReviewNotDue, complete_review, end_departed, fall_due_reviews

__all__ = [
    "AccountIncomplete",
    "AccountMalformed",
    "AccountNotProposed",
    "AccountUnchanged",
    "AwardOverlapping",
    "Ending",
    "Grant",
    "MembersMissing",
    "MonthAlreadySettled",
    "NewAccount",
    "NotMonthStart",
    "OutsidePeriod",
    "PayeeAccountMissing",
    "PeriodEmpty",
    "ReceivableClosed",
    "ReviewNotDue",
    "StaleAward",
    "StateNotFitting",
    "TakenMonth",
    "change_amount",
    "complete_review",
    "confirm_account",
    "end",
    "end_departed",
    "fall_due_reviews",
    "give_back_months",
    "grant",
    "pay_months",
    "propose_account",
    "recover",
    "resume",
    "suspend",
    "take_months",
    "unmask_account",
    "waive",
]
