from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from linli.aid.assistance.models import Application
from linli.ground.notifications.models import Delivery, Letter
from linli.registry.residents.models import Household
from tests.assistance.web.reading import KEY, address, errors, main, text
from tests.assistance.world import World
from tests.browser import LogIn
from tests.layers import layer

BY_HAND = {"method": "HAND", "delivered_date": "2026-03-09", "receipt": "王建二", "act_key": KEY}


@layer
def accepted(world: World, family: Household) -> Application:
    return world.accepted(family)


@layer
def letter(accepted: Application) -> Letter:
    return Letter.objects.get()


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

        clerk.post(address("letter_list"), {**BY_HAND, "chosen": list(Letter.objects.values_list("pk", flat=True))})

        assert Delivery.objects.count() == 2
        assert "文书都已送达" in main(clerk.get(address("letter_list")))

    def test_none_chosen_is_told(self, clerk: Client, letter: Letter) -> None:
        assert "请至少选择一份文书" in text(clerk.post(address("letter_list"), BY_HAND))

    def test_letters_of_others_cannot_be_chosen(self, log_in: LogIn, world: World, letter: Letter) -> None:
        log_in(world.staff.outsider).post(address("letter_list"), {**BY_HAND, "chosen": [letter.pk]})

        assert not Delivery.objects.exists()

    def test_the_fragment_is_part_of_the_page(self, clerk: Client, letter: Letter) -> None:
        fragment = clerk.get(address("letter_list"), headers={"HX-Request": "true"}).content.decode()

        assert fragment.strip().startswith("<form")
        assert letter.number in fragment
