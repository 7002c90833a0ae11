"""Every act of the product is asked by everybody who may not: by its form (test_forms_asked.py), or called directly."""

import pytest

from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from tests.access import calls
from tests.access.asking import EVERYBODY, ROUTES, name_of
from tests.access.calls import CALLED, UNASKED, acts_of_the_product
from tests.access.cells import EVENING, FORMS, ORACLE, TALLY, Still, route_of, undone
from tests.access.test_forms_asked import persons  # noqa: F401 - a fixture

UNPOSTED = ORACLE["unposted"]
KNOWN = EVERYBODY - {"anonymous"}
# How a refusal of the person, not of what was asked, is called.
ABOUT_WHO = {"NotPermitted", "AreasFixed", "AssessmentNotFound"}


class TestOracle:
    def test_every_act_is_asked_by_a_form_or_directly_or_has_a_reason(self):
        asked = {form["act"] for form in FORMS.values()}

        assert sorted(set(acts_of_the_product()) - asked - set(CALLED) - set(UNASKED)) == []
        assert sorted((asked | set(CALLED) | set(UNASKED)) - set(acts_of_the_product())) == []
        assert sorted(asked & set(CALLED)) == []

    def test_every_route_that_takes_a_form_is_sent_one_or_has_a_reason(self):
        takes = {name_of(route) for route, row in ROUTES.items() if "POST" in row}
        sent = {name_of(route_of(form)) for form in FORMS}

        assert sorted(takes - sent - set(UNPOSTED)) == []
        assert sorted(set(UNPOSTED) - takes) == []
        assert sorted(set(UNPOSTED) & sent) == []


@pytest.mark.django_db
@pytest.mark.parametrize("act", sorted(CALLED))
def test_an_act_is_refused_to_everybody_whom_the_oracle_does_not_let_call_it(world, persons, act):  # noqa: F811 - the fixture
    wrong = []
    for place in ("own",) if CALLED[act] in {"product", "own"} else ("own", "sibling", "foreign"):
        with undone():
            given, who = calls.given(act, world.at[place]), set(KNOWN)
            still = Still()
            for role in calls.refused(act, place, who):
                wrong += _asked(persons, still, act, given, role, place)

    assert not wrong, "\n".join(wrong)


def _asked(persons, still, act, given, role, place):  # noqa: F811
    told = f"{act} ({place}) called by {role}"
    TALLY.called["refused"] += 1
    TALLY.acts.add(act)
    with undone():
        still.begin()
        try:
            calls.call(act, Act(persons.users[role], EVENING), given)
        except DomainError as error:
            touched = still.touched()
            TALLY.changes += bool(touched)
            return [
                *([f"{told}: {type(error).__name__} {error.details}"] if type(error).__name__ not in ABOUT_WHO else []),
                *([f"{told}: refused, and yet {touched} changed"] if touched else []),
            ]
    return [f"{told}: done, the oracle says refused"]
