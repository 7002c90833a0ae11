"""Every kind of mistake in a pack is told with its file, its line and its cause."""

import pytest

from linli.law.policies.engine import PackError, load_pack
from tests.policies.engine.support import problems_of

PARAMETERS, SCHEME, RULES, PLAN = "parameters.toml", "scheme.toml", "rules.py", "plan.toml"
# Appended rules: {level}, signature and body of a rule that is wrong.
_RULE = '\n\n@{level}_rule(zh="新规则", en="New rule", article="none")\n{code}\n'


def rule(code: str, level: str = "household") -> str:
    return _RULE.format(level=level, code=code)


# file, text replaced, replacement, the line the problem stands on (a text that is on it), kind, cause
ONE_MISTAKE = {
    "a plan for other months than the scheme pays": (
        PLAN,
        'last_month = { value = "2026-12"',
        'last_month = { value = "2026-11"',
        'last_month = { value = "2026-11"',
        "months_differ",
        "last_month is 2026-11 here, and scheme.toml pays by 2026-12: both must say the same",
    ),
    "an unknown unit": (
        PARAMETERS,
        'unit = "PERCENT"',
        'unit = "PER_CENT"',
        'unit = "PER_CENT"',
        "unknown_choice",
        "PER_CENT is not one of FEN, PERCENT, DAYS",
    ),
    "a unit that contradicts the name": (
        PARAMETERS,
        'unit = "AGE"',
        'unit = "COUNT"',
        'unit = "COUNT"\nlegal_basis = "老年人',
        "wrong_unit",
        "elder_age is in COUNT, expected AGE",
    ),
    "a register that would know a grade": (
        SCHEME,
        "max = 4\n",
        'max = 4\nregister = "ALONE"\n',
        'register = "ALONE"\n\n[facts.monthly_income_fen]',
        "register",
        "disability_grade: register is for yes-or-no facts of a person",
    ),
    "an age of a household": (
        SCHEME,
        '登记失业", en = "Registered as unemployed" }\nlevel = "PERSON"',
        '登记失业", en = "Registered as unemployed" }\nlevel = "HOUSEHOLD"',
        "from_age = 16",
        "from_age",
        "registered_unemployed: from_age and to_age are for facts of a person",
    ),
    "a value without its date": (
        PARAMETERS,
        "[[elder_age.values]]\nfrom = 2025-11-01\n",
        "[[elder_age.values]]\n",
        "[[elder_age.values]]",
        "missing_date",
        "the date from is missing",
    ),
    "a parameter without any value": (
        PARAMETERS,
        "[[elder_age.values]]\nfrom = 2025-11-01\nvalue = 60\n",
        "values = []\n",
        "values = []",
        "missing_date",
        "the date from is missing",
    ),
    "a date that is a text": (
        PARAMETERS,
        "from = 2025-11-01",
        'from = "2026-01-01"',
        'from = "2026-01-01"',
        "wrong_type",
        "expected a date (2026-01-01)",
    ),
    "a date with a time": (
        PARAMETERS,
        "from = 2025-11-01",
        "from = 2025-11-01T00:00:00",
        "from = 2025-11-01T00:00:00",
        "wrong_type",
        "expected a date (2026-01-01)",
    ),
    "a value above the declared bound": (
        PARAMETERS,
        "value = 50_000",
        "value = 1_000_001",
        "value = 1_000_001",
        "out_of_range",
        "1000001 is outside 0 to 1000000",
    ),
    "an integer beyond 64 bits": (
        PARAMETERS,
        "value = 50_000",
        "value = 9223372036854775808",
        "value = 9223372036854775808",
        "out_of_range",
        "9223372036854775808 is outside 0 to 1000000",
    ),
    "a bound beyond the unit": (
        PARAMETERS,
        "min = 50\nmax = 100",
        "min = -1\nmax = 100",
        "min = -1",
        "out_of_range",
        "-1 is outside 0 to 150",
    ),
    "a bound that is no integer": (
        PARAMETERS,
        "min = 50",
        "min = true",
        "min = true",
        "wrong_type",
        "expected an integer",
    ),
    "a bound beyond 64 bits": (
        PARAMETERS,
        "min = 50",
        "min = 9223372036854775808",
        "min = 9223372036854775808",
        "out_of_range",
        "9223372036854775808 is outside -9223372036854775808 to 9223372036854775807",
    ),
    "a value that is no integer": (
        PARAMETERS,
        "value = 50_000",
        "value = 500.5",
        "value = 500.5",
        "wrong_type",
        "expected an integer",
    ),
    "a flag written as a number": (
        PARAMETERS,
        "value = false",
        "value = 0",
        "value = 0\n\n[low",
        "wrong_type",
        "expected true or false",
    ),
    "two values from the same day": (
        PARAMETERS,
        "value = 50_000\n",
        "value = 50_000\n[[base_award_monthly_fen.values]]\nfrom = 2025-11-01\nvalue = 60_000\n",
        "from = 2025-11-01\nvalue = 60_000",
        "duplicate",
        "2025-11-01 appears twice",
    ),
    "a value that ends before it begins": (
        PARAMETERS,
        "value = 50_000\n",
        "value = 50_000\nuntil = 2025-11-01\n",
        "until = 2025-11-01",
        "until_reversed",
        "base_award_monthly_fen: until 2025-11-01 is not after from 2025-11-01, so the value never holds",
    ),
    "a value that ends after the next begins": (
        PARAMETERS,
        "value = 50_000\n",
        "value = 50_000\nuntil = 2026-02-02\n[[base_award_monthly_fen.values]]\nfrom = 2026-02-01\nvalue = 60_000\n",
        "until = 2026-02-02",
        "until_overlaps",
        "base_award_monthly_fen: until 2026-02-02 is after the next value's from 2026-02-01, two values hold",
    ),
    "a scheme that begins after its plan's year": (
        PLAN,
        "year = { value = 2026",
        "year = { value = 2024",
        "",
        "begins_after_year",
        "valid_from 2025-11-01 is after the plan's year 2024, over before the rules begin",
    ),
    "a household programme planned in persons": (
        PLAN,
        'recipients = { value = 200, unit = "HOUSEHOLDS"',
        'recipients = { value = 200, unit = "PERSONS"',
        'recipients = { value = 200, unit = "PERSONS"',
        "planned_unit",
        'BASE_AWARD is counted by the household: write unit = "HOUSEHOLDS" here',
    ),
    "a programme for persons planned in households": (
        PLAN,
        'opening_caseload = { value = 45, unit = "PERSONS"',
        'opening_caseload = { value = 45, unit = "HOUSEHOLDS"',
        'opening_caseload = { value = 45, unit = "HOUSEHOLDS"',
        "planned_unit",
        'ELDER_SUPPLEMENT is counted by the person: write unit = "PERSONS" here',
    ),
    "a group of households aimed at in persons": (
        PLAN,
        'target = { value = 200, unit = "HOUSEHOLDS"',
        'target = { value = 200, unit = "PERSONS"',
        'target = { value = 200, unit = "PERSONS"',
        "planned_unit",
        'LOW_INCOME is counted by the household: write unit = "HOUSEHOLDS" here',
    ),
    "full-width digits": (
        PARAMETERS,
        "value = 50_000",
        "value = ５０_000",
        "value = ５０_000",
        "wrong_sign",
        "５ (U+FF15) is a full-width or Chinese sign: write a plain 5 here",
    ),
    "Chinese quotes around a text": (
        SCHEME,
        'version = "1.0"',
        "version = “1.0”",
        "version = “1.0”",
        "wrong_sign",
        '“ (U+201C) is a full-width or Chinese sign: write a plain " here',
    ),
    "a Chinese quote at the end of a text": (
        SCHEME,
        'version = "1.0"',
        'version = "1.0”',
        'version = "1.0”',
        "wrong_sign",
        '” (U+201D) is a full-width or Chinese sign: write a plain " here',
    ),
    "a Chinese comma": (
        SCHEME,
        'label = { zh = "周岁", en',
        'label = { zh = "周岁"，en',
        'label = { zh = "周岁"，en',
        "wrong_sign",
        "， (U+FF0C) is a full-width or Chinese sign: write a plain , here",
    ),
    "a full-width blank": (
        SCHEME,
        'version = "1.0"',
        'version\u3000= "1.0"',
        'version\u3000= "1.0"',
        "wrong_blank",
        "there is an invisible sign or a full-width blank (U+3000) here: delete it or write a plain blank",
    ),
    "an invisible sign": (
        SCHEME,
        'version = "1.0"',
        'version = \u200b"1.0"',
        'version = \u200b"1.0"',
        "wrong_blank",
        "there is an invisible sign or a full-width blank (U+200B) here",
    ),
    "a key written twice": (
        SCHEME,
        'version = "1.0"\n',
        'version = "1.0"\nversion = "1.1"\n',
        'version = "1.1"',
        "duplicate_key",
        "version is written twice, first on line 4: delete one of them",
    ),
    "a key of a table written twice": (
        SCHEME,
        'level = "PERSON"\nunit = "BOOL"\n',
        'level = "PERSON"\nunit = "BOOL"\nunit = "COUNT"\n',
        'unit = "COUNT"\nregister = "SPOUSE"',
        "duplicate_key",
        "facts.has_spouse.unit is written twice, first on line",
    ),
    "a table written twice": (
        PARAMETERS,
        "[elder_age]",
        "[base_award_monthly_fen]",
        '[base_award_monthly_fen]\nlabel = { zh = "老年人',
        "duplicate_key",
        "base_award_monthly_fen is written twice, first on line",
    ),
    "a key of an inline table written twice": (
        SCHEME,
        'label = { zh = "周岁",',
        'label = { zh = "周岁", zh = "岁",',
        'label = { zh = "周岁", zh',
        "duplicate_key",
        "zh is written twice",
    ),
    "a byte order mark": (
        SCHEME,
        "# S2",
        "\ufeff# S2",
        "\ufeff# S2",
        "byte_order_mark",
        "the file begins with an invisible byte order mark: save it as UTF-8 without one",
    ),
    "an assumption without its reason": (
        PARAMETERS,
        'assumption = true\nwhy = { zh = "方案写“额外津贴”',
        'assumption = true\n# { zh = "方案写“额外津贴”',
        "[supplement_needs_base]",
        "assumption_why",
        "an assumption needs its reason: why",
    ),
    "a parameter that is no table": (
        PARAMETERS,
        "[base_award_monthly_fen]",
        "loose = 3\n[base_award_monthly_fen]",
        "loose = 3",
        "wrong_type",
        "expected a table",
    ),
    "values that are no tables": (
        PARAMETERS,
        "[[elder_age.values]]\nfrom = 2025-11-01\nvalue = 60\n",
        "values = 60\n",
        "values = 60",
        "wrong_type",
        "expected an array of tables",
    ),
    "a value that is no table": (
        PARAMETERS,
        "[[elder_age.values]]\nfrom = 2025-11-01\nvalue = 60\n",
        "values = [60]\n",
        "values = [60]",
        "wrong_type",
        "expected a table",
    ),
    "an unknown key": (
        SCHEME,
        'source = "《社区社会救助服务体系方案》"',
        'source = "《社区社会救助服务体系方案》"\ncolour = "red"',
        'colour = "red"',
        "unknown_key",
        "unknown key colour",
    ),
    "a missing key": (
        SCHEME,
        'version = "1.0"\n',
        "",
        "# S2 社区社会救助服务体系方案 as data",
        "missing_key",
        "version is missing",
    ),
    "a label in one language": (
        SCHEME,
        'label = { zh = "周岁", en = "Full years of age" }',
        'label = { zh = "周岁" }',
        'label = { zh = "周岁" }',
        "missing_label",
        "the text label is missing in Chinese or English",
    ),
    "no label at all": (
        SCHEME,
        'label = { zh = "周岁", en = "Full years of age" }\n',
        "",
        "[facts.age]",
        "missing_label",
        "the text label is missing in Chinese or English",
    ),
    "an empty label": (
        SCHEME,
        'en = "Full years of age"',
        'en = " "',
        'zh = "周岁"',
        "missing_label",
        "the text label is missing in Chinese or English",
    ),
    "an unknown rule": (
        SCHEME,
        'rule = "lone_elder"',
        'rule = "lonely_elder"',
        'rule = "lonely_elder"',
        "unknown_name",
        "there is no rule named lonely_elder",
    ),
    "a name that is no text": (
        SCHEME,
        'rule = "lone_elder"',
        "rule = 3",
        "rule = 3",
        "unknown_name",
        "there is no rule named 3",
    ),
    "an unknown paper": (
        SCHEME,
        'papers = ["DISABILITY_CERTIFICATE"]',
        'papers = ["DISABILITY_CARD"]',
        'papers = ["DISABILITY_CARD"]',
        "unknown_name",
        "there is no paper named DISABILITY_CARD",
    ),
    "a paper named twice": (
        SCHEME,
        'papers = ["DISABILITY_CERTIFICATE"]',
        'papers = ["DISABILITY_CERTIFICATE", "DISABILITY_CERTIFICATE"]',
        'papers = ["DISABILITY_CERTIFICATE", ',
        "duplicate",
        "DISABILITY_CERTIFICATE appears twice",
    ),
    "papers that are no list": (
        SCHEME,
        'papers = ["DISABILITY_CERTIFICATE"]',
        'papers = "DISABILITY_CERTIFICATE"',
        'papers = "DISABILITY_CERTIFICATE"',
        "wrong_type",
        "expected a list",
    ),
    "an unknown parameter": (
        SCHEME,
        'days = "intake_answer_days"',
        'days = "answer_days"',
        'days = "answer_days"',
        "unknown_name",
        "there is no parameter named answer_days",
    ),
    "a parameter in the wrong unit": (
        SCHEME,
        'days = "intake_answer_days"',
        'days = "class_seats"',
        'days = "class_seats"',
        "wrong_unit",
        "class_seats is in PERSONS, expected DAYS / WORKING_DAYS",
    ),
    "a sum where a yes or no is needed": (
        SCHEME,
        'rule = "low_income"',
        'rule = "base_award_fen"',
        'rule = "base_award_fen"',
        "wrong_unit",
        "base_award_fen is in FEN, expected BOOL",
    ),
    "a rule of the other level": (
        SCHEME,
        'eligible_rule = "low_income"',
        'eligible_rule = "elder_supplement_due"',
        'eligible_rule = "elder_supplement_due"',
        "level",
        "elder_supplement_due is a PERSON rule and does not fit the unit HOUSEHOLD",
    ),
    "two items of one code": (
        SCHEME,
        'code = "HOUSEWORK"',
        'code = "SHOPPING"',
        'code = "SHOPPING"\nlabel = { zh = "家务"',
        "duplicate",
        "SHOPPING appears twice",
    ),
    "a time limit that no act runs": (
        SCHEME,
        "[deadlines.payee_hold]",
        "[deadlines.payee_wait]",
        "[deadlines.payee_wait]",
        "unknown_key",
        "unknown key payee_wait",
    ),
    "a programme without a place in shortage": (
        SCHEME,
        'programmes = ["BASE_AWARD", "ELDER_SUPPLEMENT"]',
        'programmes = ["BASE_AWARD"]',
        'programmes = ["BASE_AWARD"]',
        "unordered",
        "ELDER_SUPPLEMENT has no place in the order of payment in shortage",
    ),
    "an empty text": (
        SCHEME,
        'version = "1.0"',
        'version = " "',
        'version = " "',
        "wrong_type",
        "expected a text that is not empty",
    ),
    "a code in small letters": (
        SCHEME,
        'roles = ["COMMUNITY_WORKER"',
        'roles = ["community_worker"',
        'roles = ["community_worker"',
        "wrong_type",
        "expected a code in capitals (such as LOW_INCOME)",
    ),
    "months in the wrong order": (
        SCHEME,
        'last_month = "2026-12"',
        'last_month = "2025-12"',
        'last_month = "2025-12"',
        "month_order",
        "the last month is before the first",
    ),
    "a month that is none": (
        SCHEME,
        'last_month = "2026-12"',
        'last_month = "2026-13"',
        'last_month = "2026-13"',
        "wrong_type",
        "expected a month (such as 2026-01)",
    ),
    "a day that is missing": (
        SCHEME,
        "valid_from = 2025-11-01\n",
        "",
        "# S2 社区社会救助服务体系方案 as data",
        "missing_date",
        "the date valid_from is missing",
    ),
    "an unknown placeholder in a letter": (
        SCHEME,
        "申请（编号 %(number)s）已于",
        "申请（编号 %(nmber)s）已于",
        "%(nmber)s",
        "placeholder",
        "unknown placeholder nmber",
    ),
    "a placeholder that another letter fills": (
        SCHEME,
        "申请（编号 %(number)s）已于",
        "申请（编号 %(number)s，补交 %(papers)s）已于",
        "%(papers)s",
        "placeholder_elsewhere",
        "letters of the kind ACCEPTED cannot fill the placeholder papers",
    ),
    "a stray percent sign in a letter": (
        SCHEME,
        "申请（编号 %(number)s）已于",
        "申请（编号 100%）已于",
        "100%）",
        "placeholder",
        "unknown placeholder %",
    ),
    "a rule that asks for an unknown name": (
        RULES,
        "def unemployed(registered_unemployed: bool) -> bool:\n",
        "def unemployed(registered_unemployed: bool, wage_fen: Fen) -> bool:\n",
        '@person_rule(zh="失业人员"',
        "unknown_name",
        "there is no fact, parameter or rule named wage_fen",
    ),
    "a total of what nobody has": (
        RULES,
        "size: int,",
        "size: int, total_wage_fen: Fen,",
        '@household_rule(zh="低收入家庭"',
        "unknown_name",
        "there is no fact, parameter or rule named total_wage_fen",
    ),
    "a household rule about one person": (
        RULES,
        "size: int,",
        "size: int, age: int,",
        '@household_rule(zh="低收入家庭"',
        "needs_total",
        "a household rule cannot use age of a person directly: use total_, any_, count_ or max_",
    ),
    "a sum taken for a number": (
        RULES,
        "low_income_line_fen: Fen) -> bool:\n",
        "low_income_line_fen: int) -> bool:\n",
        '@household_rule(zh="低收入家庭"',
        "wrong_unit",
        "low_income_line_fen is in FEN, expected COUNT",
    ),
    "a count of what is no yes or no": (
        RULES,
        "size: int,",
        "size: int, count_age: int,",
        '@household_rule(zh="低收入家庭"',
        "wrong_unit",
        "age is in COUNT, expected BOOL",
    ),
    "a sum of yes and no": (
        RULES,
        "size: int,",
        "size: int, total_has_spouse: bool,",
        '@household_rule(zh="低收入家庭"',
        "wrong_unit",
        "has_spouse is in BOOL, expected FEN / COUNT",
    ),
    "a rule without annotation": (
        RULES,
        "size: int,",
        "size,",
        '@household_rule(zh="低收入家庭"',
        "rule_signature",
        "low_income(size) must be annotated Fen, int or bool, each optionally | None",
    ),
    "a rule that returns a text": (
        RULES,
        "def unemployed(registered_unemployed: bool) -> bool:",
        "def unemployed(registered_unemployed: bool) -> str:",
        '@person_rule(zh="失业人员"',
        "rule_signature",
        "unemployed(return) must be annotated Fen, int or bool, each optionally | None",
    ),
    "a rule named like a fact": (
        RULES,
        "def disabled(",
        "def lives_alone(disability_grade: int) -> bool:\n    return disability_grade > 0\n\n\n"
        '@person_rule(zh="残疾人士", en="Disabled person", article="《方案》三.1 (残疾证)")\ndef disabled(',
        '@person_rule(zh="残疾人士"',
        "duplicate",
        "lives_alone appears twice",
    ),
    "a rule defined twice": (
        RULES,
        "def training_due(",
        "def counselling_due(",
        "def counselling_due(unemployed: bool) -> bool:",
        "duplicate",
        "counselling_due appears twice",
    ),
    "an import": (
        RULES,
        "from linli.kernel.money import Fen\n",
        "import os\nfrom linli.kernel.money import Fen\n",
        "import os",
        "rule_import",
        "a rule file may not import os",
    ),
    "a decimal number": (
        RULES,
        "return registered_unemployed",
        "return registered_unemployed and 0.5 < 1",
        "return registered_unemployed and 0.5",
        "rule_language",
        "rules hold integers, booleans and unknown only: 0.5",
    ),
    "a division that leaves integers": (
        RULES,
        "return registered_unemployed",
        "return 1 / 2 < registered_unemployed",
        "return 1 / 2",
        "rule_language",
        "rules hold integers, booleans and unknown only: / ** → //",
    ),
    "a literal beyond 64 bits": (
        RULES,
        "return registered_unemployed",
        "return registered_unemployed < 9223372036854775808",
        "9223372036854775808",
        "out_of_range",
        "9223372036854775808 is outside -9223372036854775808 to 9223372036854775807",
    ),
    "a rule file that cannot be parsed": (
        RULES,
        "return registered_unemployed",
        "return return",
        "return return",
        "syntax",
        "syntax error: invalid syntax",
    ),
    "a rule file that cannot be run": (
        RULES,
        "from linli.policies.engine import household_rule, person_rule\n",
        "from linli.policies.engine import household_rule, person_rule\n\nLINE = 1 // 0\n",
        "LINE = 1 // 0",
        "rule_failed",
        "the rule file cannot be run: ZeroDivisionError: integer division or modulo by zero",
    ),
    "an unknown programme in the plan": (
        PLAN,
        'programme = "BASE_AWARD"',
        'programme = "BASIC_AWARD"',
        'programme = "BASIC_AWARD"',
        "unknown_name",
        "there is no programme named BASIC_AWARD",
    ),
    "a figure that is both stated and assumed": (
        PLAN,
        'source = "《方案》二", stated = true }\nof = "RESIDENTS" #',
        'source = "《方案》二", stated = true, assumed = true }\nof = "RESIDENTS" #',
        "stated = true, assumed = true",
        "stated_or_assumed",
        "exactly one of stated = true and assumed = true is needed",
    ),
    "an assumed figure without its reason": (
        PLAN,
        'source = "《方案》二", stated = true }\nof = "RESIDENTS" #',
        'source = "《方案》二", assumed = true }\nof = "RESIDENTS" #',
        'source = "《方案》二", assumed = true',
        "assumption_why",
        "an assumption needs its reason: why",
    ),
    "a figure in a unit that does not belong there": (
        PLAN,
        'value = 15, unit = "PERCENT"',
        'value = 15, unit = "FEN"',
        'value = 15, unit = "FEN"',
        "unknown_choice",
        "FEN is not one of PERCENT",
    ),
    "a share of more than all": (
        PLAN,
        'value = 15, unit = "PERCENT"',
        'value = 150, unit = "PERCENT"',
        'value = 150, unit = "PERCENT"',
        "out_of_range",
        "150 is outside 0 to 100",
    ),
    "a figure that is a text": (
        PLAN,
        'hours_per_week = { value = 600, unit = "HOURS", source = "《方案》四", stated = true }',
        'hours_per_week = "600"',
        'hours_per_week = "600"',
        "wrong_type",
        "expected a table",
    ),
    "a target without a figure": (
        PLAN,
        'figure = "groups.LONE_ELDER.target"',
        'figure = "groups.LONELY.target"',
        'figure = "groups.LONELY.target"',
        "unresolved",
        "no figure has the address groups.LONELY.target",
    ),
    "a programme that needs itself": (
        PLAN,
        'needs = { programme = "BASE_AWARD"',
        'needs = { programme = "ELDER_SUPPLEMENT"',
        'needs = { programme = "ELDER_SUPPLEMENT"',
        "unresolved",
        "no figure has the address programmes.ELDER_SUPPLEMENT",
    ),
    "a plan that ends before it begins": (
        PLAN,
        'last_month = { value = "2026-12"',
        'last_month = { value = "2025-12"',
        'last_month = { value = "2025-12"',
        "month_order",
        "the last month is before the first",
    ),
    "a broken line": (
        PLAN,
        "[population]",
        "[population",
        "[population",
        "syntax",
        "syntax error: Expected ']' at the end of a table declaration",
    ),
}


class TestOneMistake:
    @pytest.mark.parametrize("name", ONE_MISTAKE)
    def test_is_told_with_file_line_and_cause(self, spoil, copy, name):
        file, old, new, place, kind, cause = ONE_MISTAKE[name]

        problems = spoil(file, old, new)

        # Without a place of its own the mistake is told where the other half of it stands.
        file, place = (file, place) if place else (SCHEME, "valid_from = ")
        text = (copy / file).read_text(encoding="utf-8")
        line = text[: text.index(place)].count("\n") + 1
        assert [(p.file, p.line, p.kind) for p in problems] == [(file, line, kind)]
        assert problems[0].cause.en.startswith(cause)


class TestCodes:
    @pytest.mark.parametrize(
        ("file", "old"),
        [
            (SCHEME, 'code = "LOW_INCOME"'),
            (SCHEME, 'group = "LOW_INCOME"'),
            (SCHEME, 'code = "BASE_AWARD"'),
            (SCHEME, 'code = "ACCEPTED"'),
            (PLAN, 'group = "LOW_INCOME"'),
            (PLAN, 'programme = "BASE_AWARD"'),
        ],
    )
    @pytest.mark.parametrize("new", ['["LOW_INCOME"]', '{ code = "LOW_INCOME" }'])
    def test_that_are_no_text_are_told_where_they_stand(self, spoil, copy, file, old, new):
        told = {
            (problem.file, problem.line) for problem in spoil(file, f"{old}\n", f"{old.partition(' ')[0]} = {new}\n")
        }
        text = (copy / file).read_text(encoding="utf-8")

        assert (file, text[: text.index(f"= {new}\n")].count("\n") + 1) in told


class TestCycle:
    def test_names_the_rules_in_it(self, copy):
        with (copy / RULES).open("a", encoding="utf-8") as file:
            file.write(rule("def first(second: int) -> int:\n    return second"))
            file.write(rule("def second(third: int) -> int:\n    return third"))
            file.write(rule("def third(first: int) -> int:\n    return first"))

        [problem] = problems_of(copy)

        assert (problem.kind, problem.cause.en) == (
            "cycle",
            "rules depend on each other in a cycle: first → second → third → first",
        )

    def test_is_found_through_a_total(self, copy):
        with (copy / RULES).open("a", encoding="utf-8") as file:
            file.write(rule("def share(all_shares: int) -> int:\n    return all_shares", "person"))
            file.write(rule("def all_shares(total_share: int) -> int:\n    return total_share"))

        [problem] = problems_of(copy)

        assert problem.cause.zh == "规则互相引用成环：share → all_shares → share"


class TestLetters:
    def test_that_are_not_written_are_those_of_everybody(self, copy, community_pack):
        text = (copy / SCHEME).read_text(encoding="utf-8")
        (copy / SCHEME).write_text(text[: text.rindex("[[notices]]")], encoding="utf-8")

        notices = load_pack(copy).notices
        assert (set(notices), "ENDED" in notices) == (set(community_pack.notices), True)


class TestFiles:
    @pytest.mark.parametrize("file", [PARAMETERS, SCHEME, RULES])
    def test_a_missing_file_is_one_problem_not_many(self, copy, file):
        (copy / file).unlink()

        assert [(p.file, p.line, p.kind) for p in problems_of(copy)] == [(file, 1, "file_missing")]

    def test_a_file_in_another_encoding_names_the_line(self, copy):
        (copy / PARAMETERS).write_bytes('# one\n# two\nlabel = "低保"\n'.encode("gbk"))

        assert [(p.file, p.line, p.kind) for p in problems_of(copy)] == [(PARAMETERS, 3, "other_encoding")]

    def test_a_file_in_another_encoding_says_how_to_save_it(self, copy):
        (copy / PARAMETERS).write_bytes('label = "低保"\n'.encode("gbk"))

        assert problems_of(copy)[0].in_language("en") == (
            "parameters.toml:1: the file is in GBK (ANSI): save it as UTF-8 (without a byte order mark) in your editor"
        )

    @pytest.mark.parametrize(
        ("raw", "kind"),
        [
            ('label = "低保"\n'.encode("utf-16"), "other_encoding"),
            (b"label = 1\n\xff\xff\n", "not_utf8"),
            (b"a = 1\rb = 2\r", "line_ends"),
        ],
    )
    def test_that_cannot_be_read_say_why(self, copy, raw, kind):
        (copy / PARAMETERS).write_bytes(raw)

        assert [(p.file, p.kind) for p in problems_of(copy)] == [(PARAMETERS, kind)]

    @pytest.mark.parametrize("file", [PARAMETERS, SCHEME, RULES, PLAN])
    def test_with_the_line_ends_of_windows_are_the_same_pack(self, copy, file, community_pack):
        path = copy / file
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

        pack = load_pack(copy)

        assert (pack.parameters, pack.notices, pack.plan) == (
            community_pack.parameters,
            community_pack.notices,
            community_pack.plan,
        )

    def test_with_the_line_ends_of_windows_name_the_right_line(self, copy):
        text = (copy / PARAMETERS).read_text(encoding="utf-8").replace("value = 50_000", "value = -1")
        (copy / PARAMETERS).write_bytes(text.replace("\n", "\r\n").encode())

        assert [p.line for p in problems_of(copy)] == [text[: text.index("value = -1")].count("\n") + 1]

    def test_rules_in_another_encoding_are_told(self, copy):
        (copy / RULES).write_bytes('"""低保"""\n'.encode("gbk"))

        assert [(p.file, p.kind) for p in problems_of(copy)] == [(RULES, "other_encoding")]

    def test_a_file_that_stops_short_names_its_last_line(self, copy):
        (copy / PLAN).write_text('year = {\n\n"', encoding="utf-8")

        [problem] = problems_of(copy)

        assert (problem.file, problem.kind) == (PLAN, "syntax")

    def test_an_empty_scheme_names_everything_that_is_missing(self, copy):
        (copy / SCHEME).write_text("facts = 3\ngroups = 4\ndeadlines = 5\n", encoding="utf-8")

        causes = {p.cause.en for p in problems_of(copy) if p.file == SCHEME}

        assert {
            "expected a table",
            "expected an array of tables",
            "version is missing",
            "programmes is missing",
        } <= causes


class TestAllAtOnce:
    def test_problems_of_every_file_come_in_one_refusal(self, copy):
        for file, old, new in [
            (PARAMETERS, "value = 50_000", "value = -1"),
            (SCHEME, 'rule = "disabled"', 'rule = "disable"'),
            (RULES, "size: int", "size: int, members: int"),
            (PLAN, 'source = "GOVERNMENT"', 'source = "STATE"'),
        ]:
            text = (copy / file).read_text(encoding="utf-8")
            (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")

        assert [(p.file, p.kind) for p in problems_of(copy)] == [
            (PARAMETERS, "out_of_range"),
            (PLAN, "unknown_name"),
            (RULES, "unknown_name"),
            (SCHEME, "unknown_name"),
        ]

    def test_the_refusal_reads_as_a_list_in_chinese(self, copy):
        (copy / PARAMETERS).unlink()

        with pytest.raises(PackError) as refusal:
            load_pack(copy)

        assert str(refusal.value) == "政策包有 1 处错误\nparameters.toml:1: 缺少文件"

    def test_each_problem_reads_in_english_too(self, copy):
        (copy / PARAMETERS).unlink()

        assert problems_of(copy)[0].in_language("en") == "parameters.toml:1: the file is missing"
