"""Who acts and when."""

from datetime import UTC, date, datetime

import pytest

from linli.kernel.act import CHINA_TIME, SYSTEM, Act


class TestAct:
    def test_refuses_a_moment_without_zone(self):
        with pytest.raises(ValueError, match="aware"):
            Act(SYSTEM, datetime(2026, 3, 9, 9, 0))  # noqa: DTZ001  # the naive moment is what is refused

    def test_happens_on_the_civil_date_of_china(self):
        late_evening_in_london = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)

        assert Act(SYSTEM, late_evening_in_london).on == date(2026, 3, 9)

    def test_has_no_key_unless_the_caller_can_repeat_itself(self):
        assert Act(SYSTEM, datetime(2026, 3, 9, tzinfo=CHINA_TIME)).key == ""

    def test_the_product_itself_is_nobody(self):
        assert SYSTEM.pk == 0
