"""Days in letters."""

from datetime import date

from linli.policies.engine.letters import in_words


class TestInWords:
    def test_reads_as_people_write_a_day_in_both_languages(self):
        assert in_words(date(2026, 4, 1)) == {"zh": "2026年4月1日", "en": "1 Apr 2026"}
