"""The year's report on a terminal speaks one language at a time."""

import re

from linli.config.cli_simulate import report_text

REPORT = {
    "title": {"zh": "方案", "en": "Plan"},
    "residents": 1000,
    "households": 400,
    "months": [],
    "targets": [],
    "happened": {"moves": 7, "approvals voided": 0},
    "ledger_digest": "",
    "report_digest": "",
}


def test_what_happened_is_said_in_chinese():
    assert "发生的事：迁居 7  作废的复核 0" in report_text(REPORT, "zh")


def test_no_chinese_stands_in_the_english_report():
    assert re.findall(r"[\u4e00-\u9fff]", report_text(REPORT, "en")) == []
