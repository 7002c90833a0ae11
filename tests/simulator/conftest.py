"""A small community, so that many years can be lived in a test run."""

from pathlib import Path

import pytest

from linli.law.policies.engine.versioning import write_version

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "packs"
HARBOUR = ROOT / "tests" / "packs" / "harbour_relief"
# A tenth of the seed's plan: its money too, so that it still runs dry.
TENTH = {
    "population.residents": 100,
    "population.households": 40,
    "groups.LOW_INCOME.target": 20,
    "groups.LONE_ELDER.target": 5,
    "groups.DISABLED.target": 3,
    "groups.UNEMPLOYED.target": 10,
    "programmes.BASE_AWARD.recipients": 20,
    "programmes.BASE_AWARD.opening_caseload": 18,
    "programmes.ELDER_SUPPLEMENT.recipients": 5,
    "programmes.ELDER_SUPPLEMENT.opening_caseload": 4,
    "budget_lines.ECONOMIC_AID.amount": 10_000_000,
    "sources.GOVERNMENT.amount": 6_000_000,
    "sources.GOVERNMENT.inflows.0.amount": 6_000_000,
    "sources.DONATION.amount": 3_000_000,
    "sources.DONATION.inflows.0.amount": 3_000_000,
    "sources.COMMUNITY.amount": 1_000_000,
    "sources.COMMUNITY.inflows.0.amount": 1_000_000,
}
# A fifth of the foreign scheme's year, in which missing papers come too late as often as not: four days to bring them.
SMALL_HARBOUR = {
    "population.residents": 120,
    "population.households": 44,
    "groups.STORM_HIT.target": 16,
    "groups.RETIRED_CREW.target": 8,
    "groups.APPRENTICE.target": 5,
    "programmes.HEATING.recipients": 16,
    "programmes.HEATING.opening_caseload": 14,
    "programmes.STIPEND.recipients": 8,
    "programmes.STIPEND.opening_caseload": 8,
    "budget_lines.WARM_HOMES.amount": 8_000_000,
    "budget_lines.CREW.amount": 2_000_000,
    "sources.PORT_DUES.amount": 6_000_000,
    "sources.PORT_DUES.inflows.0.amount": 3_000_000,
    "sources.PORT_DUES.inflows.1.amount": 3_000_000,
    "sources.SHIPOWNERS.amount": 3_000_000,
    "sources.SHIPOWNERS.inflows.0.amount": 3_000_000,
    "parameters.lapse_days": 4,
}


@pytest.fixture(scope="session")
def small_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed's scheme with a plan a tenth its size."""
    folder = tmp_path_factory.mktemp("packs") / "small"
    return write_version(PACKS / "community" / "assistance_plan", folder, changes=TENTH, version="1.0-small")


@pytest.fixture(scope="session")
def small_harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The foreign scheme with a plan a fifth its size and little time for missing papers."""
    folder = tmp_path_factory.mktemp("packs") / "harbour"
    return write_version(HARBOUR, folder, changes=SMALL_HARBOUR, version="3.2-small")
