"""Days in letters, and how they close."""

from dataclasses import replace
from datetime import date

import pytest

from linli.policies.engine import Pack
from linli.policies.engine.letters import in_words, letter_words
from linli.policies.engine.model import Contact
from linli.policies.engine.text import Text

_NAMES = ("applicant", "number", "deadline", "papers", "reason", "amount", "programme")
PLACES: dict[str, object] = {**dict.fromkeys(_NAMES, "x"), "date": date(2026, 4, 1)}


class TestInWords:
    def test_reads_as_people_write_a_day_in_both_languages(self):
        assert in_words(date(2026, 4, 1)) == {"zh": "2026年4月1日", "en": "1 Apr 2026"}


class TestClosing:
    def test_a_refusal_names_limits_authority_and_articles_in_both_languages(self, community_pack: Pack):
        refusal = letter_words(community_pack, "REFUSED", PLACES)

        (chinese,), (english,) = refusal["zh"]["closing"], refusal["en"]["closing"]
        for said in (
            "60 日内",
            "区（县）人民政府申请行政复议",
            "6 个月内",
            "人民法院提起行政诉讼",
            "第二十条",
            "第四十六条",
        ):
            assert said in chinese
        assert "within 60 days" in english
        assert "within 6 months" in english

    @pytest.mark.parametrize("kind", ["GRANTED", "REFUSED", "NOT_ACCEPTED", "CHANGED", "SUSPENDED", "ENDED", "RENEWED"])
    def test_every_letter_that_decides_says_what_can_be_done_against_it(self, community_pack: Pack, kind: str):
        assert "行政复议" in "".join(letter_words(community_pack, kind, PLACES)["zh"]["closing"])

    @pytest.mark.parametrize("kind", ["ACCEPTED", "INCOMPLETE", "RENEWAL_DUE"])
    def test_a_letter_that_decides_nothing_does_not(self, community_pack: Pack, kind: str):
        assert letter_words(community_pack, kind, PLACES)["zh"]["closing"] == []

    def test_where_the_office_is_reached_stands_under_every_letter(self, community_pack: Pack):
        office = Contact("010-0000 0000", Text("和平里 1 号", "1 Heping Lane"))

        letter = letter_words(replace(community_pack, contact=office), "ACCEPTED", PLACES)

        assert letter["zh"]["closing"] == ["电话：010-0000 0000；地址：和平里 1 号。"]
        assert letter["en"]["closing"] == ["Telephone: 010-0000 0000. Address: 1 Heping Lane."]

    def test_a_pack_that_says_nothing_of_it_has_the_law_by_default(self, harbour_pack: Pack):
        assert harbour_pack.remedies is not None
        assert (harbour_pack.remedies.reconsideration_days, harbour_pack.remedies.suit_months) == (60, 6)
        assert harbour_pack.remedies.basis.assumption is True
