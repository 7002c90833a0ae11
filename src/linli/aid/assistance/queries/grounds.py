"""What a decision rests on: the sheets, the opinions, the publication, the objections, whoever lives there."""

from collections.abc import Mapping, Sequence

from linli.aid.assistance.models import Application, Assessment, FirstOpinion, Publication
from linli.foundation.trail.behind import Behind
from linli.ground.users.queries import rows_behind as rows_of_users
from linli.registry.residents.queries import rows_behind as rows_of_homes

_OF_CASE = ("assessment", "assessor", "firstopinion", "publicationentry", "objection")


def case_behind(
    applications: Sequence[Application], opinions: Mapping[int, FirstOpinion], assessments: Mapping[int, Assessment]
) -> Behind:
    """All of that of the cases, of which the last opinions and sheets are given: three queries for however many."""
    ids = [application.pk for application in applications]
    publications = list(Publication.objects.filter(entries__application__in=ids).order_by().distinct())
    hands = {hand for one in opinions.values() for hand in (one.signed_by_id, one.reviewed_by_id)}
    hands |= {hand for one in publications for hand in (one.prepared_by_id, one.posted_by_id)}
    hands |= {one.written_by_id for one in assessments.values()}
    rows = {
        "assistance_publication": {one.pk for one in publications},
        "policies_determination": {one.determination_id for one in assessments.values() if one.determination_id},
        "policies_packversion": {application.pack_version_id for application in applications},
    }
    homes = {application.household_id for application in applications}
    families = {f"assistance_{one}.application_id": ids for one in _OF_CASE}
    return Behind(rows, families) | rows_of_users(hands) | rows_of_homes(household_ids=homes)
