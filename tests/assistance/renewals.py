"""A family whose awards run out with the year, and the year that comes: shared by the tests of the yearly review."""

from datetime import date, timedelta

from linli.aid.assistance.models import Application, Renewal
from linli.aid.assistance.operations import confirm_renewals, decide_renewals, open_renewals
from linli.law.policies.operations import install_pack
from linli.money.awards.queries import Award
from linli.money.ledger.codes import SourceKind
from linli.money.ledger.models import Fund
from linli.money.ledger.operations import NewLine, NewSource, open_fund
from linli.registry.residents.models import Household
from tests.assistance.world import ROOT, World
from tests.conftest import system_act
from tests.next_year import next_year_of

OCT_2, OCT_3 = date(2026, 10, 2), date(2026, 10, 3)
NOV_9, DEC_1, JAN_1 = date(2026, 11, 9), date(2026, 12, 1), date(2027, 1, 1)


def granted(world: World, *groups: str) -> Application:
    """A decided application: everything up to the last day of 2026."""
    application, day = world.at_decision(*groups)
    world.granted(application, day=day)
    return application


def next_plan() -> None:
    """Next year's pack, written by the rule and installed in November."""
    install_pack(system_act(NOV_9), folder=next_year_of(ROOT / "packs" / "community" / "assistance_plan"))


def next_fund(world: World, fen: int = 100_000_000) -> Fund:
    """Next year's fund, opened in November."""
    return open_fund(
        system_act(NOV_9),
        code="HX-2027",
        name="幸福里救助资金",
        year=2027,
        community_id=world.community.community.pk,
        sources=[NewSource("GOVERNMENT", SourceKind.GOVERNMENT, "政府拨款", fen)],
        lines=[NewLine("ECONOMIC_AID", "经济援助", fen, ("BASE_AWARD", "ELDER_SUPPLEMENT"))],
    )


def opened(day: date = OCT_3) -> list[Renewal]:
    return open_renewals(system_act(day))


def confirmed(world: World, *rows: Renewal, day: date = NOV_9) -> list[Renewal]:
    act = world.act(world.staff.clerk, day)
    ids = [one.pk for one in rows or Renewal.objects.all()]
    return confirm_renewals(act, renewal_ids=ids, checked_date=day, method="PHONE")  # type: ignore[arg-type]  # its code


def decided(world: World, *rows: Renewal, day: date = DEC_1) -> list[Award]:
    ids = [one.pk for one in rows or Renewal.objects.all()]
    return decide_renewals(world.act(world.staff.street_officer, day), renewal_ids=ids)


def reapplied(world: World, household: Household, *, day: date) -> tuple[Application, date]:
    """A new application of a family, taken through to the first day on which it can be decided."""
    application = world.accepted(household, day=day)
    world.assessed(application, day=day)
    world.opined(application, day=day)
    world.reviewed(application, day=day)
    publication = world.published(application, day=day)
    assert publication.last_date is not None
    return application, publication.last_date + timedelta(days=1)
