from dataclasses import fields
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.test import Client
from lxml import html
from pypdf import PdfReader

from linli.aid.assistance.models import Application
from linli.foundation import clock
from linli.foundation.screens import undoing
from linli.foundation.screens.work import waiting
from linli.foundation.trail.models import AuditEntry
from linli.ground.notifications.models import Delivery, Letter
from linli.ground.users.queries import authority_of
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import move_household
from tests.assistance.web.reading import KEY, address, errors, main, text
from tests.assistance.world import World
from tests.browser import LogIn
from tests.conftest import Staff
from tests.layers import layer
from tests.sets import confirm

LETTERS = "/letters/"
BY_HAND = {"method": "HAND", "delivered_date": "2026-03-09", "receipt": "王建二", "act_key": KEY}


@layer
def accepted(world: World, family: Household) -> Application:
    return world.accepted(family)


@layer
def letter(accepted: Application) -> Letter:
    return Letter.objects.get()


def rows_html(browser: Client, **asked: str) -> str:
    """The table of the list."""
    return browser.get(address("letter_list"), asked).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]


def rows(browser: Client, **asked: str) -> list[list[str]]:
    """The cells of each row: to whom, the door, the letter."""
    found = html.fromstring(f"<table>{rows_html(browser, **asked)}</table>").xpath("//tr")
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("td[not(contains(@class, 'at-box'))]")]
        for row in found
    ]


class TestLetter:
    def test_is_read_in_both_languages(self, clerk: Client, letter: Letter) -> None:
        words = main(clerk.get(address("letter_detail", letter.number)))

        assert "受理通知书" in words
        assert "Notice of acceptance" in words
        assert "未送达" in words

    @pytest.mark.parametrize(
        ("language", "words"), [("zh-hans", ["受理通知书", "盖章处", "幸福里社区"]), ("en", ["Noticeofacceptance"])]
    )
    def test_is_a_pdf_with_the_place_of_the_seal(
        self, clerk: Client, letter: Letter, language: str, words: list[str]
    ) -> None:
        data = clerk.get(address("letter_pdf", letter.number) + f"?language={language}").content

        printed = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages)
        assert [word for word in words if word not in printed] == []

    def test_of_a_decision_comes_from_the_street_with_its_reasons(
        self, clerk: Client, world: World, family: Household
    ) -> None:
        application, day = world.at_decision(household=family)
        world.granted(application, day=day)
        letter = Letter.objects.get(kind="GRANTED")

        data = clerk.get(address("letter_pdf", letter.number)).content

        printed = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages)
        assert "和平街道" in printed
        assert "计算过程如下" in printed
        assert "500.00元" in printed

    def test_delivery_by_hand_names_who_signed(self, clerk: Client, letter: Letter) -> None:
        clerk.post(address("letter_detail", letter.number), BY_HAND)

        assert Delivery.objects.get().receipt == "王建二"
        assert "签收人 王建二" in main(clerk.get(address("letter_detail", letter.number)))

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"receipt": ""}, "receipt"),
            ({"delivered_date": "2026-03-20"}, "delivered_date"),
            ({"delivered_date": "2026-03-01"}, "delivered_date"),
            ({"method": "PIGEON"}, "method"),
        ],
    )
    def test_a_delivery_that_cannot_be_is_told_by_the_field(
        self, clerk: Client, letter: Letter, changes: dict[str, str], field: str
    ) -> None:
        response = clerk.post(address("letter_detail", letter.number), {**BY_HAND, **changes})

        assert (response.status_code, errors(response)) == (422, [field])
        assert not Delivery.objects.exists()

    def test_the_same_form_twice_is_one_delivery(self, clerk: Client, letter: Letter) -> None:
        for _press in range(2):
            clerk.post(address("letter_detail", letter.number), BY_HAND)

        assert Delivery.objects.count() == 1

    def test_auditors_read_and_record_nothing(self, log_in: LogIn, world: World, letter: Letter) -> None:
        browser = log_in(world.staff.auditor)

        assert "记录送达" not in main(browser.get(address("letter_detail", letter.number)))
        assert browser.post(address("letter_detail", letter.number), BY_HAND).status_code == 403

    @pytest.mark.parametrize("name", ["letter_detail", "letter_pdf"])
    def test_out_of_scope_is_not_found(self, log_in: LogIn, world: World, letter: Letter, name: str) -> None:
        assert log_in(world.staff.outsider).get(address(name, letter.number)).status_code == 404

    def test_is_kept_by_no_browser(self, clerk: Client, letter: Letter) -> None:
        assert clerk.get(address("letter_detail", letter.number))["Cache-Control"] == "no-store"


class TestUndelivered:
    def test_lists_what_nobody_delivered(self, clerk: Client, letter: Letter, accepted: Application) -> None:
        words = main(clerk.get(address("letter_list")))

        assert letter.number in words
        assert accepted.number in words

    def test_several_are_recorded_with_one_receipt(self, clerk: Client, world: World, letter: Letter) -> None:
        world.accepted(world.family())

        ids = list(Letter.objects.values_list("pk", flat=True))

        confirm(clerk, address("letter_list"), {**BY_HAND, "deed": "deliver", "row": ids})

        assert Delivery.objects.count() == 2
        assert "文书都已送达" in main(clerk.get(address("letter_list")))

    def test_none_chosen_is_told(self, clerk: Client, letter: Letter) -> None:
        assert "请至少选择一项" in text(clerk.post(address("letter_list"), {**BY_HAND, "deed": "deliver"}))

    def test_letters_of_others_cannot_be_chosen(self, log_in: LogIn, world: World, letter: Letter) -> None:
        form = {**BY_HAND, "deed": "deliver", "row": [letter.pk]}

        confirm(log_in(world.staff.outsider), address("letter_list"), form)

        assert not Delivery.objects.exists()

    def test_the_fragment_is_part_of_the_page(self, clerk: Client, letter: Letter) -> None:
        fragment = clerk.get(address("letter_list"), headers={"HX-Request": "true"}).content.decode()

        assert fragment.strip().startswith('<div id="letters"')
        assert letter.number in fragment

    def test_says_to_whom_and_to_which_door(self, clerk: Client, letter: Letter, accepted: Application) -> None:
        row = next(iter(rows(clerk)))

        assert row[:2] == ["王建二", "和平里 1 号楼 · 2 单元 301"]

    def test_a_letter_to_somebody_who_has_died_says_so(
        self, clerk: Client, letter: Letter, accepted: Application
    ) -> None:
        Resident.objects.filter(pk=accepted.applicant_id).update(died_date=date(2026, 3, 6))

        assert "2026年3月6日 去世" in rows(clerk)[0][0]
        assert "2026年3月6日 去世" in main(clerk.get(address("letter_detail", letter.number)))

    @pytest.mark.parametrize("who", [field.name for field in fields(Staff)])
    def test_the_door_is_for_who_carries_the_letter_alone(
        self, log_in: LogIn, world: World, letter: Letter, who: str
    ) -> None:
        """The family's page masks it; whoever reads letters without bringing them opens it there, for a purpose."""
        person, monday = getattr(world.staff, who), date(2026, 3, 9)
        browser = log_in(person)
        shown = [browser.get(address(*page)).text for page in (("letter_list",), ("letter_detail", letter.number))]
        carried = " ".join(one.place for one in waiting(authority_of(person, monday), monday))

        seen = ["2 单元 301" in one for one in (*shown, browser.get(address("my_work")).text, carried)]
        assert seen == [who in ("clerk", "director", "street_officer", "second_officer")] * 4

    def test_who_delivers_nothing_sees_the_building(self, log_in: LogIn, world: World, letter: Letter) -> None:
        assert rows(log_in(world.staff.auditor))[0][:2] == ["王建二", "和平里 1 号楼"]

    def test_a_door_is_shown_no_longer_than_the_letter_waits(self, clerk: Client, letter: Letter) -> None:
        page = address("letter_detail", letter.number)
        before = main(clerk.get(page))
        clerk.post(page, BY_HAND)
        after = main(clerk.get(page))

        assert ("2 单元 301" in before, "2 单元 301" in after, "和平里 1 号楼" in after) == (True, False, True)

    def test_a_family_that_moved_out_of_reach_has_neither_door_nor_page(
        self, clerk: Client, world: World, letter: Letter, family: Household
    ) -> None:
        Household.objects.filter(pk=family.pk).update(community_id=None, grid_id=None, street_id=None)

        assert "301" not in rows(clerk)[0][1]
        assert "/residents/people/" not in rows_html(clerk)

    def test_of_a_family_that_moved_to_another_community_it_says_where_to(
        self, clerk: Client, world: World, letter: Letter, family: Household
    ) -> None:
        day = date(2026, 3, 9)
        move_household(
            world.act(world.staff.clerk, day),
            household_id=family.pk,
            area_id=world.community.sibling.pk,
            moved_date=day,
        )

        told = [one.place for one in waiting(authority_of(world.staff.clerk, day), day) if one.kind == "LETTER"]
        assert rows(clerk)[0][:2] == ["王建二", "已迁往槐树街社区"]
        assert "已迁往槐树街社区" in main(clerk.get(address("letter_detail", letter.number)))
        assert told == ["已迁往槐树街社区"]

    def test_of_a_family_that_moved_within_the_community_it_says_the_door_alone(
        self, clerk: Client, world: World, letter: Letter, family: Household
    ) -> None:
        day = date(2026, 3, 9)
        move_household(
            world.act(world.staff.clerk, day),
            household_id=family.pk,
            area_id=world.community.other_grid.pk,
            moved_date=day,
            address="9 号",
        )

        assert rows(clerk)[0][1] == "9 号"

    def test_the_trail_says_whose_letters_were_shown(self, clerk: Client, letter: Letter) -> None:
        clerk.get(address("letter_list"))

        assert AuditEntry.objects.filter(subject="letters").exists()

    def test_one_press_in_its_row_records_a_delivery_by_hand(self, clerk: Client, letter: Letter) -> None:
        form = html.fromstring(clerk.get(address("letter_list")).content).xpath("//tbody//form")[0]
        sent = {**dict(form.form_values()), "receipt": "王建二"}

        answer = clerk.post(form.action, sent)

        assert answer["Location"] == address("letter_list")
        one = Delivery.objects.get()
        assert (one.method, one.delivered_date, one.receipt) == ("HAND", date(2026, 3, 9), "王建二")

    def test_a_press_by_mistake_is_undone_from_the_message(self, clerk: Client, letter: Letter) -> None:
        form = {"act_key": KEY, "method": "HAND", "delivered_date": "2026-03-09", "receipt": "王建二"}
        said = clerk.post(address("letter_detail", letter.number), form, follow=True)
        [undo] = html.fromstring(said.content).xpath("//form[@action='/undo/']")

        back = clerk.post("/undo/", dict(undo.form_values()), headers={"Referer": f"http://testserver{LETTERS}"})

        assert (back["Location"], Delivery.objects.count()) == (f"http://testserver{LETTERS}", 0)
        assert letter.number in main(clerk.get(LETTERS))

    def test_ten_seconds_later_it_stays(self, clerk: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
        form = {"act_key": KEY, "method": "HAND", "delivered_date": "2026-03-09", "receipt": "王建二"}
        said = clerk.post(address("letter_detail", letter.number), form, follow=True)
        [undo] = html.fromstring(said.content).xpath("//form[@action='/undo/']")
        monkeypatch.setattr(undoing, "now", lambda: clock.now() + timedelta(seconds=15, milliseconds=500))

        answer = clerk.post("/undo/", dict(undo.form_values()), follow=True)

        assert "已超过 10 秒，不能再撤销" in text(answer)
        assert Delivery.objects.count() == 1

    def test_several_recorded_by_mistake_are_undone_together(self, clerk: Client, world: World, letter: Letter) -> None:
        world.accepted(world.family())
        ids = list(Letter.objects.values_list("pk", flat=True))
        said = confirm(clerk, LETTERS, {**BY_HAND, "deed": "deliver", "row": ids})
        [undo] = html.fromstring(said.content).xpath("//form[@action='/undo/']")

        answer = clerk.post("/undo/", dict(undo.form_values()))

        assert (answer["Location"], Delivery.objects.count()) == (LETTERS, 0)

    def test_nobody_else_s_message_is_taken(self, clerk: Client, director: Client, letter: Letter) -> None:
        form = {"act_key": KEY, "method": "HAND", "delivered_date": "2026-03-09", "receipt": "王建二"}
        said = clerk.post(address("letter_detail", letter.number), form, follow=True)
        [undo] = html.fromstring(said.content).xpath("//form[@action='/undo/']")

        assert director.post("/undo/", dict(undo.form_values())).status_code == 400

    def test_a_row_has_its_own_button_outside_the_form_of_those_ticked(self, clerk: Client, letter: Letter) -> None:
        page = html.fromstring(clerk.get(address("letter_list")).content)

        assert not page.xpath("//form//form")
        [box] = page.xpath("//tbody//input[@type='checkbox']")
        assert [form.get("method") for form in page.xpath(f"//form[@id='{box.get('form')}']")] == ["post"]

    def test_waits_on_my_work_with_name_and_door_until_it_is_delivered(
        self, clerk: Client, world: World, letter: Letter
    ) -> None:
        def waits() -> list[tuple[str, str, tuple[object, ...]]]:
            found = waiting(authority_of(world.staff.clerk, date(2026, 3, 9)), date(2026, 3, 9))
            return [(one.who, one.place, one.arguments) for one in found if one.kind == "LETTER"]

        assert waits() == [("王建二", "和平里 1 号楼 · 2 单元 301", (letter.number,))]
        clerk.post(address("letter_detail", letter.number), BY_HAND)
        assert waits() == []

    def test_is_found_by_its_number(self, clerk: Client, world: World, letter: Letter) -> None:
        world.accepted(world.family())

        assert len(rows(clerk, q=letter.number.lower())) == 1
        assert rows(clerk, q="WS-2026-9999") == []

    def test_all_that_wait_are_printed_in_one_file_each_with_its_own_pages(
        self, clerk: Client, world: World, letter: Letter
    ) -> None:
        world.accepted(world.family())
        data = clerk.get(address("letter_print")).content

        pages = ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages]
        assert len(pages) == Letter.objects.count() == 2
        assert ["第1页，共1页" in page for page in pages] == [True, True]

    def test_where_nothing_waits_there_is_nothing_to_print(self, clerk: Client, letter: Letter) -> None:
        clerk.post(address("letter_detail", letter.number), BY_HAND)

        assert "全部打印" not in main(clerk.get(address("letter_list")))
        assert clerk.get(address("letter_print")).status_code == 404
