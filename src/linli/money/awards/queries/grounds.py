"""What an award's amount rests on: its history, whoever lives there, what is known of them, the law."""

from collections.abc import Collection, Sequence

from linli.foundation.trail.behind import Behind, forged_behind
from linli.money.awards.models import Award, AwardChange
from linli.money.awards.queries.awards import rows_behind
from linli.registry.residents.queries import rows_behind as rows_of_homes

_NAMED = 5  # rows that the trail names of an award; the auditor's command names all


def grounds_behind(awards: Sequence[Award], law: Collection[int]) -> Behind:
    """The rows that the rules are asked with, and what they said before: two queries for however many awards.
    ``law``: the versions of the packs (ids).
    """
    ids = [award.pk for award in awards]
    changed = AwardChange.objects.filter(award_id__in=ids).order_by()
    asked = {*changed.values_list("determination_id", flat=True), *(award.determination_id for award in awards)}
    said = {key for key in asked if key is not None}
    homes = rows_of_homes(household_ids={award.household_id for award in awards}, facts=True)
    return Behind({"policies_determination": said, "policies_packversion": law}) | rows_behind(ids) | homes


def forged_grounds(awards: Sequence[Award], law: Collection[int]) -> dict[str, list[str]]:
    """By number the awards that rest on rows that no act wrote, or lack rows that one wrote, with some of these. They
    are looked at together, and one by one where anything is found.
    """
    if not forged_behind(grounds_behind(awards, law)):
        return {}
    found = {award.number: forged_behind(grounds_behind([award], law))[:_NAMED] for award in awards}
    return {number: rows for number, rows in found.items() if rows}
