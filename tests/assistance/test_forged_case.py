"""A case is decided by the sheet, the opinion and the publication that acts wrote, and by all of them."""

import json
from collections.abc import Callable

import pytest
from django.db import connection

from linli.aid.assistance.models import Application, Assessment, FirstOpinion
from linli.aid.assistance.operations import refuse
from linli.foundation.data import triggers
from linli.foundation.trail import acts
from linli.ground.users.models import User
from linli.money.awards.models import Award
from tests.assistance.world import World, fresh
from tests.ledger.test_planted_bugs import Plant, plant

__all__ = ["plant"]  # fixtures


def higher(application: Application) -> str:
    sheet = Assessment.objects.get(application=application)
    results = json.loads(sheet.results)
    for one in results:
        one["amount_fen"] = 5_000_00 if one["amount_fen"] else 0
    told = json.dumps(results, ensure_ascii=False)
    return f"UPDATE assistance_assessment SET results = '{told}' WHERE id = {sheet.pk}"


def another_reviewer(application: Application) -> str:
    opinion = FirstOpinion.objects.get(application=application)
    other = User.objects.get(username="outsider")
    return f"UPDATE assistance_firstopinion SET reviewed_by_id = {other.pk} WHERE id = {opinion.pk}"


# What somebody changes before the decision, and the row that is named.
FORGERIES: dict[str, tuple[str, Callable[[Application], str]]] = {
    "a higher result": ("assistance_assessment [0-9]+ altered", higher),
    "another reviewer": ("assistance_firstopinion [0-9]+ altered", another_reviewer),
    "the rules' answer": (
        "policies_determination [0-9]+ altered",
        lambda _application: "UPDATE policies_determination SET document = document || ' '",
    ),
    "the published row": (
        "assistance_publicationentry [0-9]+ altered",
        lambda application: (
            f"UPDATE assistance_publicationentry SET row = '{{}}' WHERE application_id = {application.pk}"
        ),
    ),
    "the last day": (
        "assistance_publication [0-9]+ altered",
        lambda _application: "UPDATE assistance_publication SET last_date = posted_date",
    ),
    "the family": (
        "residents_membership [0-9]+ altered",
        lambda application: (
            f"UPDATE residents_membership SET valid_from = '2025-01-02' WHERE household_id = {application.household_id}"
        ),
    ),
    "the account": (
        "awards_payeeaccount [0-9]+ altered",
        lambda _application: "UPDATE awards_payeeaccount SET holder_name = '贼某'",
    ),
}


class TestGranting:
    @pytest.mark.parametrize("how", FORGERIES)
    def test_is_refused_over_a_forged_row(self, world: World, plant: Plant, how: str) -> None:
        application, day = world.at_decision()
        found, statement = FORGERIES[how]
        plant(statement(application))
        triggers.install(connection)
        with pytest.raises(acts.RowsForged, match=found):
            world.granted(application, day=day)
        assert (Award.objects.count(), fresh(application).state) == (0, "PUBLISHED")

    def test_is_refused_over_an_opinion_that_nobody_gave(self, world: World) -> None:
        application, day = world.at_decision()
        columns = [f'"{one.column}"' for one in FirstOpinion._meta.concrete_fields if not one.primary_key]
        given = [{'"sequence"': "sequence + 1", '"text"': "'x'"}.get(one, one) for one in columns]
        with connection.cursor() as cursor:  # no rule is switched off
            cursor.execute(
                f"INSERT INTO assistance_firstopinion ({', '.join(columns)}) SELECT {', '.join(given)} "
                f"FROM assistance_firstopinion WHERE application_id = {application.pk}"
            )
        with pytest.raises(acts.RowsForged, match="assistance_firstopinion"):
            world.granted(application, day=day)


class TestRefusing:
    def test_is_refused_over_a_forged_sheet_too(self, world: World, plant: Plant) -> None:
        application, day = world.at_decision()
        plant(higher(application))
        triggers.install(connection)
        with pytest.raises(acts.RowsForged, match="assistance_assessment"):
            refuse(world.act(world.staff.second_officer, day), application_ids=[application.pk], reason="不符合条件")
