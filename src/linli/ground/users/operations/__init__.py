"""Acts on accounts, assignments and territory."""

from linli.ground.users.operations.access import (
    AccessAsked,
    AccessOfClosed,
    AccountNotActive,
    AccountNowhere,
    OneIsEnough,
    confirm_recovery,
    confirm_role,
    propose_recovery,
    propose_role,
    refuse_access,
    start_half,
    withdraw_access,
)
from linli.ground.users.operations.accounts import (
    AccountNameMissing,
    AccountStateReached,
    UsernameMalformed,
    UsernameTaken,
    close_account,
    create_user,
    end_session,
    end_sessions,
    reopen_account,
)
from linli.ground.users.operations.assignments import (
    AssignmentInPast,
    AssignmentOver,
    LastAdministrator,
    PeriodEmpty,
    RoleHeld,
    TwoNeeded,
    assign,
    earliest_of,
    end_assignment,
)
from linli.ground.users.operations.factors import (
    FactorGuessed,
    FactorKnown,
    FactorNameMissing,
    FactorWrong,
    LastFactor,
    PasskeyRefused,
    enrol_passkey,
    enrol_totp,
    note_failure,
    prove,
    remove_factor,
)
from linli.ground.users.operations.looking import (
    PurposeUnknown,
    allow_looks,
    ask_for_looks,
    find_looks_right,
    question_looks,
    refuse_looks,
    settle_looks,
    withdraw_looks,
)
from linli.ground.users.operations.notices import (
    DenialSettled,
    NobodyElseSettles,
    NoticeAnswered,
    SettledByAnother,
    answer_notices,
    settle_denial,
)
from linli.ground.users.operations.passwords import (
    PasswordGuessed,
    PasswordUnchanged,
    PasswordWeak,
    PasswordWrong,
    RecoveryNeeded,
    change_password,
    check_own_sure,
    hand_out_password,
    keep_anew,
    log_in,
)
from linli.ground.users.operations.territory import (
    AlreadySetUp,
    appoint_security,
    extend_territory,
    let_in_again,
    record_office,
    rename_territory,
    set_up,
)
