"""The street of the invented community decides reviews together, and does not let one family hold up the others."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from linli.aid.assistance.codes import RenewalMethod
from linli.kernel.errors import DomainError
from linli.simulator import turn
from linli.simulator.turn import Turn

DECEMBER_1 = date(2026, 12, 1)


class Acts:
    """Stand for the two acts of assistance: reviews of which there is news are refused, alone and among others."""

    def __init__(self, news: set[int]) -> None:
        self.news = news
        self.decided: list[int] = []
        self.confirmed: list[int] = []

    def decide(self, _act: object, *, renewal_ids: Sequence[int]) -> None:
        if self.news & set(renewal_ids):
            raise DomainError
        self.decided += renewal_ids

    def confirm(self, _act: object, *, renewal_ids: Sequence[int], checked_date: date, method: RenewalMethod) -> None:
        assert (checked_date, method) == (DECEMBER_1, RenewalMethod.VISIT)
        self.confirmed += renewal_ids


def lived(acts: Acts, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "decide_renewals", acts.decide)
    monkeypatch.setattr(turn, "confirm_renewals", acts.confirm)
    world: Any = SimpleNamespace(who=lambda *_which: SimpleNamespace(pk=1))
    one = Turn(world, Path(), cast("Any", None))
    one._decide_some(DECEMBER_1, ids)
    assert one.excess_fen == 0


@pytest.mark.parametrize(
    ("news", "decided", "confirmed"),
    [(set(), [1, 2, 3, 4], []), ({3}, [1, 2, 4], [3]), ({1, 4}, [2, 3], [1, 4])],
    ids=["no news", "news of one", "news of the first and the last"],
)
def test_a_family_with_news_goes_back_alone(
    monkeypatch: pytest.MonkeyPatch, news: set[int], decided: list[int], confirmed: list[int]
) -> None:
    acts = Acts(news)
    lived(acts, [1, 2, 3, 4], monkeypatch)
    assert (acts.decided, acts.confirmed) == (decided, confirmed)
