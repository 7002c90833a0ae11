"""What people look at before they take one step on many cases: groups, proposal, sum a month, what is lacking."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from linli.aid.assistance.codes import PaperState, Proposal, Step
from linli.aid.assistance.models import Application, Assessment, Assessor, Paper
from linli.aid.assistance.queries.papers import PaperView, paper_view
from linli.aid.assistance.queries.steps import with_steps
from linli.kernel.bilingual import Text
from linli.law.policies.queries import pack_of

# Steps that many cases take together, and what they wait for then.
TOGETHER: Mapping[str, Step] = {
    "accept": Step.ANSWER,
    "opinion": Step.GIVE_OPINION,
    "review": Step.REVIEW,
    "publish": Step.PUBLISH,
    "grant": Step.DECIDE,
}


@dataclass(frozen=True)
class Facts:
    """One case of many. ``monthly_fen`` is what the report says, None before there is one or without money."""

    groups: tuple[Text, ...]
    proposal: Proposal | None
    monthly_fen: int | None
    lacking: tuple[Text, ...]  # papers in the way of acceptance
    dissents: int  # members of the present team who see it otherwise
    departed: int  # amounts of the report that are not the rules'


def facts_together(application_ids: Collection[int], on: date) -> Mapping[int, Facts]:
    """The facts of cases that the caller may see, by id; four statements for any number of them."""
    ids = set(application_ids)
    rows = list(with_steps(Application.objects.filter(pk__in=ids)))
    monthly, departed = _monthly(ids)
    papers: dict[int, list[PaperView]] = {pk: [] for pk in ids}
    packs = {row.pk: pack_of(row.pack_version_id) for row in rows}
    for paper in Paper.objects.filter(application_id__in=ids).order_by("pk"):
        papers[paper.application_id].append(paper_view(packs[paper.application_id], paper, on))
    seats = Assessor.objects.filter(
        assessment__application_id__in=ids, assessment__round=F("assessment__application__round")
    )
    others = Counter(seats.exclude(dissent="").values_list("assessment__application_id", flat=True))
    return {
        row.pk: Facts(
            tuple(packs[row.pk].groups[code].label for code in row.group_codes),
            Proposal(row.proposal) if row.proposal else None,
            monthly.get(row.pk),
            tuple(one.label for one in papers[row.pk] if one.state in (PaperState.MISSING, PaperState.EXPIRED)),
            others[row.pk],
            departed.get(row.pk, 0),
        )
        for row in rows
    }


def _monthly(ids: Collection[int]) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """What the latest report of each case sets a month, and how many amounts in it are not the rules'; cases whose
    report names no programme are left out.
    """
    found: dict[int, int] = {}
    departed: dict[int, int] = {}
    reports = Assessment.objects.filter(application_id__in=ids, completed_date__isnull=False).order_by("round")
    for report in reports:
        results = json.loads(report.results)
        found.pop(report.application_id, None)
        departed[report.application_id] = sum(one["amount_fen"] != one["determined_fen"] for one in results)
        if results:
            found[report.application_id] = sum(result["amount_fen"] for result in results)
    return found, departed
