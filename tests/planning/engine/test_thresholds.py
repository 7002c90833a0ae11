"""Where each check begins to speak: the last figure at which it is silent, the first at which it is not.

Everything else of the community's plan stays as it is written. Each pair was worked out by hand, by the sum beside it.
"""

import pytest

from linli.overview.planning.engine import Change, check
from tests.planning.engine.plans import community_plan

TRAINING, COUNSELLING, VISIT = "VOCATIONAL_TRAINING", "COUNSELLING", "HOME_VISIT"
# (finding, its subject, figure, silent at, speaks at)
EDGES = [
    # 200 × 500 × 12 + 50 × 300 × 12 = 1,380,000 yuan
    ("LINE_OVERCOMMITTED", "ECONOMIC_AID", "budget_lines.ECONOMIC_AID.amount", 1_380_000_00, 1_379_999_99),
    # 136 × 6,000 + 180,000 = 996,000; 137 × 6,000 + 180,000 = 1,002,000
    ("LINE_OVERCOMMITTED", "ECONOMIC_AID", "programmes.BASE_AWARD.recipients", 136, 137),
    # 200 × 12 × 341.66 + 180,000 = 999,984; 200 × 12 × 341.67 + 180,000 = 1,000,008
    ("LINE_OVERCOMMITTED", "ECONOMIC_AID", "parameters.base_award_monthly_fen", 341_66, 341_67),
    # 8 × 115,000 = 920,000; 9 × 115,000 = 1,035,000
    ("LINE_OVERCOMMITTED", "ECONOMIC_AID", "parameters.award_months", 8, 9),
    # 200 × 500 × 12 = 1,200,000; 50 × 300 × 12 = 180,000
    ("PROGRAMME_EXCEEDS_LINE", "BASE_AWARD", "budget_lines.ECONOMIC_AID.amount", 1_200_000_00, 1_199_999_99),
    ("PROGRAMME_EXCEEDS_LINE", "ELDER_SUPPLEMENT", "budget_lines.ECONOMIC_AID.amount", 180_000_00, 179_999_99),
    # 166 × 6,000 = 996,000; 167 × 6,000 = 1,002,000
    ("PROGRAMME_EXCEEDS_LINE", "BASE_AWARD", "programmes.BASE_AWARD.recipients", 166, 167),
    # 200 × 12 × 416.66 = 999,984; 200 × 12 × 416.67 = 1,000,008
    ("PROGRAMME_EXCEEDS_LINE", "BASE_AWARD", "parameters.base_award_monthly_fen", 416_66, 416_67),
    ("PROGRAMME_EXCEEDS_LINE", "BASE_AWARD", "parameters.award_months", 10, 11),
    # 600,000 + 300,000 + 100,000 = 1,000,000
    ("LINES_EXCEED_SOURCES", "fund", "budget_lines.ECONOMIC_AID.amount", 1_000_000_00, 1_000_000_01),
    ("LINES_EXCEED_SOURCES", "fund", "sources.GOVERNMENT.amount", 600_000_00, 599_999_99),
    ("LINES_EXCEED_SOURCES", "fund", "sources.DONATION.amount", 300_000_00, 299_999_99),
    ("RECEIPTS_DIFFER_FROM_SOURCE", "COMMUNITY", "sources.COMMUNITY.inflows.0.amount", 100_000_00, 99_999_99),
    ("RECEIPTS_DIFFER_FROM_SOURCE", "COMMUNITY", "sources.COMMUNITY.inflows.0.amount", 100_000_00, 100_000_01),
    ("RECEIPTS_DIFFER_FROM_SOURCE", "COMMUNITY", "sources.COMMUNITY.amount", 100_000_00, 100_000_01),
    ("NOTHING_BUDGETED", "TRAINING", "budget_lines.TRAINING.amount", 1, 0),
    ("NOTHING_BUDGETED", "COUNSELLING", "events.COUNSELLING.fee_per_event", 0, 1),
    # Whom it is aimed at, and whom it is for.
    ("RECIPIENTS_EXCEED_TARGET", "BASE_AWARD", "programmes.BASE_AWARD.recipients", 200, 201),
    ("RECIPIENTS_EXCEED_TARGET", "ELDER_SUPPLEMENT", "groups.LONE_ELDER.target", 50, 49),
    ("OPENING_EXCEEDS_RECIPIENTS", "BASE_AWARD", "programmes.BASE_AWARD.opening_caseload", 200, 201),
    ("OPENING_EXCEEDS_RECIPIENTS", "ELDER_SUPPLEMENT", "programmes.ELDER_SUPPLEMENT.recipients", 45, 44),
    ("NOBODY_APPLIES", "BASE_AWARD", "programmes.BASE_AWARD.uptake", 1, 0),
    ("TRAINEES_EXCEED_GROUP", TRAINING, f"classes.{TRAINING}.trainees", 100, 101),
    ("TRAINEES_EXCEED_GROUP", TRAINING, "groups.UNEMPLOYED.target", 120, 119),
    # 4 classes of 30; 121 = 4 × 30 + 1; 120 = 3 × 31 + 27
    ("LAST_CLASS_NOT_FULL", TRAINING, f"classes.{TRAINING}.trainees", 120, 121),
    ("LAST_CLASS_NOT_FULL", TRAINING, "parameters.class_seats", 30, 31),
    ("EVENT_EXCEEDS_PEOPLE", COUNSELLING, f"events.{COUNSELLING}.attendance", 1000, 1001),
    ("EVENT_EXCEEDS_PEOPLE", COUNSELLING, "population.residents", 240, 239),
    # 24 events a year: fewer people than events cannot be attendances; nor 240 at 12 × 21 = 252.
    ("PERSONS_OR_ATTENDANCES", COUNSELLING, f"events.{COUNSELLING}.attendance", 23, 24),
    ("PERSONS_OR_ATTENDANCES", COUNSELLING, "parameters.counselling_events_per_month", 21, 20),
    # 30 of 1,000 is 3 %: 25 and 34 round to it, 24 and 35 do not; 30 of 858 and of 1,200 do, of 857 and 1,201 do not.
    ("SHARE_AND_TARGET_DIFFER", "DISABLED", "groups.DISABLED.target", 25, 24),
    ("SHARE_AND_TARGET_DIFFER", "DISABLED", "groups.DISABLED.target", 34, 35),
    ("SHARE_AND_TARGET_DIFFER", "DISABLED", "population.residents", 858, 857),
    ("SHARE_AND_TARGET_DIFFER", "DISABLED", "population.residents", 1200, 1201),
    ("SHARE_AND_TARGET_DIFFER", "LONE_ELDER", "ratios.LONE_ELDER.percent", 5, 4),
    ("SHARE_AND_TARGET_DIFFER", "LONE_ELDER", "ratios.LONE_ELDER.percent", 5, 6),
    # 200 of 1,000 is 20 %; 15 % of 1,000 is 150, and up to 154 rounds to it.
    ("SHARE_AND_TARGET_DIFFER", "LOW_INCOME", "ratios.LOW_INCOME.percent", 20, 19),
    ("SHARE_AND_TARGET_DIFFER", "LOW_INCOME", "groups.LOW_INCOME.target", 154, 155),
    ("SHARE_ABOVE_WHOLE", "programmes.BASE_AWARD.uptake", "programmes.BASE_AWARD.uptake", 100, 101),
    ("SHARE_ABOVE_WHOLE", "ratios.DISABLED.percent", "ratios.DISABLED.percent", 100, 101),
    ("HOUSEHOLDS_EXCEED_RESIDENTS", "population", "population.households", 1000, 1001),
    ("POPULATION_EMPTY", "population.residents", "population.residents", 1, 0),
    ("POPULATION_EMPTY", "population.households", "population.households", 1, 0),
    # 60 volunteers twice a month are 120 visits; 9 × 3 × 52 ÷ 12 = 117, 10 × 3 × 52 ÷ 12 = 130.
    ("VISITS_EXCEED_VOLUNTEERS", VISIT, f"visits.{VISIT}.people", 9, 10),
    # 80 × 3 × 52 ÷ 12 = 1,040; 60 × 18 = 1,080, 60 × 17 = 1,020
    ("VISITS_EXCEED_VOLUNTEERS", VISIT, "volunteers.services_per_month", 18, 17),
    # 80 × 3 × 2.5 hours = 600 a week; × 52 = 31,200 a year
    ("HOURS_DIFFER_FROM_VISITS", VISIT, f"visits.{VISIT}.hours_per_week", 600, 599),
    ("HOURS_DIFFER_FROM_VISITS", VISIT, f"visits.{VISIT}.hours_per_week", 600, 601),
    ("HOURS_DIFFER_FROM_VISITS", VISIT, f"visits.{VISIT}.minutes_per_visit", 150, 151),
    ("YEAR_HOURS_DIFFER", VISIT, f"visits.{VISIT}.hours_per_year", 31_200, 31_199),
    ("YEAR_HOURS_DIFFER", VISIT, f"visits.{VISIT}.hours_per_year", 31_200, 31_201),
    ("WEEKS_NOT_OF_THE_YEAR", VISIT, f"visits.{VISIT}.weeks_per_year", 52, 51),
    ("WEEKS_NOT_OF_THE_YEAR", VISIT, f"visits.{VISIT}.weeks_per_year", 53, 54),
    # 1 % of 1,000 residents; 60 of 1,000 are 6 %.
    ("VOLUNTEERS_BELOW_STANDARD", "volunteers", "volunteers.registered", 10, 9),
    ("VOLUNTEERS_BELOW_STANDARD", "volunteers", "volunteers.residents_percent", 6, 7),
    ("VOLUNTEERS_EXCEED_RESIDENTS", "volunteers", "volunteers.registered", 1000, 1001),
]


@pytest.mark.parametrize(("code", "subject", "path", "silent", "speaks"), EDGES)
def test_a_check_speaks_from_its_first_figure_on(code: str, subject: str, path: str, silent: int, speaks: int) -> None:
    assert abs(silent - speaks) == 1

    def found(value: int) -> bool:
        plan = community_plan().with_changes([Change(path, value)])
        return (code, subject) in {(finding.code, finding.subject) for finding in check(plan)}

    assert (found(silent), found(speaks)) == (False, True)
