"""The workflow of a link between a log-in and a resident: whoever may link doubts it, who answers for the place settles
that.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import Role
from linli.kernel.steps import Family, Hands, Step, Workflow
from linli.registry.residents.codes import LinkState as S

# Whoever registers there, or an administrator.
LINKERS = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER, Role.ADMINISTRATOR)
# Who answers for the place, by a role that two people gave. An administrator opens accounts and makes workers of them
# alone: who settles would be the second hand of whoever made it.
SETTLERS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)


class _ToldAbove:
    """How a link concerns a family is told by ``queries.near``, which reads models and so stands above them."""

    told: Family

    def __call__(self, person: Hands, rows: Sequence[Any], on: date, /) -> str | None:
        """The number of the first link that does, None without one."""
        return self.told(person, rows, on)

    def others(self, rows: Any, person: Hands, on: date, /, through: str) -> Any:
        """A query without the links that do."""
        return self.told.others(rows, person, on, through)


FAMILY_OF_A_LINK = _ToldAbove()


# The account's person is of the family, as long as there is a step: the link itself makes them so.
_SETTLES: Any = {"roles": SETTLERS, "barred": ("doubted_by_id",)}
LINKS = Workflow(
    "residents.links",
    "residents_residentaccount",
    S,
    (
        Step("link", pgettext_lazy("link", "关联"), (), (S.STANDING,), LINKERS, hand="linked_by_id"),
        Step(
            "doubt",
            pgettext_lazy("link", "存疑"),
            (S.STANDING,),
            (S.DOUBTED,),
            LINKERS,
            hand="doubted_by_id",
            explain=_("关错了人，或本人说不是自己的账号。存疑后，这个账号马上看不到这一家；由另一人核实后恢复或解除。"),
            button=pgettext_lazy("link", "存疑"),
            done=_("已存疑：这个账号现在看不到这一家，等另一人核实"),
            danger=True,
        ),
        Step(
            "end",
            pgettext_lazy("link", "解除"),
            (S.DOUBTED,),
            (S.ENDED,),
            hand="ended_by_id",
            explain=_("先向本人核实。属实的，解除关联，并书面告知这一家；账号和居民都可以另行关联。"),
            button=pgettext_lazy("link", "解除关联"),
            done=_("关联已解除，告知书待送达；账号和居民都可以另行关联"),
            main=True,
            **_SETTLES,
        ),
        Step(
            "keep",
            pgettext_lazy("link", "恢复"),
            (S.DOUBTED,),
            (S.STANDING,),
            hand="kept_by_id",
            explain=_("核实是本人的账号：关联继续有效，账号又能看到这一家。"),
            button=pgettext_lazy("link", "恢复关联"),
            done=_("核实无误，关联继续有效"),
            **_SETTLES,
        ),
    ),
    family=FAMILY_OF_A_LINK,
)
