from linli.law.policies.engine.clauses import clauses, clauses_at


def cited(found):
    return [one.cited for one in found]


class TestClauses:
    def test_gives_the_words_of_an_article_whatever_stands_in_brackets_behind_it(self, community_pack):
        [one] = clauses(community_pack, "社会救助暂行办法 第九条（低于当地标准）")

        assert one.article is not None
        assert one.article.text.zh.startswith("国家对共同生活的家庭成员人均收入低于")

    def test_knows_an_article_as_letters_write_it(self, community_pack):
        [one] = clauses(community_pack, "《社会救助暂行办法》第十三条")

        assert one.article is community_pack.articles["社会救助暂行办法 第十三条"]

    def test_names_what_the_pack_does_not_hold_and_invents_nothing(self, community_pack):
        found = clauses(community_pack, "浙江省社会救助条例 第十一条；郑州市实施细则（七日）")

        assert [one.label.en for one in found] == [one.cited for one in found]
        assert [(one.cited, one.article) for one in found] == [
            ("浙江省社会救助条例 第十一条", None),
            ("郑州市实施细则（七日）", None),
        ]

    def test_nothing_is_cited_where_nothing_is_written(self, community_pack):
        assert clauses(community_pack, "") == []


class TestClausesAt:
    def test_a_fact_rests_on_the_rules_that_ask_for_it(self, community_pack):
        asked = clauses_at(community_pack, "facts.monthly_income_fen")

        assert cited(asked) == ["《方案》三.1", "社会救助暂行办法 第九条"]

    def test_a_fact_that_no_rule_asks_for_rests_on_nothing(self, community_pack):
        assert clauses_at(community_pack, "facts.lives_alone") == []

    def test_a_time_limit_rests_on_its_days(self, community_pack):
        assert cited(clauses_at(community_pack, "deadlines.intake_answer")) == ["《方案》三.3"]

    def test_papers_are_found_by_when_they_are_demanded(self, community_pack):
        assert cited(clauses_at(community_pack, "papers.PROXY")) == ["民法典 第一百六十五条"]

    def test_a_section_names_each_article_once(self, community_pack):
        assert cited(clauses_at(community_pack, "groups")) == ["《方案》三.1"]

    def test_a_pack_without_that_name_has_none(self, harbour_pack):
        assert clauses_at(harbour_pack, "papers.UNEMPLOYMENT_CERTIFICATE") == []

    def test_a_pack_that_writes_no_article_has_those_of_the_defaults(self, harbour_pack):
        assert "社会救助暂行办法 第十三条" in harbour_pack.articles


def test_an_article_without_its_words_in_both_languages_is_refused(spoil):
    [problem] = spoil("scheme.toml", 'text = { zh = "救助对象的识别：', 'text = { cn = "救助对象的识别：')

    assert problem.kind == "missing_label"


def test_every_article_of_the_pack_is_cited_somewhere(community_pack):
    sections = ("groups", "papers", "programmes", "services", "classes", "deadlines", "notices", "parameters")
    found = [one for section in sections for one in clauses_at(community_pack, section)]
    found += [one for rule in community_pack.graph.rules.values() for one in clauses(community_pack, rule.article)]

    assert {one.article for one in found if one.article} == set(community_pack.articles.values())
