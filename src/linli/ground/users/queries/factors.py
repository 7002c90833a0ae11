"""The second factors of an account, and what its person has not read yet."""

from linli.ground.users.models import AccountNotice, Factor
from linli.ground.users.queries import second_factor_is_asked


def active_factors(user_id: int) -> list[Factor]:
    """What the person can show, oldest first."""
    return list(Factor.objects.filter(user_id=user_id, removed_at=None).order_by("pk"))


def lacks_factor(user_id: int) -> bool:
    """Whether a second factor is asked for and the person has none yet."""
    return second_factor_is_asked() and not active_factors(user_id)


def unread_notices(user_id: int) -> list[AccountNotice]:
    """What was done to the account and its person has not answered, oldest first."""
    return list(AccountNotice.objects.filter(user_id=user_id, answered_at=None).order_by("pk"))


def own_notices(user_id: int) -> list[int]:
    """Ids of all that was ever done to the account, answered or not."""
    return list(AccountNotice.objects.filter(user_id=user_id).values_list("pk", flat=True))
