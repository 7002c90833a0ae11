"""The same counts at about fifty, five thousand and a hundred thousand households (`make flat` prints them)."""

import os
from collections.abc import Iterator

import pytest
from django.urls import resolve
from pytest_django import DjangoDbBlocker

from benchmarks import loading
from tests.flat.conftest import COMMUNITIES, HISTORY, Big, loaded
from tests.flat.pages import OWED_COUNTS
from tests.flat.test_flat import CONTENT

pytestmark = pytest.mark.skipif(not os.environ.get("LINLI_TEST_LONG"), reason="a quarter of an hour: make flat")
# The world as it is made has some forty families; each step multiplies them.
STEPS = (
    lambda: None,
    lambda: (loading.more_families(8), loading.more_communities(COMMUNITIES)),
    lambda: (loading.more_families(20, "g"), loading.more_history(HISTORY)),
)


@pytest.fixture(scope="module")
def counted(
    template_database: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Big]:
    """Everything that was sent at each stage."""
    with django_db_blocker.unblock(), loaded(template_database, tmp_path_factory.mktemp("stages"), STEPS) as found:
        yield found


def test_a_list_sends_as_many_statements_at_a_hundred_thousand_households(
    counted: Big, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("\n".join(lines_of(counted)))  # noqa: T201 - the table is what the target is for
    uneven = {who: counts for who, counts in counted.sent.items() if len(set(counts)) > 1}

    assert counted.sizes[-1] >= 100_000
    assert not uneven, f"at {counted.sizes} households"
    assert {who for who, counts in counted.sent.items() if max(counts) > CONTENT and not is_owed(who[0])} == set()


def lines_of(counted: Big) -> Iterator[str]:
    """One line for each list and who asks it: content statements at each stage."""
    yield ""
    yield f"{'households':<64}" + "".join(f"{size:>9,}" for size in counted.sizes)
    for (address, role), counts in sorted(counted.sent.items()):
        yield f"{address[:52]:<53}{role:<11}" + "".join(f"{count:>9}" for count in counts)


def is_owed(address: str) -> bool:
    """Whether the page still owes it."""
    return resolve(address.partition("?")[0]).url_name in OWED_COUNTS
