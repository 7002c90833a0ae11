"""An act on many rows: tried before it is done, one act where that goes, and none held up by another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from linli.foundation.screens.sets import Deed, carried_out, rehearsed
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.foundation.trail.models import ActKey, AuditEntry
from linli.kernel.act import CHINA_TIME, SYSTEM, Act
from linli.kernel.errors import DomainError

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 9, 12, tzinfo=CHINA_TIME)
BAD = 13


class OutOfOrder(DomainError):
    """A row that does not go."""

    message = "%(row)s"


@act
def press(act: Act, *, ids: Sequence[int]) -> int:
    """Refuses any set with the bad row in it."""
    if BAD in ids:
        raise OutOfOrder(row=BAD)
    audit.record(act, where=0, subject=f"pressed:{len(ids)}")
    return len(ids)


def run(act: Act, ids: Sequence[int], _said: Mapping[str, Any]) -> int:
    return press(act, ids=ids)


DEED = Deed("press", "press", run)


def pressed() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("subject", flat=True))


def deed_act(key: str = "") -> Act:
    return Act(SYSTEM, NOON, key)


class TestCarriedOut:
    def test_is_one_act(self) -> None:
        found = carried_out(deed_act(), DEED, [1, 2, 3], {})
        assert (found.refused, found.result, pressed()) == ({}, 3, ["pressed:3"])

    def test_what_is_refused_does_not_hold_up_the_rest(self) -> None:
        found = carried_out(deed_act(), DEED, [1, BAD, 2], {})
        assert (list(found.refused), pressed()) == ([BAD], ["pressed:1"] * 2)

    def test_what_goes_as_one_goes_whole_or_not(self) -> None:
        found = carried_out(deed_act(), Deed("press", "press", run, whole=True), [1, BAD], {})
        assert (sorted(found.refused), pressed()) == ([1, BAD], [])

    def test_each_row_takes_effect_once(self) -> None:
        for _press in range(2):
            found = carried_out(deed_act("a" * 32), DEED, [1, BAD, 2], {})
            assert list(found.refused) == [BAD]
        assert pressed() == ["pressed:1"] * 2


class TestRehearsed:
    def test_says_what_would_come_of_it_and_does_nothing(self) -> None:
        found = rehearsed(deed_act("a" * 32), DEED, [1, BAD, 2], {})
        assert (list(found.refused), pressed(), ActKey.objects.count()) == ([BAD], [], 0)

    def test_the_same_act_goes_afterwards(self) -> None:
        rehearsed(deed_act("a" * 32), DEED, [1, 2], {})
        carried_out(deed_act("a" * 32), DEED, [1, 2], {})
        assert pressed() == ["pressed:2"]
