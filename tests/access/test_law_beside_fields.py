"""Fields that stem from law carry their articles: what a form rests on is a place that packs have."""

from collections.abc import Iterator

from django.urls import get_resolver

from linli.foundation.screens.fields import LawForm
from linli.law.policies.engine import load_pack
from linli.law.policies.engine.clauses import clauses_at
from tests.policies.engine.support import COMMUNITY


def law_forms() -> Iterator[type[LawForm]]:
    assert get_resolver().url_patterns  # every page, with its forms, is there
    waiting: list[type[LawForm]] = [LawForm]
    while waiting:
        found = waiting.pop().__subclasses__()
        waiting += found
        yield from found


def test_what_a_form_rests_on_is_in_the_pack() -> None:
    pack, forms = load_pack(COMMUNITY), set(law_forms())

    assert {"CounterForm", "VisitForm", "EndForm", "AccountForm", "FundMonthForm"} <= {one.__name__ for one in forms}
    assert [(form.__name__, at) for form in forms for at in form.rests_on.values() if not clauses_at(pack, at)] == []
