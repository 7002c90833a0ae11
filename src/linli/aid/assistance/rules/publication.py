"""Rows of a publication 公示: only the columns the pack names, only masked, never a minor's name.

Nothing that identifies beyond the community leaves here: no identity number, account, phone, address, health or
disability (个人信息保护法 第二十五条; 浙江省社会救助条例 第五十五条 protects minors).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from linli.kernel.errors import DomainError, gettext_noop
from linli.kernel.masking import mask_name
from linli.kernel.money import yuan

ADULT_AGE = 18


class ColumnNotAllowed(DomainError):
    """A pack asks to publish something that must not be published."""

    message = gettext_noop("公示栏目 %(column)s 不允许公开")


@dataclass(frozen=True)
class ProposedGrant:
    """What a row may be made from: already too much to publish as it is."""

    name: str
    age: int
    household_size: int
    amount_fen: int  # a month
    community: str


_COLUMNS: Mapping[str, Callable[[ProposedGrant], str]] = {
    "MASKED_NAME": lambda grant: mask_name(grant.name) if grant.age >= ADULT_AGE else "未成年人",
    "HOUSEHOLD_SIZE": lambda grant: str(grant.household_size),
    "AMOUNT": lambda grant: yuan(grant.amount_fen),
    "COMMUNITY": lambda grant: grant.community,
}


def row(grant: ProposedGrant, columns: Sequence[str]) -> dict[str, str]:
    """The row with exactly the pack's columns. Raises ColumnNotAllowed for anything off the whitelist."""
    for column in columns:
        if column not in _COLUMNS:
            raise ColumnNotAllowed(column=column)
    return {column: _COLUMNS[column](grant) for column in columns}
