"""Reads of awards. Import them from here."""

from linli.money.awards.models import Award
from linli.money.awards.queries.awards import (
    PAGE,
    AwardDetail,
    account,
    account_obstacle,
    accounts,
    award,
    award_detail,
    awards,
    awards_of_application,
    awards_of_family,
    awards_of_household,
    awards_of_own,
    carried_over,
    changes_before,
    counts,
    departed,
    departures_of,
    died,
    ending,
    has_confirmed_account,
    latest_of,
    members,
    monthly_sums,
    open_receivables,
    owed,
    payee_accounts,
    payees,
    receivable,
    receivables,
    review_occasions,
    reviews_due,
    running_out,
    running_until,
    stands,
    usable_accounts,
)
from linli.money.awards.queries.holders import (
    LIVE,
    Sharing,
    is_of_the_dead,
    of_the_dead,
    others_with_number,
    shared_accounts,
    sharings,
    stopped_or_restarted,
    to_replace,
)
from linli.money.awards.queries.holds import confirmed_date, day_after_hold, provisional_holds
from linli.money.awards.queries.invariants import invariants
from linli.money.awards.queries.letters import (
    ACCOUNT_STOPPED,
    NOTICES,
    ended_by_letter,
    letter_subject,
    letters_of_award,
)
from linli.money.awards.queries.months import (
    ClaimState,
    DueMonth,
    TakenMonths,
    claims,
    due_of_fund,
    due_of_funds,
    event_of,
    events,
    overdue,
    overpaid_sums,
    promised,
    schedules,
    settled_months,
    taken_months,
)
from linli.money.awards.queries.words import (
    change_review_due,
    packs_in_force,
    payee_hold_days,
    programme_labels,
    waived_programmes,
)
from linli.money.awards.rules.schedule import promised_months
