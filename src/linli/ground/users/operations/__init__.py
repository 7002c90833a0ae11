"""Acts on accounts, assignments and territory."""

from linli.ground.users.operations.accounts import (
    AccountNameMissing,
    AccountStateReached,
    UsernameMalformed,
    UsernameTaken,
    close_account,
    create_user,
    end_sessions,
    reopen_account,
)
from linli.ground.users.operations.assignments import (
    AssignmentInPast,
    AssignmentOver,
    LastAdministrator,
    PeriodEmpty,
    RoleHeld,
    assign,
    end_assignment,
)
from linli.ground.users.operations.passwords import (
    PasswordGuessed,
    PasswordUnchanged,
    PasswordWeak,
    PasswordWrong,
    change_password,
    enter,
    hand_out_password,
)
from linli.ground.users.operations.territory import (
    AlreadySetUp,
    extend_territory,
    record_office,
    rename_territory,
    set_up,
)
