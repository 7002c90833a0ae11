"""The acts on money, and the help this room gives to acts of the rooms above."""

from linli.money.ledger.operations.carrying import (
    CarryOverNotFound,
    CarryOverWaiting,
    MoneyNotRestricted,
    MoreThanUnspent,
    NextFundMissing,
    PurposeDiffers,
    YearNotOver,
    approve_carry_over,
    decline_carry_over,
    propose_carry_over,
    reverse_carry_over,
)
from linli.money.ledger.operations.fees import (
    FeeAlike,
    FeeBooked,
    FeeOnRestrictedMoney,
    FeePaperMissing,
    book_fee,
)
from linli.money.ledger.operations.flows import (
    Flow,
    LineMisused,
    Promise,
    RestrictedMoneyMisused,
    Spending,
    accrue,
    commit,
    hold_fund,
    raise_receivable,
    recover_receivable,
    release_commitment,
    return_,
    reverse_accrual,
    send,
    settle,
    take_back,
    waive_receivable,
)
from linli.money.ledger.operations.funds import (
    DateOutsideYear,
    EarlierMonthOpen,
    FundExists,
    FundMalformed,
    JournalAlreadyCorrected,
    JournalNotCorrectable,
    MonthAlreadyLocked,
    MonthNotOver,
    NewLine,
    NewSource,
    ReferenceMissing,
    Undoing,
    correct,
    lock_month,
    may_undo,
    open_fund,
    propose_excess,
    undoings,
)
from linli.money.ledger.operations.inflows import (
    PaperMissing,
    propose_inflow,
    receive_inflow,
)
from linli.money.ledger.operations.posting import (
    AccountOverdrawn,
    AccountUnknown,
    AmountNotPositive,
    BudgetExhausted,
    FundsExhausted,
    MonthLocked,
    post,
)
from linli.money.ledger.operations.proposing import (
    Asked,
    Kind,
    ProposalStale,
    ProposalWaiting,
    confirm_proposal,
    kinds,
    put_forward,
    refuse_proposal,
    withdraw_proposal,
)
from linli.money.ledger.operations.slips import (
    Back,
    InflowAlike,
    InflowBooked,
    MoneyAlike,
    SlipTwice,
    check_came_back_once,
    check_told_apart,
    words_kept,
)
from linli.money.ledger.rules.digests import Entry
