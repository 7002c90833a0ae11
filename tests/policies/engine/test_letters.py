"""Days in letters, and how they close."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from linli.kernel.bilingual import Text
from linli.law.policies.engine import Pack, load_pack
from linli.law.policies.engine.letters import in_words, letter_words
from linli.law.policies.engine.model import Contact
from linli.law.policies.engine.problems import PackError
from tests.pack_variants import FOLDER

_NAMES = ("applicant", "number", "deadline", "papers", "reason", "amount", "programme")
PLACES: dict[str, object] = {**dict.fromkeys(_NAMES, "x"), "date": date(2026, 4, 1)}


class TestInWords:
    def test_reads_as_people_write_a_day_in_both_languages(self):
        assert in_words(date(2026, 4, 1)) == Text("2026年4月1日", "1 Apr 2026")


class TestClosing:
    def test_a_refusal_names_limits_authority_and_articles_in_both_languages(self, community_pack: Pack):
        refusal = letter_words(community_pack, "REFUSED", PLACES)

        (_basis, chinese), (_said, english) = refusal["zh"]["closing"], refusal["en"]["closing"]
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
        assert "行政复议" not in "".join(letter_words(community_pack, kind, PLACES)["zh"]["closing"])

    @pytest.mark.parametrize(
        ("kind", "chinese", "english"),
        [
            ("INCOMPLETE", "《社会救助暂行办法》第十一条", "Interim Measures for Social Assistance, article 11"),
            ("SUSPENDED", "《社会救助暂行办法》第十三条", "Interim Measures for Social Assistance, article 13"),
            ("ACCOUNT_STOPPED", "《社区社会救助服务体系方案》", "《社区社会救助服务体系方案》"),
        ],
    )
    def test_every_letter_cites_its_article_in_words(self, community_pack: Pack, kind: str, chinese: str, english: str):
        letter = letter_words(community_pack, kind, {**PLACES, "holder": "x"})

        assert (letter["zh"]["closing"][0], letter["en"]["closing"][0]) == (f"依据：{chinese}。", f"Basis: {english}.")

    def test_a_pack_may_cite_another(self, tmp_path: Path):
        copy = tmp_path / "pack"
        shutil.copytree(FOLDER, copy)
        scheme = (copy / "scheme.toml").read_text()
        cited = 'code = "ACCEPTED"\nlegal_basis = { zh = "《办法》第九条", en = "Measures, article 9" }'
        (copy / "scheme.toml").write_text(scheme.replace('code = "ACCEPTED"', cited))

        pack = load_pack(copy)

        assert pack.notices["ACCEPTED"].legal_basis == Text("《办法》第九条", "Measures, article 9")

    def test_a_pack_may_say_it_in_its_own_words(self, tmp_path: Path):
        copy = tmp_path / "pack"
        shutil.copytree(FOLDER, copy)
        own = '\n[sentences]\nbasis = { zh = "根据%(article)s作出。", en = "Made under %(article)s." }\n'
        (copy / "scheme.toml").write_text((copy / "scheme.toml").read_text() + own)

        pack = load_pack(copy)

        assert letter_words(pack, "SUSPENDED", PLACES)["zh"]["closing"][0] == "根据《社会救助暂行办法》第十三条作出。"
        assert pack.sentences.resumed == Text("恢复发放", "Payment is resumed")

    def test_a_sentence_says_only_what_its_place_knows(self, tmp_path: Path):
        copy = tmp_path / "pack"
        shutil.copytree(FOLDER, copy)
        own = '\n[sentences]\nmet = { zh = "%(name)s符合", en = "%(name)s does" }\n'
        (copy / "scheme.toml").write_text((copy / "scheme.toml").read_text() + own)

        with pytest.raises(PackError):
            load_pack(copy)

    def test_where_the_office_is_reached_is_the_packs_word_until_the_place_says_its_own(self, community_pack: Pack):
        office = Contact(telephone="010-0000 0000", address=Text("和平里 1 号", "1 Heping Lane"))

        letter = letter_words(replace(community_pack, contact=office), "ACCEPTED", PLACES)

        assert letter["zh"]["office"] == ["010-0000 0000", "和平里 1 号"]
        assert letter["en"]["office"] == ["010-0000 0000", "1 Heping Lane"]

    def test_a_pack_that_names_no_office_leaves_it_open(self, community_pack: Pack):
        assert letter_words(community_pack, "ACCEPTED", PLACES)["zh"]["office"] == ["", ""]

    def test_a_pack_that_says_nothing_of_it_has_the_law_by_default(self, harbour_pack: Pack):
        assert harbour_pack.remedies is not None
        assert (harbour_pack.remedies.reconsideration_days, harbour_pack.remedies.suit_months) == (60, 6)
        assert harbour_pack.remedies.basis.assumption is True
