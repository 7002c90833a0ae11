"""The three seats of a sheet are rows as others: no report is closed on one that no act wrote."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from linli.aid.assistance.codes import ApplicationState
from linli.aid.assistance.models import Application, Assessment
from linli.aid.assistance.operations import complete, sign
from linli.aid.assistance.operations.team import TeamIncomplete
from linli.foundation.trail.acts import RowsForged
from tests.assistance.world import MONDAY, World
from tests.ledger.test_planted_bugs import plant

__all__ = ["plant"]  # a fixture


def bare(statement: str, *given: object) -> None:
    """Ordinary SQL of somebody with the database's password: no rule is switched off."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(given))


@pytest.fixture
def signing(world: World) -> Callable[..., Assessment]:
    """The sheet of a visit, signed by the people of the staff that are named."""

    def signed_by(*names: str) -> Assessment:
        assessment = world.formed(world.accepted())
        world.visited(assessment)
        assessment.refresh_from_db()
        for name in names:
            act = world.act(getattr(world.staff, name), MONDAY, 14)
            sign(act, assessment_id=assessment.pk, version=assessment.version)
        return assessment

    return signed_by


def test_a_signature_that_nobody_gave_closes_no_report(world: World, signing: Callable[..., Assessment]) -> None:
    assessment = signing("clerk", "social_worker")
    bare("UPDATE assistance_assessor SET signed_at = (SELECT max(signed_at) FROM assistance_assessor)")
    with pytest.raises(RowsForged, match=r"assistance_assessor [0-9]+ altered"):
        complete(world.act(world.staff.clerk, MONDAY, 15), assessment_id=assessment.pk)
    assert Application.objects.get(pk=assessment.application_id).state == ApplicationState.ASSESSING


def test_nor_does_a_sheet_from_which_a_seat_is_gone(
    world: World, signing: Callable[..., Assessment], plant: Callable[..., None]
) -> None:
    """Who had not signed is taken out behind the product's back, with the rules switched off."""
    assessment = signing("clerk", "social_worker")
    plant(f"DELETE FROM assistance_assessor WHERE user_id = {world.staff.volunteer.pk}")
    with pytest.raises(TeamIncomplete):
        complete(world.act(world.staff.clerk, MONDAY, 15), assessment_id=assessment.pk)


def test_nor_is_anything_granted_on_a_dissent_that_nobody_wrote(world: World) -> None:
    application = world.at_review()
    world.accounts(application.household)
    publication = world.published(application)
    bare("UPDATE assistance_assessor SET dissent = '不同意' WHERE user_id = %s", world.staff.volunteer.pk)
    with pytest.raises(RowsForged, match=r"assistance_assessor [0-9]+ altered"):
        world.granted(application, day=publication.last_date + timedelta(days=1))
