"""Nobody is freed from a bar by taking out the row that says whose family is theirs, or that two accounts are one's."""

from collections.abc import Callable
from datetime import date

import pytest

from linli.foundation.trail.acts import RowsForged
from linli.ground.users.models import User
from linli.kernel.act import Act
from linli.money.awards.models import Award
from linli.money.awards.operations import propose_amount
from linli.money.ledger.models import Proposal
from linli.money.ledger.operations import confirm_proposal
from linli.registry.residents.codes import GuardianshipKind, KinRelation
from linli.registry.residents.models import Resident
from linli.registry.residents.operations import add_guardian, add_kinship, link_account
from tests.conftest import at
from tests.faults.test_built_on import PAY, forged
from tests.ledger.test_planted_bugs import Plant, plant, world
from tests.ledger.world import OPENED, World, by
from tests.payments.test_one_person import held_by, settled

__all__ = ["plant", "world"]  # fixtures

MARCH_25 = date(2026, 3, 25)


def head(world: World) -> Resident:
    return Resident.objects.filter(memberships__household=world.families[0]).earliest("pk")


def holds(world: World, me: Resident) -> None:
    """The family's money goes to the officer."""
    held_by(world, me)


def is_kin(world: World, me: Resident) -> None:
    add_kinship(by(world.staff.clerk, OPENED), a_id=head(world).pk, b_id=me.pk, relation=KinRelation.CHILD)


def is_guardian(world: World, me: Resident) -> None:
    told = {"kind": GuardianshipKind.GUARDIAN, "valid_from": OPENED, "document": "判决书"}
    add_guardian(by(world.staff.clerk, OPENED), ward_id=head(world).pk, guardian_id=me.pk, **told)  # type: ignore[arg-type]


def asked(world: World, tie: Callable[[World, Resident], None]) -> tuple[User, Proposal]:
    """The officer, who is bound to a family, and the amount for it that waits to be confirmed."""
    officer, me = world.staff.street_officer, settled(world, "钱代领", 95)
    tie(world, me)
    link_account(by(world.staff.clerk, date(2026, 3, 3)), user_id=officer.pk, resident_id=me.pk)
    award = Award.objects.filter(unit_key=world.families[0].number).earliest("pk")
    told = {"amount_fen": 900_00, "effective_date": date(2026, 6, 1), "note": "核查"}
    return officer, propose_amount(by(world.staff.director, MARCH_25), award_id=award.pk, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tie", "statement"),
    [
        (holds, "DELETE FROM residents_residentaccount WHERE user_id = {user}"),
        (
            holds,
            "UPDATE residents_residentaccount SET state = 'ENDED', ended_date = '2025-01-01' WHERE user_id = {user}",
        ),
        (holds, "DELETE FROM awards_payeeaccount WHERE holder_id IS NOT NULL"),
        (holds, "UPDATE awards_payeeaccount SET holder_id = NULL, holder_name = 'x' WHERE holder_id IS NOT NULL"),
        (is_kin, "DELETE FROM residents_kinship"),
        (is_guardian, "DELETE FROM residents_guardianship"),
    ],
)
def test_an_officer_does_not_confirm_for_their_own_once_what_says_so_is_gone(
    world: World, plant: Plant, tie: Callable[[World, Resident], None], statement: str
) -> None:
    officer, row = asked(world, tie)
    forged(plant, statement.format(user=officer.pk))

    with pytest.raises(RowsForged):
        confirm_proposal(Act(officer, at(PAY)), proposal_id=row.pk)
