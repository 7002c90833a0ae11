from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.foundation.data.scope import NOWHERE, Scope
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign
from linli.kernel.act import Act
from linli.kernel.masking import mask_phone
from linli.registry.residents.codes import Relation
from linli.registry.residents.engine.names import name_keys
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import NewHousehold, leave, register_households, return_resident
from linli.registry.residents.queries import (
    household_detail,
    household_lines,
    households,
    places,
    resident_detail,
    search,
    timeline,
)
from linli.registry.residents.queries import (
    people as people_within,
)
from linli.registry.residents.queries.tokens import phone_tokens
from linli.registry.residents.web.lists import PeopleList
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.layers import layer
from tests.residents.people import couple, id_number, person, single

MAN = id_number(date(1950, 5, 1), 1, male=True)


@layer
def people(clerk, community: Community) -> list[Household]:
    family = [
        person("欧阳娜娜", order=3, male=False, phone="13912345678"),
        person("吕布", Relation.OTHER_RELATIVE, date(1960, 2, 3), phone="13812345679"),
        person("曾小明", Relation.CHILD, date(1980, 7, 8)),
    ]
    return register_households(
        clerk, households=[couple(community.building.pk), NewHousehold(community.grid.pk, family, "5 号")]
    )


def found(scope: Scope, text: str) -> list[str]:
    return [hit.name for hit in search(scope, text)]


def test_a_part_of_a_number_is_kept_as_long_as_its_column_and_no_longer(people):
    man = Resident.objects.get(name="王建国")
    columns = [*phone_tokens("13800138000"), "id_last4"]

    assert {name: len(getattr(man, name)) for name in columns} == {
        name: Resident._meta.get_field(name).max_length for name in columns
    }


@pytest.mark.usefixtures("people")
class TestSearch:
    def test_a_syllable_that_ends_before_yu_is_found_as_typed(self, clerk, community):
        register_households(clerk, households=[single(community.grid.pk, person("陆恩玉", order=9))])

        assert [hit.name for hit in search(Scope(communities=frozenset({community.community.pk})), "luenyu")] == [
            "陆恩玉"
        ]

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("王", ["王建国"]),  # one character
            ("王建", ["王建国"]),
            ("欧阳", ["欧阳娜娜"]),
            ("建国", ["王建国"]),  # given name
            ("娜娜", ["欧阳娜娜"]),
            ("wangjianguo", ["王建国"]),  # pinyin
            ("Wang Jian", ["王建国"]),
            ("zeng", ["曾小明"]),  # read as a surname
            *((typed, ["吕布"]) for typed in ("lübu", "lü", "lyu", "lv", "LǙ", "lu:bu", "Lyu Bu")),
            ("张　三", []),
            ("\u200b王　建国\ufeff", ["王建国"]),
            ("wjg", ["王建国"]),  # initials
            ("oynn", ["欧阳娜娜"]),
            ("138", ["王建国", "吕布"]),  # telephone
            ("5678", ["欧阳娜娜"]),
            ("R-000001", ["王建国"]),  # numbers
            ("r1", ["王建国"]),
            ("H-000001", ["王建国", "李秀英"]),
            ("和平里 1", ["王建国", "李秀英"]),  # building
        ],
    )
    def test_finds_people_by_what_they_say(self, scope, text, names):
        assert found(scope, text) == names

    def test_finds_people_by_the_last_four_of_their_identity_number(self, scope):
        number = id_number(date(1980, 7, 8), 1, male=True)

        assert found(scope, number[-4:]) == ["曾小明"]

    def test_takes_no_digits_that_a_mask_hides(self, scope):
        """Else four hidden digits are found one by one, in fifty searches at most."""
        phone, number = "13912345678", id_number(date(1980, 7, 8), 1, male=True)
        parts = {
            part
            for whole in (phone, number)
            for length in range(3, len(whole) + 1)
            for part in (whole[:length], whole[-length:])
        }

        assert {part for part in parts if found(scope, part)} == {phone[:3], phone[-4:], number[-4:]}

    def test_takes_no_part_of_a_telephone_of_which_the_mask_shows_two_digits(self, clerk, community, scope):
        register_households(clerk, households=[single(community.grid.pk, person("陆恩玉", order=9, phone="6234 5678"))])
        lu = Resident.objects.get(name="陆恩玉")

        assert mask_phone("62345678") == "******78"
        assert "陆恩玉" not in [*found(scope, "623"), *found(scope, "5678")]
        assert (lu.phone_first3, lu.phone_last4) == ("", "")

    @pytest.mark.parametrize("text", ["", "  ", "1", "12", "王小", "zz", "999999", "R-999999", "%", "_", "王%"])
    def test_finds_nobody_by_nothing_that_fits(self, scope, text):
        assert found(scope, text) == []

    def test_says_where_people_live_and_that_somebody_is_gone(self, clerk, scope):
        leave(clerk, resident_ids=[Resident.objects.get(name="王建国").pk], left_date=MONDAY)

        hit = search(scope, "王建国")[0]
        assert (hit.household_number, hit.is_gone) == ("", True)

    @pytest.mark.parametrize("text", ["王", "R-000001", "H-000001", "13800138000", "8000", "和平里", "wjg"])
    def test_finds_nobody_of_another_community(self, community: Community, text):
        assert found(Scope(communities=frozenset({community.sibling.pk})), text) == []

    def test_takes_few_statements(self, scope):
        with CaptureQueriesContext(connection) as statements:
            search(scope, "8000")

        assert len(statements) <= 8

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is asked of SQLite, which has no statistics")
    @pytest.mark.parametrize("text", ["王", "建国", "wjg", "wangjianguo", "8000", "138", MAN[-4:], "和平里"])
    def test_reads_no_whole_table(self, scope, text):
        with CaptureQueriesContext(connection) as statements:
            search(scope, text)
        with connection.cursor() as cursor:
            for statement in list(statements):
                cursor.execute(f"EXPLAIN QUERY PLAN {statement['sql']}")
                assert not [step for *_ids, step in cursor.fetchall() if step.startswith("SCAN residents")]

    def test_stops_at_the_limit(self, scope):
        assert len(search(scope, "138", limit=1)) == 1


class TestNameKeys:
    @pytest.mark.parametrize(
        ("name", "pinyin", "initials"),
        [
            ("单于明", "chanyuming", "cym"),
            ("万俟雪", "moqixue", "mqx"),
            ("仇和", "qiuhe", "qh"),
            ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
            ("Anna Li", "annali", "a"),
        ],
    )
    def test_reads_names_as_people_say_them(self, name, pinyin, initials):
        keys = name_keys(name)

        assert (bytes.fromhex(keys.pinyin).decode(), bytes.fromhex(keys.initials).decode()) == (pinyin, initials)

    @given(st.text(alphabet="王李张欧阳建国娜明ab·", min_size=1, max_size=12), st.integers(1, 12))
    def test_a_prefix_of_the_name_is_a_prefix_of_its_key(self, name, length):
        assert name_keys(name).name.startswith(name_keys(name[:length]).name)


class TestLists:
    @pytest.mark.parametrize("size", [2, 30])
    def test_takes_the_same_statements_for_any_length(self, clerk, community: Community, scope, size):
        register_households(clerk, households=[single(community.grid.pk, person(order=n)) for n in range(size)])
        with CaptureQueriesContext(connection) as statements:
            household_lines(list(households(scope)))

        assert len(statements) == 3

    def test_narrows_to_a_building(self, clerk, household, community: Community, scope):
        register_households(clerk, households=[single(community.grid.pk, person("赵芳", order=9))])

        rows = list(households(scope, among=places([community.building.pk]).values()))
        assert [line.head_name for line in household_lines(rows).values()] == ["王建国"]

    def test_narrows_to_a_grid(self, household, community: Community, scope):
        assert not households(scope, among=places([community.other_grid.pk]).values()).exists()

    def test_shows_closed_households_on_demand(self, clerk, household, scope):
        leave(clerk, resident_ids=list(Resident.objects.values_list("pk", flat=True)), left_date=MONDAY)

        shown = [households(scope, closed=closed).count() for closed in (False, True, None)]
        assert shown == [0, 1, 1]

    def test_of_several_households_stand_by_number_and_the_head_first_whoever_it_is(self, clerk, people, scope):
        for name, home in (("王建国", people[0]), ("吕布", people[1])):
            who, relation = Resident.objects.get(name=name).pk, Relation.OTHER_RELATIVE
            leave(clerk, resident_ids=[who], left_date=MONDAY)
            return_resident(clerk, resident_id=who, household_id=home.pk, relation=relation, returned_date=MONDAY)

        rows = people_within(scope).order_by(*PeopleList.order)
        assert [row.resident.name for row in rows] == ["李秀英", "王建国", "欧阳娜娜", "吕布", "曾小明"]


class TestDetail:
    def test_shows_members_masked(self, household, scope):
        detail = household_detail(scope, household.number, on=MONDAY)

        shown = [(m.person.masked_id_number[:14], len(m.person.masked_id_number)) for m in detail.members]
        assert shown == [("*" * 14, 18)] * 2

    def test_tells_where_a_resident_lives(self, household, scope):
        detail = resident_detail(scope, "R-000002", on=MONDAY)

        assert (detail.household_number, detail.relation) == (household.number, Relation.SPOUSE)

    def test_tells_of_somebody_who_lives_nowhere(self, clerk, household, scope):
        leave(clerk, resident_ids=[Resident.objects.get(name="李秀英").pk], left_date=MONDAY)

        assert resident_detail(scope, "R-000002", on=MONDAY).household_number == ""


@layer
def spread(staff: Staff, community: Community) -> list[Household]:
    """A household of one in each of five places of two streets."""
    assign(
        system_act(),
        user_id=staff.clerk.pk,
        role=Role.COMMUNITY_WORKER,
        area_id=community.district.pk,
        valid_from=date(2025, 1, 1),
    )
    places = [community.community, community.sibling, community.foreign, community.grid, community.other_grid]
    return register_households(
        Act(staff.clerk, at(MONDAY)),
        households=[single(place.pk, person(f"王{n}", order=n)) for n, place in enumerate(places)],
    )


# obj in scope ⇔ visible, whatever the question.
_LEVELS = ("districts", "streets", "communities", "grids")


class TestScope:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_everything_in_scope_is_visible_and_nothing_else(self, spread, community: Community, data):
        ids = [
            area.pk
            for area in (
                community.district,
                community.street,
                community.other_street,
                community.community,
                community.sibling,
                community.foreign,
                community.grid,
                community.other_grid,
            )
        ]
        scope = Scope(**{level: data.draw(st.frozensets(st.sampled_from(ids), max_size=2)) for level in _LEVELS})
        for row in Household.objects.all():
            visible = [
                household_detail(scope, row.number, on=MONDAY) is not None,
                households(scope).filter(pk=row.pk).exists(),
                bool(timeline(scope, row.number)),
                people_within(scope).filter(household=row).exists(),
            ]
            assert visible == [scope.covers(row.stamp)] * 4
        for person_row in Resident.objects.all():
            visible = [
                resident_detail(scope, person_row.number, on=MONDAY) is not None,
                person_row.number in {hit.number for hit in search(scope, person_row.name)},
                person_row.number in {hit.number for hit in search(scope, person_row.number)},
            ]
            assert visible == [scope.covers(person_row.stamp)] * 3

    def test_nowhere_sees_nothing(self, household):
        assert (search(NOWHERE, "王"), list(households(NOWHERE)), timeline(NOWHERE, household.number)) == ([], [], [])
