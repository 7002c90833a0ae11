"""The acts on awards, payee accounts and receivables."""

from linli.money.awards.operations.accounts import (
    AccountIncomplete,
    AccountMalformed,
    AccountNotFound,
    AccountNotWritable,
    AccountTooLong,
    AccountUnchanged,
    confirm_account,
    propose_account,
    recompute_holds,
    stop_accounts,
    unmask_account,
)
from linli.money.awards.operations.changes import (
    Ending,
    MonthAlreadySettled,
    NotMonthStart,
    OutsidePeriod,
    end,
    propose_amount,
    resume,
    suspend,
)
from linli.money.awards.operations.grants import (
    AwardOverlapping,
    Grant,
    MembersMissing,
    PayeeAccountMissing,
    PeriodEmpty,
    grant,
)
from linli.money.awards.operations.holders import (
    AccountShared,
    HolderDead,
    HolderGone,
    HolderUnknown,
    HolderUnstated,
    NewAccount,
    ProxyPaperMissing,
)
from linli.money.awards.operations.months import TakenMonth, give_back_months, pay_months, take_months, unpay_months
from linli.money.awards.operations.nightly import redetermine_all
from linli.money.awards.operations.receivables import (
    claim_again,
    claims_of,
    propose_recovery,
    propose_waiver,
    recover_returned,
)
from linli.money.awards.operations.redetermining import (
    AdjustmentClosed,
    adopt_adjustments,
    dismiss_adjustments,
    recalculate,
    redetermine,
)
from linli.money.awards.operations.sweeps import (
    ReviewNotDue,
    complete_review,
    end_departed,
    expire_awards,
    fall_due_reviews,
)
from linli.money.awards.steps import AdjustmentIncomplete
