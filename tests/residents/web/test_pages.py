import re
from datetime import date
from io import BytesIO
from typing import ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from linli.foundation.screens.families import Happened
from linli.foundation.screens.pages import returning
from linli.foundation.trail.models import AuditEntry
from linli.kernel.bilingual import NO_TEXT, Text
from linli.registry.residents.codes import EventKind, GuardianshipKind, KinRelation, Relation
from linli.registry.residents.models import Circumstance, Guardianship, Household, Identification, Resident
from linli.registry.residents.operations import add_guardian, add_kinship, leave, move_household, register_households
from linli.registry.residents.queries import Event, vocabulary
from linli.registry.residents.queries.vocabulary import FactWord
from linli.registry.residents.web.presenters import happened
from tests.browser import LogIn
from tests.conftest import MONDAY, Community, Staff
from tests.residents.people import couple, id_number, person, single

MAN = id_number(date(1950, 5, 1), 1, male=True)
PAGES = [
    ("resident_list", ()),
    ("household_detail", ("H-000001",)),
    ("people_list", ()),
    ("household_import", ()),
    ("household_template", ()),
    ("household_new", ()),
    ("member_new", ("H-000001",)),
    ("fact_new", ("H-000001",)),
    ("identification_new", ("H-000001",)),
    ("guardian_new", ("H-000001",)),
    ("kinship_new", ("H-000001",)),
    ("household_move", ("H-000001",)),
    ("resident_move", ("R-000001",)),
    ("resident_leave", ("R-000001",)),
    ("resident_death", ("R-000001",)),
    ("resident_correct", ("R-000001",)),
    ("unmask_field", ("R-000001", "phone")),
    ("unmask_field", ("H-000001", "address")),
]
OF_SOMEBODY = [(name, args) for name, args in PAGES if args]
READING = {"resident_list", "household_detail", "people_list", "unmask_field"}
CHANGING_SOMEBODY = [(name, args) for name, args in OF_SOMEBODY if name not in READING]
MARCH_2 = date(2026, 3, 2)


def text(response) -> str:
    return response.content.decode()


def errors(response) -> list[str]:
    return re.findall(r'id="([\w-]+)-error"', text(response))


def household_data(community: Community, **changes: str) -> dict[str, str]:
    return {
        "area_id": community.building.code,
        "address": "2 单元 301",
        "rows": "5",
        "m0-name": "王建国",
        "m0-relation": "HEAD",
        "m0-sex": "MALE",
        "m0-birth_date": "1950-05-01",
        "m0-id_number": MAN,
        "m0-phone": "13800138000",
        "m0-hukou_kind": "HERE",
        "m0-residence_kind": "PERMANENT",
        "act_key": "a" * 32,
    } | changes


class TestAccess:
    @pytest.mark.parametrize(("name", "args"), PAGES)
    def test_a_clerk_opens_every_page(self, browser: Client, household, name, args):
        assert browser.get(reverse(name, args=args)).status_code == 200

    @pytest.mark.parametrize(("name", "args"), PAGES)
    def test_an_auditor_reads_and_changes_nothing(self, log_in: LogIn, staff: Staff, household, name, args):
        expected = 200 if name in READING else 403

        assert log_in(staff.auditor).get(reverse(name, args=args)).status_code == expected

    @pytest.mark.parametrize("role", ["volunteer", "maker", "administrator"])
    @pytest.mark.parametrize(("name", "args"), PAGES)
    def test_others_are_refused_whatever_the_object(self, log_in: LogIn, staff: Staff, household, role, name, args):
        assert log_in(getattr(staff, role)).get(reverse(name, args=args)).status_code == 403

    @pytest.mark.parametrize(("name", "args"), CHANGING_SOMEBODY)
    def test_who_registers_elsewhere_and_only_reads_here_changes_nothing_here(
        self, reader_here: Client, household, name, args
    ):
        assert reader_here.get(reverse("household_detail", args=["H-000001"])).status_code == 200
        assert reader_here.get(reverse(name, args=args)).status_code == 403

    @pytest.mark.parametrize(("name", "args"), [page for page in CHANGING_SOMEBODY if page[1] == ("H-000001",)])
    def test_a_household_that_has_closed_is_not_changed(self, browser: Client, clerk, household, name, args):
        everybody = [person.pk for person in Resident.objects.all()]
        leave(clerk, resident_ids=everybody, left_date=MARCH_2)

        assert browser.get(reverse(name, args=args)).status_code == 403

    @pytest.mark.parametrize(("name", "args"), OF_SOMEBODY)
    def test_out_of_scope_is_not_found(self, log_in: LogIn, staff: Staff, household, name, args):
        assert log_in(staff.outsider).get(reverse(name, args=args)).status_code == 404

    @pytest.mark.parametrize(("name", "args"), OF_SOMEBODY)
    def test_what_is_not_there_is_not_found(self, browser: Client, name, args):
        missing = [arg.replace("000001", "999999") for arg in args]

        assert browser.get(reverse(name, args=missing)).status_code == 404

    @pytest.mark.parametrize(("name", "args"), PAGES)
    def test_nobody_gets_in_without_logging_in(self, household, name, args, settings):
        settings.LOGIN_URL = "/log-in/"

        assert Client().get(reverse(name, args=args)).status_code == 302

    @pytest.mark.parametrize("name", ["resident_list", "search"])
    def test_lists_hold_nothing_of_others(self, log_in: LogIn, staff: Staff, household, name):
        page = text(log_in(staff.outsider).get(reverse(name), {"q": "王"}, follow=True))

        assert not {"王建国", "R-000001", "H-000001"} & set(re.findall(r"王建国|[RH]-\d{6}", page))

    @pytest.mark.parametrize(("name", "args"), PAGES)
    def test_speaks_english_throughout(self, browser: Client, household, name, args):
        browser.cookies["django_language"] = "en"
        response = browser.get(reverse(name, args=args))
        if response["Content-Type"].startswith("text/html"):
            # The frame's own words are foundation's to translate.
            main = text(response).split('id="main"')[1].split("</main>")[0]
            spoken = re.sub(r"王建国|李秀英|[^>]*号楼|第.网格|.{1,4}社区|2 单元 301|\(选填\)", "", main)
            assert re.findall(r"[\u4e00-\u9fff]+", spoken) == []


class TestBrowsing:
    def test_the_list_shows_households(self, browser: Client, household):
        assert "王建国" in text(browser.get(reverse("resident_list")))

    def test_the_list_is_flat_in_rows(self, browser: Client, clerk, community: Community):
        counts = []
        for order in (1, 2):
            households = [single(community.grid.pk, person(order=order * 50 + n)) for n in range(order * 10)]
            register_households(clerk, households=households)
            with CaptureQueriesContext(connection) as statements:
                browser.get(reverse("resident_list"))
            counts.append(len(statements))

        assert counts[0] == counts[1] <= 20

    def test_the_list_narrows_to_a_place(self, browser: Client, household, community: Community):
        pages = [
            text(browser.get(reverse("resident_list"), {"place": place.code}))
            for place in (community.building, community.grid, community.other_grid)
        ]

        assert ["王建国" in page for page in pages] == [True, True, False]

    @pytest.mark.parametrize(
        ("typed", "there"), [("1 号楼", True), ("一网格", True), ("二网格", False), ("哪里", False)]
    )
    def test_a_place_may_be_typed_by_a_part_of_its_name(self, browser: Client, household, typed, there):
        assert ("王建国" in text(browser.get(reverse("resident_list"), {"place": typed}))) is there

    def test_places_are_offered_as_somebody_types(
        self, browser: Client, log_in: LogIn, staff: Staff, community: Community
    ):
        asked = {"suggest": "place", "place": "1 号楼"}
        there = text(browser.get(reverse("resident_list"), asked))
        elsewhere = text(log_in(staff.outsider).get(reverse("resident_list"), asked))

        assert f'<option value="{community.building.code}">幸福里社区 · 第一网格 · {community.building.name}' in there
        assert community.building.code not in elsewhere

    def test_the_page_holds_no_options_of_places(self, browser: Client, household, community: Community):
        assert community.building.code not in text(browser.get(reverse("resident_list")))

    def test_the_next_page_follows(self, browser: Client, clerk, community: Community):
        register_households(clerk, households=[single(community.grid.pk, person(order=n)) for n in range(51)])

        page = text(browser.get(reverse("resident_list")))
        following = re.search(r'href="([^"]+)" rel="next"', page)[1]
        assert ("H-000051" in page, "H-000051" in text(browser.get(reverse("resident_list") + following))) == (
            False,
            True,
        )

    def test_the_search_box_finds_people(self, browser: Client, household):
        assert "R-000002" in text(browser.get(reverse("search"), {"q": "lxy"}))

    def test_the_fragment_is_a_part_of_the_page(self, browser: Client, household):
        page = text(browser.get(reverse("search"), {"q": "王"}))
        fragment = text(browser.get(reverse("search"), {"q": "王"}, headers={"HX-Request": "true"}))

        assert fragment.strip() in page

    def test_a_household_page_masks_numbers(self, browser: Client, household):
        page = text(browser.get(reverse("household_detail", args=["H-000001"])))

        assert ("138****8000" in page, MAN in page, "13800138000" in page) == (True, False, False)

    def test_a_household_page_leaves_one_audit_entry(self, browser: Client, household):
        before = AuditEntry.objects.count()
        browser.get(reverse("household_detail", args=["H-000001"]))

        added = list(AuditEntry.objects.order_by("pk").values_list("act", "subject"))[before:]
        assert added == [("read", "household:H-000001")]

    def test_looking_twice_in_a_day_stands_there_once(self, browser: Client, household):
        for _time in range(3):
            page = text(browser.get(reverse("household_detail", args=["H-000001"])))

        assert page.count("查看档案") == 1

    def test_a_resident_leads_to_the_household(self, browser: Client, household):
        response = browser.get(reverse("resident_detail", args=["R-000002"]))

        assert response["Location"] == reverse("household_detail", args=["H-000001"]) + "#R-000002"

    def test_a_resident_who_left_has_a_page(self, browser: Client, clerk, household):
        leave(clerk, resident_ids=list(Resident.objects.values_list("pk", flat=True)), left_date=date(2026, 3, 1))

        page = text(browser.get(reverse("resident_detail", args=["R-000001"])))
        assert "2026年3月1日" in page

    @pytest.mark.parametrize(("name", "lines"), [("resident_list", 4), ("people_list", 5)])
    def test_the_lists_go_out_as_workbooks_without_full_numbers(self, browser: Client, household, name, lines):
        response = browser.get(reverse(name), {"as": "xlsx"})

        cells = list(load_workbook(BytesIO(response.content)).active.values)
        assert (len(cells), MAN in str(cells), response["Cache-Control"]) == (lines, False, "no-store")
        assert "王建国" in str(cells[3])


class TestRegistering:
    def test_registers_a_household_and_shows_it(self, browser: Client, community: Community):
        response = browser.post(reverse("household_new"), household_data(community))

        assert (response["Location"], Resident.objects.count()) == (reverse("household_detail", args=["H-000001"]), 1)

    def test_the_same_form_twice_registers_once(self, browser: Client, community: Community):
        for _time in range(2):
            response = browser.post(reverse("household_new"), household_data(community))

        assert (response.status_code, Household.objects.count()) == (302, 1)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"m0-id_number": "110105194912310021"}, "id_m0-id_number"),
            ({"m0-birth_date": "2030-01-01", "m0-id_number": ""}, "id_m0-birth_date"),
            ({"m0-birth_date": "1951-05-01"}, "id_m0-birth_date"),
            ({"m0-sex": "FEMALE"}, "id_m0-sex"),
            ({"m0-name": ""}, "id_m0-name"),
            ({"m0-phone": "12"}, "id_m0-phone"),
            ({"area_id": "1"}, "id_area_id"),
            ({"opened_date": "2030-01-01"}, "id_opened_date"),
        ],
    )
    def test_names_the_field_and_keeps_what_was_typed(self, browser: Client, community: Community, changes, field):
        response = browser.post(reverse("household_new"), household_data(community, **changes))

        assert (errors(response), "2 单元 301" in text(response), Household.objects.count()) == ([field], True, 0)

    def test_who_is_told_whose_number_it_is_is_noted(self, browser: Client, community: Community):
        """Else a form that is refused would say who has a number, as often as somebody asks."""
        browser.post(reverse("household_new"), household_data(community))
        page = browser.post(reverse("household_new"), household_data(community) | {"act_key": "9" * 32})

        assert "R-000001" in text(page)
        newest = AuditEntry.objects.latest("pk")
        assert (newest.act, newest.subject, newest.lines_count) == ("read", "search", 1)

    def test_birth_date_and_sex_are_read_from_the_number(self, browser: Client, community: Community):
        changes = {"m0-birth_date": "", "m0-sex": ""}
        browser.post(reverse("household_new"), household_data(community, **changes))

        man = Resident.objects.get()
        assert (man.birth_date, man.sex) == (date(1950, 5, 1), "MALE")

    def test_without_a_number_birth_date_and_sex_are_asked_for(self, browser: Client, community: Community):
        changes = {"m0-birth_date": "", "m0-sex": "", "m0-id_number": ""}
        response = browser.post(reverse("household_new"), household_data(community, **changes))

        assert sorted(errors(response)) == ["id_m0-birth_date", "id_m0-sex"]

    def test_a_wrong_number_alone_is_named_by_its_field(self, browser: Client, community: Community):
        changes = {"m0-birth_date": "", "m0-id_number": "110105194912310021"}
        response = browser.post(reverse("household_new"), household_data(community, **changes))

        assert errors(response) == ["id_m0-id_number"]

    def test_errors_of_all_rows_stand_in_one_summary(self, browser: Client, community: Community):
        response = browser.post(reverse("household_new"), household_data(community, area_id="", **{"m0-name": ""}))

        assert text(response).count('class="error-summary"') == 1

    def test_each_line_of_it_says_of_whom_it_speaks(self, browser: Client, community: Community):
        unborn = {"m1-name": "王建军", "m1-relation": "SPOUSE"}
        response = browser.post(reverse("household_new"), household_data(community, **{"m0-name": "", **unborn}))

        shown = text(response)
        assert "户主 姓名：" in shown
        assert "第 2 人 王建军 出生日期：" in shown

    def test_two_heads_are_named_on_top(self, browser: Client, community: Community):
        second = {"m1-name": "王建军", "m1-relation": "HEAD", "m1-sex": "MALE", "m1-birth_date": "1952-01-01"}
        kinds = {"m1-hukou_kind": "HERE", "m1-residence_kind": "PERMANENT"}
        response = browser.post(reverse("household_new"), household_data(community, **second, **kinds))

        assert "每户只能有一名户主" in text(response)

    def test_a_row_without_name_is_nobody(self, browser: Client, community: Community):
        empty = {"m1-relation": "SPOUSE", "m1-sex": "MALE", "m1-hukou_kind": "HERE", "m1-residence_kind": "PERMANENT"}
        browser.post(reverse("household_new"), household_data(community, **empty))

        assert Resident.objects.count() == 1

    def test_more_rows_keep_what_was_typed_and_judge_nothing(self, browser: Client, community: Community):
        response = browser.post(reverse("household_new"), household_data(community, more_rows="1", **{"m0-sex": ""}))

        assert (text(response).count('name="m9-name"'), "王建国" in text(response), errors(response)) == (1, True, [])

    @pytest.mark.parametrize("rows", ["-1", "999999", "x", ""])
    def test_a_number_of_rows_nobody_asked_for_is_bounded(self, browser: Client, community: Community, rows):
        response = browser.post(reverse("household_new"), household_data(community, rows=rows, **{"m0-name": ""}))

        assert text(response).count('-name"') <= 80

    def test_a_newborn_joins(self, browser: Client, household):
        data = {
            "name": "王小宝",
            "relation": "GRANDCHILD",
            "sex": "MALE",
            "birth_date": "2026-03-01",
            "hukou_kind": "HERE",
            "residence_kind": "PERMANENT",
            "since": "2026-03-01",
        }
        browser.post(reverse("member_new", args=["H-000001"]), data)

        assert household.memberships.count() == 3

    def test_a_second_head_is_refused_by_the_field(self, browser: Client, household):
        data = {
            "name": "王强",
            "relation": "HEAD",
            "sex": "MALE",
            "birth_date": "1980-03-01",
            "hukou_kind": "HERE",
            "residence_kind": "PERMANENT",
            "since": "2026-03-01",
        }

        assert errors(browser.post(reverse("member_new", args=["H-000001"]), data)) == ["id_relation"]


@pytest.fixture
def known_words(monkeypatch) -> None:
    """What a policy pack would tell."""
    words = [
        FactWord("monthly_income_fen", Text("月收入", "Monthly income"), "FEN", of_household=True),
        FactWord("lives_alone", Text("独居", "Lives alone"), "BOOL"),
        FactWord("disability_grade", NO_TEXT, "INTEGER"),
    ]
    monkeypatch.setattr(vocabulary, "_providers", [])
    vocabulary.register_words(lambda: words)


@pytest.mark.usefixtures("known_words")
class TestFacts:
    @pytest.mark.parametrize(
        ("code", "typed", "value", "shown"),
        [
            ("monthly_income_fen", "1,200.5", 120050, "¥1,200.50"),
            ("monthly_income_fen", "", None, "不清楚"),
            ("lives_alone", "是", 1, "独居"),
            ("lives_alone", "否", 0, "否"),
            ("disability_grade", "2", 2, "disability_grade"),
        ],
    )
    def test_are_read_and_shown_in_their_unit(self, browser: Client, household, code, typed, value, shown):
        data = {"subject": "R-000001", "code": code, "value": typed, "source": "走访", "as_of": "2026-03-09"}
        browser.post(reverse("fact_new", args=["H-000001"]), data)

        page = text(browser.get(reverse("household_detail", args=["H-000001"])))
        assert (Circumstance.objects.get().value, shown in page) == (value, True)

    def test_lead_back_to_the_page_where_they_were_begun(self, browser: Client, household):
        data = {"subject": "R-000001", "code": "lives_alone", "value": "是", "source": "走访", "as_of": "2026-03-09"}
        begun_at = reverse("people_list")
        address = returning(reverse("fact_new", args=["H-000001"]), begun_at)

        assert f'href="{begun_at}">返回' in text(browser.get(address))
        assert browser.post(address, data)["Location"] == begun_at

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"value": "很多"}, "id_value"),
            ({"value": "1.234"}, "id_value"),
            ({"code": "lives_alone", "value": "也许"}, "id_value"),
            ({"as_of": "2026-03-10"}, "id_as_of"),
            ({"source": " "}, "id_source"),
            ({"subject": "R-999999"}, "id_subject"),
            ({"code": "unheard_of"}, "id_code"),
        ],
    )
    def test_name_the_wrong_field(self, browser: Client, household, changes, field):
        data = {
            "subject": "H-000001",
            "code": "monthly_income_fen",
            "value": "1",
            "source": "走访",
            "as_of": "2026-03-09",
        } | changes

        assert errors(browser.post(reverse("fact_new", args=["H-000001"]), data)) == [field]

    def test_belong_to_the_household_when_it_is_chosen(self, browser: Client, household):
        data = {"subject": "H-000001", "code": "lives_alone", "value": "1", "source": "走访", "as_of": "2026-03-09"}
        browser.post(reverse("fact_new", args=["H-000001"]), data)

        assert Circumstance.objects.get().household_id == household.pk


class TestRecording:
    def test_a_code_may_be_typed_when_nobody_told_words(self, browser: Client, household, monkeypatch):
        monkeypatch.setattr(vocabulary, "_providers", [])
        data = {"subject": "H-000001", "code": "LIVES", "value": "1", "source": "走访", "as_of": "2026-03-09"}

        assert errors(browser.post(reverse("fact_new", args=["H-000001"]), data)) == ["id_code"]

    @pytest.mark.parametrize(
        ("page", "field"), [("identification_new", "how"), ("guardian_new", "kind"), ("kinship_new", "relation")]
    )
    def test_what_stays_on_record_is_chosen_by_somebody(self, browser: Client, household, page, field):
        """The top of a list is nobody's answer: one click had recorded it."""
        address = reverse(page, args=["H-000001"])
        chosen = browser.get(address).context["form"][field].value()

        assert not chosen
        assert f"id_{field}" in errors(browser.post(address, {field: ""}))

    def test_identification_is_shown(self, browser: Client, household):
        data = {"subject": "R-000001", "how": "COMMITTEE", "by_name": "李主任", "identified_date": "2026-03-09"}
        browser.post(reverse("identification_new", args=["H-000001"]), data)

        page = text(browser.get(reverse("household_detail", args=["H-000001"])))
        assert (Identification.objects.count(), "李主任" in page) == (1, True)

    @pytest.mark.parametrize(
        ("changes", "count", "found"),
        [
            ({"guardian_name": "王强"}, 1, []),
            ({"guardian_number": "r-000002"}, 1, []),
            ({"guardian_number": "R-999999"}, 0, ["id_guardian_number"]),
            ({"guardian_number": "R-000002", "guardian_name": "王强"}, 0, ["id_guardian_name"]),
            ({}, 0, ["id_guardian_name"]),
        ],
    )
    def test_a_guardian_is_a_resident_or_a_name(self, browser: Client, household, changes, count, found):
        man = Resident.objects.get(name="王建国")
        data = {"ward": str(man.pk), "kind": "PROXY", "document": "委托书", "valid_from": "2026-03-09"} | changes
        response = browser.post(reverse("guardian_new", args=["H-000001"]), data)

        assert (Guardianship.objects.count(), errors(response)) == (count, found)

    def test_kin_are_shown_from_both_sides(self, browser: Client, clerk, household, community: Community):
        register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])
        data = {"member": str(Resident.objects.get(name="王建国").pk), "kin_number": "r-000003", "relation": "CHILD"}
        browser.post(reverse("kinship_new", args=["H-000001"]), data)

        pages = [text(browser.get(reverse("household_detail", args=[f"H-{n:06d}"]))) for n in (1, 2)]
        assert ["王建国的子女" in pages[0], "王强的父母" in pages[1]] == [True, True]

    def test_kin_out_of_sight_is_masked(self, log_in: LogIn, clerk, household, community: Community, staff: Staff):
        register_households(clerk, households=[single(community.grid.pk, person("王强强", order=9))])
        man, child = Resident.objects.get(name="王建国"), Resident.objects.get(name="王强强")
        add_kinship(clerk, a_id=man.pk, b_id=child.pk, relation=KinRelation.CHILD)
        add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.PROXY,
            valid_from=date(2026, 3, 1),
            document="委托书",
            guardian_id=child.pk,
        )
        home = child.memberships.get().household_id
        move_household(clerk, household_id=home, area_id=community.foreign.pk, moved_date=date(2026, 3, 2))

        page = text(log_in(staff.clerk).get(reverse("household_detail", args=["H-000001"])))
        assert ("王强强" in page, "R-000003" in page, page.count("王*强")) == (False, False, 4)

    def test_an_unknown_relative_is_told_by_the_field(self, browser: Client, household):
        data = {"member": str(Resident.objects.get(name="王建国").pk), "kin_number": "R-999999", "relation": "CHILD"}

        assert errors(browser.post(reverse("kinship_new", args=["H-000001"]), data)) == ["id_kin_number"]


class TestMoving:
    def test_offers_places_in_reach_as_somebody_types_and_notes_no_reading(
        self, browser: Client, household, community: Community
    ):
        read = AuditEntry.objects.filter(act="read").count()
        page = browser.get(reverse("household_move", args=["H-000001"]), {"suggest": "area_id", "area_id": "网格"})

        assert community.other_grid.code in text(page)
        assert AuditEntry.objects.filter(act="read").count() == read

    def test_out_of_reach_is_not_found(self, browser: Client, community: Community):
        data = household_data(community, area_id=community.foreign.code)
        assert "id_area_id" in errors(browser.post(reverse("household_new"), data))

    def test_the_household_moves(self, browser: Client, household, community: Community):
        data = {"area_id": community.other_grid.code, "moved_date": "2026-03-09", "version": "1"}
        browser.post(reverse("household_move", args=["H-000001"]), data)

        household.refresh_from_db()
        assert household.grid_id == community.other_grid.pk

    def test_a_stale_form_is_told(self, browser: Client, household, community: Community):
        data = {"area_id": community.other_grid.code, "moved_date": "2026-03-09", "version": "7"}

        assert "已被他人修改" in text(browser.post(reverse("household_move", args=["H-000001"]), data))

    def test_a_person_joins_another_household(self, browser: Client, clerk, household, community: Community):
        register_households(clerk, households=[couple(community.grid.pk, order=5)])
        data = {"household_number": "h-000002", "relation": "OTHER_RELATIVE", "moved_date": "2026-03-09"}
        browser.post(reverse("resident_move", args=["R-000002"]), data)

        assert Household.objects.get(number="H-000002").memberships.count() == 3

    def test_an_unknown_household_is_told_by_the_form(self, browser: Client, household):
        data = {"household_number": "H-999999", "relation": "OTHER_RELATIVE", "moved_date": "2026-03-09"}

        assert "没有找到该居民或家庭" in text(browser.post(reverse("resident_move", args=["R-000002"]), data))

    def test_a_person_leaves(self, browser: Client, household):
        browser.post(reverse("resident_leave", args=["R-000002"]), {"left_date": "2026-03-08"})

        assert Resident.objects.get(number="R-000002").left_date == date(2026, 3, 8)

    def test_a_death_needs_a_second_look(self, browser: Client, household):
        response = browser.post(reverse("resident_death", args=["R-000001"]), {"died_date": "2026-03-08"})

        assert errors(response) == ["id_confirmed"]

    def test_a_death_makes_the_spouse_head(self, browser: Client, household):
        data = {"died_date": "2026-03-08", "confirmed": "on"}
        browser.post(reverse("resident_death", args=["R-000001"]), data)

        head = household.memberships.get(valid_until__isnull=True, relation=Relation.HEAD)
        assert head.resident.name == "李秀英"

    def test_a_typing_error_is_put_right(self, browser: Client, household):
        data = {
            "name": "王建军",
            "sex": "MALE",
            "birth_date": "1950-05-01",
            "hukou_kind": "HERE",
            "residence_kind": "PERMANENT",
            "reason": "录入错误",
            "version": "1",
        }
        browser.post(reverse("resident_correct", args=["R-000001"]), data)

        man = Resident.objects.get(number="R-000001")
        assert (man.name, bool(man.phone_envelope), man.version) == ("王建军", True, 2)


class TestUnmasking:
    def test_asks_for_the_purpose_first(self, browser: Client, household):
        assert "13800138000" not in text(browser.get(reverse("unmask_field", args=["R-000001", "phone"])))

    @pytest.mark.parametrize(
        ("args", "value"),
        [
            (("R-000001", "phone"), "13800138000"),
            (("R-000001", "id_number"), MAN),
            (("H-000001", "address"), "2 单元 301"),
        ],
    )
    def test_shows_the_value_on_a_page_that_nothing_keeps(self, browser: Client, household, args, value):
        response = browser.post(reverse("unmask_field", args=args), {"purpose": "CALL"})

        assert (value in text(response), response["Cache-Control"]) == (True, "no-store")

    def test_shows_nothing_without_a_purpose(self, browser: Client, household):
        response = browser.post(reverse("unmask_field", args=["R-000001", "phone"]), {"purpose": " "})

        assert (errors(response), "13800138000" in text(response)) == (["id_purpose"], False)

    def test_knows_three_fields(self, browser: Client, household):
        assert browser.get(reverse("unmask_field", args=["R-000001", "name"])).status_code == 404


class TestImport:
    HEADER = "户序号,楼栋或网格,门牌,姓名,与户主关系,性别,出生日期,身份证号,电话\n"

    def upload(self, browser: Client, rows: str, name: str = "households.csv", key: str = "b" * 32):
        file = SimpleUploadedFile(name, (self.HEADER + rows).encode())
        return browser.post(reverse("household_import"), {"file": file, "act_key": key})

    def test_takes_a_good_file(self, browser: Client, community: Community):
        response = self.upload(browser, f"1,和平里 1 号楼,,王建国,户主,男,1950-05-01,{MAN},\n")

        assert (response.status_code, Resident.objects.count()) == (302, 1)

    def test_the_same_upload_twice_is_taken_once(self, browser: Client, community: Community):
        for _time in range(2):
            response = self.upload(browser, f"1,和平里 1 号楼,,王建国,户主,男,1950-05-01,{MAN},\n")

        assert (response.status_code, Resident.objects.count()) == (302, 1)

    def test_names_row_column_and_reason_and_takes_nothing(self, browser: Client, community: Community):
        response = self.upload(browser, "1,和平里 1 号楼,,王建国,户主,男,1950-05-01,1.1E+17,\n")

        page = text(response)
        assert ("身份证号" in page, "科学记数" in page or "已被改成" in page, Resident.objects.count()) == (
            True,
            True,
            0,
        )

    def test_lists_the_first_two_hundred_problems(self, browser: Client, community: Community):
        rows = "".join(f"{n},哪里也不是,,王建国,户主,男,1950-05-01,,\n" for n in range(205))

        assert "还有 5 处未列出" in text(self.upload(browser, rows))

    @pytest.mark.parametrize(("name", "content"), [("a.xls", "x"), ("a.xlsx", "x"), ("a.pdf", "x"), ("a.csv", "\x00")])
    def test_refuses_what_is_no_table(self, browser: Client, community: Community, name, content):
        file = SimpleUploadedFile(name, content.encode())

        assert errors(browser.post(reverse("household_import"), {"file": file})) == ["id_file"]


class TestSearchBox:
    def test_stands_on_the_pages_of_those_who_may_search(self, browser):
        assert 'role="search"' in text(browser.get("/work/"))

    def test_is_kept_from_those_who_may_not(self, log_in, staff):
        page = text(log_in(staff.volunteer).get("/work/"))
        assert 'action="/search/"' not in page


class TestManyFound:
    @pytest.mark.parametrize("typed", ["王", "nobody"])
    def test_speaks_english_throughout(self, browser, household, typed):
        browser.cookies["django_language"] = "en"
        main = text(browser.get("/search/", {"q": typed})).split('<main id="main"')[1].split("</main>")[0]
        assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r"王建国|王|.{1,4}(网格|社区)", "", main)) == []

    def test_says_that_there_are_more(self, browser, household, monkeypatch):
        monkeypatch.setattr("linli.overview.workbench.web.searching.MOST", 1)
        page = text(browser.get("/search/", {"q": "和平里"}))
        assert ("结果较多" in page, "R-000001" in page, "R-000002" in page) == (True, True, False)


@pytest.mark.django_db
class TestHistory:
    def test_says_what_a_fact_is_and_where_it_is_from(self):
        event = Event(MONDAY, 5, EventKind.FACT, "王建国", {"code": "first", "value": "1", "source": "入户走访"}, 7)
        assert happened([event]) == [Happened(MONDAY, "王建国 记录情况", 7, "first 1", "入户走访")]

    def test_says_in_english_where_a_fact_is_from(self):
        event = Event(
            MONDAY, 5, EventKind.FACT, "", {"code": "first", "value": "1", "source": "入户调查 JZ-2026-0001"}, 7
        )
        with translation.override("en"):
            assert happened([event])[0].source == "Home visit JZ-2026-0001"

    def test_names_a_corrected_field_as_the_form_does(self):
        event = Event(MONDAY, 8, EventKind.CORRECTED, "王建国", {"field": "birth_date", "reason": "录入有误"}, 7)
        assert happened([event])[0].note == "出生日期 · 录入有误"


class TestWhatIsNoted:
    """Of whom the trail says that somebody read, for each form about somebody."""

    FORMS: ClassVar = {
        "resident_correct": ("R-000001", "resident:R-000001"),
        "resident_death": ("R-000001", "resident:R-000001"),
        "resident_leave": ("R-000001", "resident:R-000001"),
        "resident_move": ("R-000001", "resident:R-000001"),
        "fact_new": ("H-000001", "household:H-000001"),
        "guardian_new": ("H-000001", "household:H-000001"),
        "kinship_new": ("H-000001", "household:H-000001"),
        "identification_new": ("H-000001", "household:H-000001"),
        "member_new": ("H-000001", "household:H-000001"),
        "household_move": ("H-000001", "household:H-000001"),
    }

    @pytest.mark.parametrize("form", FORMS)
    def test_is_the_one_that_the_form_is_about(self, browser: Client, household, form: str):
        number, subject = self.FORMS[form]
        before = AuditEntry.objects.count()

        assert browser.get(reverse(form, args=[number])).status_code == 200

        (entry,) = AuditEntry.objects.order_by("pk")[before:]
        assert (entry.act, entry.subject, entry.chain) == ("read", subject, household.stamp.chain)

    @pytest.mark.parametrize(
        ("page", "number"),
        [("resident_departure", "R-000001"), ("resident_return", "R-000001"), ("household_move_correct", "H-000001")],
    )
    def test_is_nothing_where_there_is_nothing_to_show(self, browser: Client, household, page: str, number: str):
        before = AuditEntry.objects.exclude(act="refused").count()

        assert browser.get(reverse(page, args=[number])).status_code in (403, 404)
        assert AuditEntry.objects.exclude(act="refused").count() == before
