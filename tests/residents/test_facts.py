from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.registry.residents.codes import IdentifiedHow, Relation
from linli.registry.residents.models import Circumstance, Household, Identification, Resident
from linli.registry.residents.operations import (
    NewFact,
    NewIdentification,
    identify,
    note_circumstances,
    record_circumstances,
    record_death,
    register_households,
)
from linli.registry.residents.operations.refusals import (
    CodeMalformed,
    DateInFuture,
    ResidentUnknown,
    SourceMissing,
    SubjectAmbiguous,
)
from linli.registry.residents.queries import FactValue, facts_of, members_on, settled_fact
from linli.registry.residents.queries import facts as facts_module
from tests.conftest import MONDAY, Community, Staff, at
from tests.residents.people import person, single


def income(household: Household, value: int | None, as_of: date = MONDAY, source: str = "工资单") -> NewFact:
    return NewFact("monthly_income_fen", value, source, as_of, household_id=household.pk)


class TestRecordCircumstances:
    def test_keeps_every_value_ever_recorded(self, clerk, household):
        record_circumstances(clerk, facts=[income(household, 100)])
        record_circumstances(clerk, facts=[income(household, 200)])

        assert list(Circumstance.objects.order_by("pk").values_list("value", flat=True)) == [100, 200]

    def test_keeps_source_date_and_recorder(self, clerk, household, staff: Staff):
        record_circumstances(clerk, facts=[income(household, 100)])

        fact = Circumstance.objects.get()
        assert (fact.source, fact.as_of, fact.recorded_by_id) == ("工资单", MONDAY, staff.clerk.pk)

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"code": "Income"}, CodeMalformed),
            ({"code": "x" * 61}, CodeMalformed),
            ({"source": " "}, SourceMissing),
            ({"as_of": date(2026, 3, 10)}, DateInFuture),
            ({"household_id": 999_999}, ResidentUnknown),
            ({"resident_id": 1}, SubjectAmbiguous),
            ({"household_id": None}, SubjectAmbiguous),
        ],
    )
    def test_refuses_what_is_no_fact(self, clerk, household, change, reason):
        values = {
            "code": "lives_alone",
            "value": 1,
            "source": "走访",
            "as_of": MONDAY,
            "household_id": household.pk,
        } | change

        with pytest.raises(reason):
            record_circumstances(clerk, facts=[NewFact(**values)])

    def test_refuses_another_street(self, household, staff: Staff):
        with pytest.raises(NotPermitted):
            record_circumstances(Act(staff.outsider, at(MONDAY)), facts=[income(household, 1)])

    def test_holds_off_who_asks_up_to_where_they_are_all_there(self, clerk, household):
        """PostgreSQL gives ids out in one order and shows them in another: a later fact may be seen first."""
        with CaptureQueriesContext(connection) as recording:
            record_circumstances(clerk, facts=[income(household, 120_000)])
        with CaptureQueriesContext(connection) as asking:
            newest = settled_fact()

        assert newest == Circumstance.objects.get().pk
        on_server = connection.vendor == "postgresql"
        sent = [query["sql"] for query in recording.captured_queries]
        shared = [number for number, text in enumerate(sent) if "pg_advisory_xact_lock_shared(7402, 0)" in text]
        written = [number for number, text in enumerate(sent) if 'INSERT INTO "residents_circumstance"' in text]
        assert [number < written[0] for number in shared] == [True] * on_server
        asked = [query["sql"] for query in asking.captured_queries if "SAVEPOINT" not in query["sql"]]
        assert ["pg_advisory_xact_lock(7402, 0)" in text for text in asked] == [True, False][not on_server :]

    def test_another_room_may_note_facts_inside_its_act(self, household, staff: Staff):
        @act
        def visit(act: Act) -> None:
            note_circumstances(act, facts=[income(household, 7)])
            audit.record(act, where=0, subject="visit")

        visit(Act(staff.volunteer, at(MONDAY)))

        assert Circumstance.objects.get().value == 7


class TestIdentify:
    def test_keeps_how_and_by_whom(self, clerk, household):
        found = NewIdentification(IdentifiedHow.CENSUS, MONDAY, "王丽", household_id=household.pk)
        identify(clerk, identifications=[found])

        assert Identification.objects.get().by_name == "王丽"

    @pytest.mark.parametrize("who", ["outsider", "auditor", "administrator", "maker"])
    def test_is_for_those_who_keep_the_registry_there(self, household, staff: Staff, who):
        found = NewIdentification(IdentifiedHow.SELF, MONDAY, household_id=household.pk)

        with pytest.raises(NotPermitted):
            identify(Act(getattr(staff, who), at(MONDAY)), identifications=[found])
        assert not Identification.objects.exists()

    def test_one_household_elsewhere_spoils_the_set(self, clerk, household, community: Community, staff: Staff):
        elsewhere = Act(staff.outsider, at(MONDAY))
        [far] = register_households(elsewhere, households=[single(community.foreign.pk, person("赵六", order=9))])
        found = [NewIdentification(IdentifiedHow.SELF, MONDAY, household_id=one.pk) for one in (household, far)]

        with pytest.raises(NotPermitted):
            identify(clerk, identifications=found)
        assert not Identification.objects.exists()

    def test_refuses_a_day_to_come(self, clerk, household):
        found = NewIdentification(IdentifiedHow.SELF, date(2026, 3, 10), household_id=household.pk)

        with pytest.raises(DateInFuture):
            identify(clerk, identifications=[found])


class TestFactsOf:
    def test_the_newest_date_counts_not_the_last_entry(self, clerk, household):
        record_circumstances(clerk, facts=[income(household, 2, MONDAY), income(household, 1, date(2026, 2, 1))])

        assert facts_of([household.pk], MONDAY)[household.pk].facts["monthly_income_fen"].value == 2

    def test_of_two_entries_for_one_day_the_later_counts(self, clerk, household):
        record_circumstances(clerk, facts=[income(household, 1)])
        record_circumstances(clerk, facts=[income(household, None, source="本人未说明")])

        known = facts_of([household.pk], MONDAY)[household.pk].facts["monthly_income_fen"]
        assert known == FactValue(None, "本人未说明", MONDAY)

    def test_what_became_true_later_does_not_count_yet(self, clerk, household):
        record_circumstances(clerk, facts=[income(household, 2, MONDAY)])

        assert "monthly_income_fen" not in facts_of([household.pk], date(2026, 3, 8))[household.pk].facts

    def test_gives_age_and_size_without_being_told(self, household):
        known = facts_of([household.pk], MONDAY)[household.pk]

        assert (known.facts["size"].value, [m.facts["age"].value for m in known.members]) == (2, [75, 72])

    def test_names_members_by_number_with_the_head_first(self, household):
        members = facts_of([household.pk], MONDAY)[household.pk].members

        assert [(m.number, m.relation) for m in members] == [
            ("R-000001", Relation.HEAD),
            ("R-000002", Relation.SPOUSE),
        ]

    def test_keeps_a_members_own_facts_apart(self, clerk, household):
        wife = Resident.objects.get(name="李秀英")
        record_circumstances(clerk, facts=[NewFact("disability_grade", 2, "残疾证", MONDAY, resident_id=wife.pk)])

        members = facts_of([household.pk], MONDAY)[household.pk].members
        assert ["disability_grade" in m.facts for m in members] == [False, True]

    def test_the_dead_are_no_members_from_that_day_on(self, clerk, household):
        wife = Resident.objects.get(name="李秀英")
        record_death(clerk, resident_ids=[wife.pk], died_date=date(2026, 3, 5))

        sizes = [len(members_on([household.pk], date(2026, 3, day))[household.pk]) for day in (4, 5)]
        assert sizes == [2, 1]

    def test_leaves_out_households_that_are_not_there(self, household):
        assert list(facts_of([household.pk, 999_999], MONDAY)) == [household.pk]

    @pytest.mark.parametrize("most", [10_000, 3])
    def test_takes_at_most_four_statements_for_many_households(self, clerk, community: Community, most, monkeypatch):
        monkeypatch.setattr(facts_module, "_MOST_IDS", most)
        registered = register_households(
            clerk, households=[single(community.grid.pk, person(order=n)) for n in range(20)]
        )
        record_circumstances(clerk, facts=[income(household, n) for n, household in enumerate(registered)])
        with CaptureQueriesContext(connection) as statements:
            known = facts_of([household.pk for household in registered[:10]], MONDAY)

        values = [facts.facts["monthly_income_fen"].value for facts in known.values()]
        assert (len(statements) <= 4, values) == (True, list(range(10)))
