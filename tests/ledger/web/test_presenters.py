"""Books in words."""

import pytest

from linli.money.ledger.models import BudgetLine, FundingSource
from linli.money.ledger.web.presenters import Subject, purpose_of, subject_of

SOURCES = [
    FundingSource(code="GOV", name="政府拨款"),
    FundingSource(code="DON", name="社会捐赠", restricted_to=["AID"]),
]
LINES = [
    BudgetLine(code="AID", name="经济援助", programmes=["A", "B"]),
    BudgetLine(code="T", name="培训", programmes=["C"]),
]


class TestSubject:
    @pytest.mark.parametrize(
        ("key", "subject"),
        [
            ("batch:FF-2026-03-1", Subject("批次 FF-2026-03-1", "batch_detail", "FF-2026-03-1")),
            ("awards:DY-2026-0001", Subject("待遇 DY-2026-0001", "award_detail", "DY-2026-0001")),
            ("awards:DY-2026-0001..DY-2026-0009", Subject("待遇 DY-2026-0001 至 DY-2026-0009")),
            ("source:F-2026:GOV", Subject("政府拨款")),
            ("source:F-2026:GONE", Subject("GONE")),
            ("line:F-2026:AID", Subject("经济援助")),
            ("fund:F-2026", Subject("本资金")),
            ("something else", Subject("something else")),
        ],
    )
    def test_is_told_in_words(self, key: str, subject: Subject) -> None:
        assert subject_of(key, SOURCES, LINES) == subject


class TestPurpose:
    def test_of_free_money_is_any(self) -> None:
        assert purpose_of(SOURCES[0], LINES) == ""

    def test_of_restricted_money_is_its_lines(self) -> None:
        assert purpose_of(SOURCES[1], LINES) == "经济援助"
