"""Awards, whom they protect, what happened to them and what is kept of them."""

from linli.money.awards.models.awards import (
    Adjustment,
    Award,
    AwardChange,
    AwardMember,
    AwardMonth,
    Following,
    PayeeAccount,
    Receivable,
    ReviewOccasion,
)
from linli.money.awards.models.kept import AWARD_SUMS, DUE_BY, DUE_SUMS, AwardSum, Due, DueMark, DueSum
