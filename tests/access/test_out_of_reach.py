"""No page shows a number of what lies out of its reader's reach: not in a list, a figure's records, or a choice."""

import re

import pytest

from tests.access.asking import pages_of, routes_with_pages
from tests.access.cells import PLACES, REACH

# Who reads what lies in other places, too: each stands for all who reach as far.
READERS = ("clerk", "director", "street", "maker")
# Pages that are everybody's: what hangs on the board is there for all.
PUBLIC = {"public_notices", "public_notice", "publication_poster"}


def numbers_of(there):
    """What the objects of a place are called."""
    people = [
        row.resident.number for home in (there.household, there.moved_household) for row in home.memberships.all()
    ]
    homes = [there.household.number, there.moved_household.number, there.award.household.number]
    cases = [getattr(there, name).number for name in ("received", "incomplete", "accepted", "assessing", "published")]
    awards = [there.award.number, there.receivable.award.number]
    money = [there.released.number, there.proposed.number, there.fund.code, there.carry_over.number]
    papers = [there.letter.number, there.prepared.number, there.posted.number, there.agreement.number]
    return {*people, *homes, *cases, *awards, *money, *papers, there.request.number, there.version.number}


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(set(routes_with_pages()) - PUBLIC))
def test_a_page_shows_nothing_that_is_out_of_its_reader_s_reach(world, office, route):
    shown = []
    for address, readers in pages_of(world, route):
        for role in set(READERS) & set(readers):
            page = office.look(role, address).page.decode()
            away = set().union(*(numbers_of(world.at[place]) for place in PLACES if place not in REACH[role]))
            shown += [
                (role, address, one) for one in sorted(away) if re.search(rf"(?<!\w){re.escape(one)}(?![\w-])", page)
            ]

    assert shown == []
