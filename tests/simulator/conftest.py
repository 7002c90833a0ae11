"""A small community, so that many years can be lived in a test run."""

from pathlib import Path

import pytest

from linli.policies.engine.versioning import write_version

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


@pytest.fixture(scope="session")
def small_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed's scheme with a plan a tenth its size."""
    folder = tmp_path_factory.mktemp("packs") / "small"
    return write_version(PACKS / "community" / "assistance_plan", folder, changes=TENTH, version="1.0-small")
