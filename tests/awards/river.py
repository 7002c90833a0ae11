"""The invented living allowance, lived by families whose awards rest on determinations."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import SYSTEM, Act
from linli.kernel.period import Month
from linli.law.policies.operations import CaseSubject, determine, install_pack
from linli.law.policies.queries import Determination, pack_of, pack_version_in_force
from linli.money.awards.codes import Unit
from linli.money.awards.models import Adjustment, Award
from linli.money.awards.operations import Grant, dismiss_adjustments, redetermine_all
from linli.money.awards.queries.cases import case_of
from linli.money.ledger.codes import SourceKind
from linli.money.ledger.operations import NewLine, NewSource, confirm_proposal, open_fund
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations import NewFact, NewHousehold, record_circumstances, register_households
from linli.registry.residents.queries import facts_of
from tests.conftest import Community, Staff, at, system_act
from tests.ledger.world import OPENED, World
from tests.residents.people import person

PACK = Path(__file__).parents[1] / "packs" / "river_living"
SCHEME = "river_living"
DETERMINED, DECIDED = date(2026, 1, 12), date(2026, 1, 20)


@dataclass
class River(World):
    """A fund for the living allowance, and the families on it."""

    awards: list[Award] = field(default_factory=list)

    def family(
        self, *births: date, earned_fen: int = 120_000, determined: date = DETERMINED, decided: date = DECIDED
    ) -> Award:
        """A family of people born on these days, the head earning; determined, then granted from the month after."""
        order = len(self.families)
        members = tuple(
            person(
                f"江{'一二三四五六七八九十'[place % 10]}{order}",
                Relation.HEAD if place == 0 else Relation.CHILD,
                birth,
                order=order * 10 + place,
            )
            for place, birth in enumerate(births)
        )
        [household] = register_households(
            Act(self.staff.clerk, at(OPENED)),
            households=[NewHousehold(self.community.grid.pk, members, opened_date=date(2025, 1, 1))],
        )
        self.families.append(household)
        people = self.people(household)
        self.know(household, {one.pk: {"earned_monthly_fen": 0, "certified_disabled": 0} for one in people}, OPENED)
        self.know(household, {people[0].pk: {"earned_monthly_fen": earned_fen}}, OPENED)
        self.account([household.number])
        award = grant_by_rules(
            Act(self.staff.street_officer, at(decided)), world=self, household=household, on=determined
        )
        self.awards.append(award)
        return award

    def people(self, household: Household) -> list[Resident]:
        return list(Resident.objects.filter(memberships__household=household).order_by("pk"))

    def know(
        self, household: Household, facts: dict[int, dict[str, int]], on: date, *, today: date | None = None
    ) -> None:
        """Facts of people (by id) as of a day."""
        record_circumstances(
            Act(self.staff.clerk, at(today or on, 10)),
            facts=[
                NewFact(code, value, "核对", on, resident_id=pk)
                for pk, some in facts.items()
                for code, value in some.items()
            ],
        )

    def left(self, row: Adjustment, on: date) -> None:
        """The award stays as it is: the director asks, where it is above the rules an officer agrees."""
        asked = dismiss_adjustments(Act(self.staff.director, at(on)), adjustment_ids=[row.pk], note="短工")
        for one in asked:
            confirm_proposal(Act(self.staff.street_officer, at(on, 11)), proposal_id=one.pk)

    def look(self, on: date) -> list[Adjustment]:
        """What the product does in the early morning."""
        return redetermine_all(Act(SYSTEM, at(on, 5)), on=on)


def make_river(community: Community, staff: Staff, *, budget: int = 1_000_000_00) -> River:
    """The pack installed, a fund of 2026 with 300,000 yuan."""
    install_pack(system_act(date(2025, 11, 3)), folder=PACK)
    fund = open_fund(
        system_act(date(2026, 1, 4)),
        code="JW-2026",
        name="江湾保障资金",
        year=2026,
        community_id=community.community.pk,
        sources=[NewSource("RIVER_TREASURY", SourceKind.GOVERNMENT, "江湾财政", 300_000_00)],
        lines=[NewLine("RIVER_AID", "保障金", budget, ("LIVING",))],
    )
    river = River(community, staff, fund)
    river.receive("RIVER_TREASURY", 300_000_00)
    return river


@act
def grant_by_rules(act: Act, *, world: River, household: Household, on: date) -> Award:
    """What a decision does: determine by what is registered, grant what the rules give."""
    numbers = [f"JZ-2026-{len(world.families):04d}"]
    [award] = _granted(act, world, [household], numbers, on)
    audit.record(act, where=household.stamp, subject=f"award:{award.number}")
    return award


@act
def grant_many(act: Act, *, world: River, households: Sequence[Household], on: date = DETERMINED) -> list[Award]:
    """The same for many at once."""
    numbers = [f"JZ-2026-{place:04d}" for place in range(len(households))]
    awards = _granted(act, world, households, numbers, on)
    audit.record(act, where=households[0].stamp, subject=f"award:{awards[0].number}")
    return awards


def _granted(act: Act, world: River, households: Sequence[Household], numbers: Sequence[str], on: date) -> list[Award]:
    from linli.money.awards.operations.grants import grant

    version, line = pack_version_in_force(SCHEME, on), world.line("RIVER_AID")
    pack, facts = pack_of(version.pk), facts_of([one.pk for one in households], on)
    cases = [
        CaseSubject(f"application:{number}", case_of(pack, facts[one.pk]))
        for number, one in zip(numbers, households, strict=True)
    ]
    said = determine(act, cases=cases, pack_version_id=version.pk, on=on)
    people: dict[int, list[int]] = {one.pk: [] for one in households}
    for household, resident in (
        Membership.objects.filter(household__in=people).order_by("pk").values_list("household_id", "resident_id")
    ):
        people[household].append(resident)
    return grant(
        act,
        grants=[
            Grant(
                "LIVING",
                Unit.HOUSEHOLD,
                one.number,
                one.pk,
                None,
                tuple(people[one.pk]),
                amount_of(made),
                line.pk,
                number,
                one.stamp,
                determination_id=made.pk,
                last_month=Month(2026, 12),
            )
            for one, number, made in zip(households, numbers, said, strict=True)
        ],
    )


def amount_of(made: Determination) -> int:
    import json

    return int(json.loads(made.document)["entitlements"][0]["amount_fen"])


def next_version(tmp_path: Path, *, version: str, valid_from: date, **values: tuple[str, int]) -> Path:
    """The pack as a new version with further values of parameters: name → (from, value)."""
    folder = tmp_path / f"river-{version}"
    shutil.copytree(PACK, folder)
    scheme = (folder / "scheme.toml").read_text(encoding="utf-8")
    scheme = re.sub(r'version = "[\d.]+"', f'version = "{version}"', scheme)
    scheme = re.sub(r"valid_from = [\d-]+", f"valid_from = {valid_from.isoformat()}", scheme)
    (folder / "scheme.toml").write_text(scheme, encoding="utf-8")
    path = folder / "parameters.toml"
    text = path.read_text(encoding="utf-8")
    for name, (day, value) in values.items():
        head = f"[[{name}.values]]\n"
        text = text.replace(head, f"{head}from = {day}\nvalue = {value}\n{head}", 1)
    path.write_text(text, encoding="utf-8")
    return folder
