import re
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django import forms
from django.urls import NoReverseMatch
from django.utils import translation

from linli.aid.assistance.codes import PaperState
from linli.foundation.screens import navigation
from linli.foundation.screens.charts import Series
from linli.foundation.screens.listings import Column
from linli.foundation.screens.navigation import NavItem, register

# The frame asks what the person may do, as soon as rooms have put their items into it.
pytestmark = pytest.mark.django_db

DUE = date(2026, 3, 10)


class Outline(HTMLParser):
    """Every element with its attributes, and all text."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data

    def all(self, tag, **wanted):
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in wanted.items()}
        return [attrs for name, attrs in self.elements if name == tag and wanted.items() <= attrs.items()]

    def one(self, tag, **wanted):
        (found,) = self.all(tag, **wanted)
        return found


class PersonForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="姓名", help_text="与身份证一致")
    phone = forms.CharField(label="电话", required=False)
    kind = forms.ChoiceField(label="户籍", choices=[("a", "本地"), ("b", "外地")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="已核对")


@pytest.fixture
def show(render):
    return lambda source, **context: Outline(render(source, **context))


class TestDeadlineChip:
    @pytest.mark.parametrize(
        ("colour", "left", "tone", "words"),
        [
            ("GREEN", 4, "ok", "剩 4 个工作日 · 3月10日"),
            ("AMBER", 0, "soon", "今天到期 · 3月10日"),
            ("RED", -2, "late", "超期 2 个工作日 · 3月10日"),
            ("PAUSED", 3, "paused", "计时暂停"),
            ("DONE", None, "ok", "已办结"),
        ],
    )
    def test_says_how_much_time_is_left(self, show, colour, left, tone, words):
        chip = show("{% deadline_chip colour left due %}", colour=colour, left=left, due=DUE)

        assert chip.words.strip() == words
        assert tone in chip.elements[0][1]["class"].split()

    def test_carries_the_article_for_eyes_and_ears(self, show):
        chip = show("{% deadline_chip 'GREEN' 4 due '暂行办法 第十一条' %}", due=DUE)

        assert chip.elements[0][1]["title"] == "暂行办法 第十一条"
        assert "暂行办法 第十一条" in chip.words

    def test_counts_one_day_right_in_english(self, show):
        with translation.override("en"):
            words = [show("{% deadline_chip 'AMBER' left %}", left=left).words.strip() for left in (1, 2)]

        assert words == ["1 working day left", "2 working days left"]


class TestField:
    def test_links_label_hint_and_input(self, show):
        field = show("{% field form.name %}", form=PersonForm())

        assert field.one("label")["for"] == field.one("input")["id"]
        assert field.one("input")["aria-describedby"] == field.one("div", class_="hint")["id"]

    def test_puts_the_error_before_the_input_and_links_it(self, show):
        field = show("{% field form.name %}", form=PersonForm({"name": ""}))

        order = [attrs.get("class", tag) for tag, attrs in field.elements]
        assert order.index("error") < order.index("input")
        assert field.one("input")["aria-describedby"].split() == ["id_name-hint", "id_name-error"]
        assert field.one("input")["aria-invalid"] == "true"

    @pytest.mark.parametrize(
        ("words", "css"),
        [("", "field"), ("wide=True", "field wide"), ("short=True", "field short"), ("wide=False", "field")],
    )
    def test_is_as_wide_as_asked_and_of_ordinary_width_unasked(self, show, words, css):
        assert show(f"{{% field form.phone {words} %}}", form=PersonForm()).elements[0][1]["class"] == css

    def test_calls_optional_what_is_never_demanded_and_nothing_else(self, show):
        class Demanding(PersonForm):
            sometimes_required = ("phone",)

        assert _is_optional(show("{% field form.phone %}", form=PersonForm()))
        assert not _is_optional(show("{% field form.phone %}", form=Demanding()))
        assert not _is_optional(show("{% field form.name %}", form=PersonForm()))

    def test_keeps_what_was_typed(self, show):
        assert show("{% field form.phone %}", form=PersonForm({"phone": "138"})).one("input")["value"] == "138"

    def test_escapes_what_was_typed(self, render):
        shown = render("{% field form.phone %}", form=PersonForm({"phone": "<script>"}))

        assert 'value="&lt;script&gt;"' in shown
        assert "<script>" not in shown

    def test_says_what_may_stay_empty(self, show):
        words = [show("{% field field %}", field=PersonForm()[name]).words for name in ("phone", "name")]

        assert ["选填" in one for one in words] == [True, False]

    def test_makes_choices_a_group_with_one_name(self, show):
        field = show("{% field form.kind %}", form=PersonForm())

        assert field.one("div", role="group")["aria-labelledby"] == field.one("span", class_="label")["id"]
        assert len(field.all("input", type="radio")) == 2

    def test_gives_every_id_once(self, show):
        for name in PersonForm().fields:
            ids = [
                attrs["id"] for _tag, attrs in show("{% field f %}", f=PersonForm({})[name]).elements if "id" in attrs
            ]
            assert len(ids) == len(set(ids)), name

    def test_labels_a_single_box_once(self, show):
        assert show("{% field form.sure %}", form=PersonForm()).words.count("已核对") == 1


class TestErrorSummary:
    def test_links_every_error_to_an_input_that_is_there(self, show):
        page = show("{% error_summary form %}{% for f in form %}{% field f %}{% endfor %}", form=PersonForm({}))

        ids = {attrs.get("id") for _tag, attrs in page.elements}
        targets = [attrs["href"][1:] for attrs in page.all("a")]
        assert targets == ["id_name", "id_kind_0", "id_sure"]
        assert set(targets) <= ids

    def test_shows_errors_of_the_whole_form(self, show):
        form = PersonForm({})
        form.add_error(None, "预算不足")

        assert "预算不足" in show("{% error_summary form %}", form=form).words

    def test_tells_several_forms_at_once_and_of_whom_each_speaks(self, show):
        first, second = PersonForm({}, prefix="a"), PersonForm({}, prefix="b")
        first.whose, second.whose = "第 2 人", {"name": "欧阳翠花"}

        page = show("{% error_summary lead rows %}", lead=PersonForm(), rows=[first, second])

        told = re.split("请填写|请选择|请勾选", page.words.split("请改正以下问题")[1])
        lines = [line.split("：")[0] for line in told]
        assert page.words.count("请改正以下问题") == 1
        assert [line.strip() for line in lines if "姓名" in line] == ["第 2 人 姓名", "欧阳翠花 姓名"]

    def test_is_absent_when_all_is_well(self, render):
        assert render("{% error_summary form %}", form=PersonForm()).strip() == ""


class TestHiddenFields:
    def test_every_form_has_a_key_of_its_own(self, render):
        first, second = re.findall(r'value="([0-9a-f]{32})"', render("{% act_key %}{% act_key %}"))

        assert first != second

    def test_the_version_goes_along(self, show):
        assert show("{% version 3 %}").one("input", name="version")["value"] == "3"


class TestReasonChain:
    REASON = SimpleNamespace(
        label={"zh": "年满 60 周岁", "en": "60 or older"},
        value={"zh": "否", "en": "no"},
        article="方案 三.2",
        inputs=({"label": {"zh": "出生"}, "value": {"zh": "1970"}, "source": "身份证", "date": DUE},),
        member="张三",
        holds=False,
    )

    def test_shows_fact_source_and_article(self, show):
        words = show("{% reason_chain reasons %}", reasons=[self.REASON]).words

        assert "出生 1970（身份证 · 2026年3月10日） — 方案 三.2" in " ".join(words.split())

    def test_marks_a_condition_that_fails(self, show):
        assert show("{% reason_chain reasons %}", reasons=[self.REASON]).all("span", class_="res no")

    def test_ends_with_the_sum_and_what_would_change_it(self, show):
        words = show("{% reason_chain reasons 80000 '收入升至 900 元' %}", reasons=[]).words

        assert "¥800.00" in words
        assert words.strip().endswith("收入升至 900 元")

    def test_reads_english(self, show):
        with translation.override("en"):
            assert "60 or older" in show("{% reason_chain reasons %}", reasons=[self.REASON]).words


class TestBar:
    @pytest.mark.parametrize(
        ("actual", "target", "width"), [(50, 200, "25"), (300, 200, "100"), (5, 0, "0"), (-1, 4, "0")]
    )
    def test_stays_within_its_width(self, show, actual, target, width):
        bar = show("{% bar actual target %}", actual=actual, target=target)

        assert bar.one("i")["style"] == f"width:{width}%"

    def test_says_share_and_pace(self, show):
        bar = show("{% bar 71 80 90 %}")

        assert bar.one("div")["aria-label"] == "目标的 88%，按时间应到 90%"
        assert bar.one("u")["style"] == "left:90%"

    @pytest.mark.parametrize(
        ("actual", "target", "said"), [(50, 200, "25"), (300, 200, "150"), (5, 1, "500"), (5, 0, "0"), (5, -1, "0")]
    )
    def test_says_the_true_share_where_it_is_wider_than_its_width(self, show, actual, target, said):
        bar = show("{% bar actual target %}", actual=actual, target=target)

        assert bar.one("div")["aria-label"] == f"目标的 {said}%"


class TestTable:
    COLUMNS = (Column("no", "编号", phone="title"), Column("fen", "金额", "YUAN"))

    def test_shows_rows_under_their_headings(self, show):
        rows = [SimpleNamespace(no="FF-1", fen=5_00)]
        table = show("{% table columns rows '批次' %}", columns=self.COLUMNS, rows=rows)

        assert [head["scope"] for head in table.all("th")] == ["col", "col"]
        assert (table.one("td", class_="num at-line")["data-label"], "¥5.00" in table.words) == ("金额", True)

    def test_says_that_there_is_nothing(self, show):
        table = show("{% table columns rows '批次' '还没有批次' %}", columns=self.COLUMNS, rows=[])

        assert table.words.split() == ["还没有批次"]

    def test_escapes_cells(self, render):
        rows = [SimpleNamespace(no="<b>", fen=0)]
        assert "<b>" not in render("{% table columns rows '批次' %}", columns=self.COLUMNS, rows=rows)


class TestPages:
    def test_leads_on_and_back_with_the_filters(self, render):
        html = render("{% pages 9 %}", path="/?state=OPEN&after=4")

        assert Outline(html).one("a", rel="next")["href"] == "?state=OPEN&after=9"
        assert next(attrs["href"] for attrs in Outline(html).all("a")) == "?state=OPEN"

    def test_is_absent_on_the_only_page(self, render):
        assert render("{% pages %}").strip() == ""


class TestSmallOnes:
    def test_a_masked_value_leads_to_the_page_of_purpose(self, show):
        masked = show("{% masked_field '3401****251X' '/unmask/' '身份证' %}")

        assert (masked.one("a")["href"], masked.words.split()) == ("/unmask/", ["3401****251X", "显示", "身份证"])

    def test_a_masked_value_without_permission_has_no_link(self, show):
        assert not show("{% masked_field '3401****251X' %}").all("a")

    def test_a_finding_shows_arithmetic_and_every_way_out(self, show):
        finding = show("{% finding '不够' '2 > 1' ways '断供' 'late' %}", ways=["增加", "减少"])

        assert finding.words.split() == ["断供不够2", ">", "1增加减少"]

    def test_a_finding_with_one_way_needs_no_list(self, show):
        assert not show("{% finding '不够' '' ways %}", ways=["增加"]).all("li")

    @pytest.mark.parametrize(("address", "tag"), [("/list/", "a"), ("", "div")])
    def test_a_figure_leads_to_what_was_counted(self, show, address, tag):
        assert show("{% stat '已超期' 2 '已报告' 'late' address %}", address=address).elements[0][0] == tag

    def test_the_present_step_is_told_apart(self, show):
        steps = show("{% steps items %}", items=[{"label": "申请", "state": "done"}, {"label": "受理", "state": "now"}])

        assert steps.one("li", aria_current="step")["class"] == "now"
        assert "已完成" in steps.words

    def test_an_event_says_when_what_and_who(self, show):
        events = [{"at": None, "title": "受理", "by": "王丽", "note": "计时开始", "mark": True}]

        assert show("{% timeline events %}", events=events).words.split() == ["受理", "·", "王丽", "计时开始"]

    def test_a_paper_says_why_and_how_it_stands(self, show):
        lines = [{"label": "残疾证", "because": "因申请", "state": "缺少", "tone": "late", "note": "已告知"}]

        assert show("{% checklist lines %}", lines=lines).words.split() == ["残疾证", "因申请已告知缺少"]

    def test_facts_are_a_list_of_terms(self, show):
        assert show("{% facts pairs %}", pairs=[("电话", "138****5678")]).words == "电话138****5678\n"

    def test_an_empty_list_leads_on(self, show):
        assert show("{% empty '没有待办' '' '登记' '/new/' %}").one("a")["href"] == "/new/"

    @pytest.mark.parametrize(("tone", "shown"), [("ok", "chip ok"), ("late", "chip late"), ("info", "chip info tag")])
    def test_a_chip_shows_its_icon_unless_it_only_informs(self, show, tone, shown):
        assert show("{% chip '齐全' tone %}", tone=tone).one("span")["class"] == shown

    def test_a_state_brings_its_words_and_its_tone(self, show):
        seen = show("{% state_chip state %}", state=PaperState.EXPIRED)

        assert (seen.words, seen.one("span")["class"]) == ("已过期", "chip late")

    def test_a_stored_code_is_shown_by_the_name_of_its_kind(self, show):
        seen = show("{% state_chip 'PRESENT' 'PaperState' '有效至 3月9日' %}")

        assert (seen.words, seen.one("span")["class"]) == ("有效至 3月9日", "chip ok")

    @pytest.mark.parametrize(("number", "shown"), [(0, "<b>0</b>"), (3, '<b class="late-text">3</b>')])
    def test_a_count_of_nothing_has_no_colour(self, render, number, shown):
        assert render("{% counted number 'late' %}", number=number) == shown

    @pytest.mark.parametrize(("number", "then"), [(0, ""), (None, ""), (1, "late")])
    def test_a_figure_of_nothing_has_neither_tone_nor_way(self, render, number, then):
        assert render("{{ number|if_any:'late' }}", number=number) == then

    @pytest.mark.parametrize("link", ["{% url_if 'nowhere' %}", "{% linked 'nowhere' 'A-1' %}"])
    def test_a_link_to_a_page_that_does_not_exist_is_a_mistake(self, render, link):
        with pytest.raises(NoReverseMatch):
            render(link)

    def test_a_record_is_a_link_for_those_who_may_open_it_and_its_text_for_others(self, render, monkeypatch):
        doors = {"record": lambda request: request.path == "/reader/"}
        monkeypatch.setattr(navigation, "_doors", lambda _pages: doors)
        template = "{% linked 'record' 7 words css='num' %}{% linked 'record' 8 %}{% url_if 'record' 9 %}"

        assert [render(template, path=path, words="<1>") for path in ("/reader/", "/other/")] == [
            '<a class="num" href="/records/7/">&lt;1&gt;</a><a href="/records/8/">8</a>/records/9/',
            '<span class="num">&lt;1&gt;</span>8',
        ]

    def test_words_of_a_literal_and_values_by_key(self, render):
        assert render("{% for x in 'a b'|split %}{{ m|get:x }}{% endfor %}", m={"a": 1}) == "1None"

    def test_money_in_capitals(self, render):
        assert render("{{ fen|capital }} {{ '欧阳娜'|mask_name }}", fen=120000) == "壹仟贰佰元整 欧阳*"

    def test_a_query_string_changes_one_value(self, render):
        assert render("{% query a=2 b=None %}", path="/?a=1&b=1") == "?a=2"
        assert render("{% query b=None %}", path="/?b=1") == "?"


class TestLineChart:
    SERIES = (Series("余额", [100, 0], money=True),)

    def test_has_a_table_twin(self, show):
        chart = show("{% line_chart series labels '资金' %}", series=self.SERIES, labels=["1月", "2月"])

        assert len(chart.all("th", scope="row")) == 2
        assert "¥1.00" in chart.words

    def test_names_its_labels(self, show):
        chart = show("{% line_chart series labels '资金' '周' %}", series=self.SERIES, labels=["1", "2"])

        assert "周" in chart.words


class TestFrame:
    PAGE = "{% extends 'base.html' %}{% block heading %}居民{% endblock %}"

    def test_has_one_main_one_heading_and_a_way_past_the_navigation(self, show):
        page = show(self.PAGE)

        assert len(page.all("main")) == len(page.all("h1")) == 1
        assert page.all("a", class_="skip", href="#main")

    def test_shows_navigation_on_desktop_and_phone(self, show):
        register(NavItem("money", "资金", "money", 1, lambda request: True, phone=True))

        # Side bar, the phone's menu of all jobs, and the phone's bottom bar.
        assert len(show(self.PAGE).all("a", href="/money/")) == 3

    def test_asks_every_change_by_post(self, show):
        forms_ = show(self.PAGE).all("form")

        assert {(form["action"], form["method"]) for form in forms_ if "role" not in form} == {
            ("/preferences/", "post"),
            ("/i18n/setlang/", "post"),
            ("/log-out/", "post"),
        }

    def test_says_that_it_is_a_demonstration(self, show):
        assert "2026年3月9日" in show(self.PAGE).words

    def test_has_no_script_of_its_own_inside(self, show):
        scripts = show(self.PAGE).all("script")

        assert len(scripts) == 2
        assert all("src" in script for script in scripts)

    def test_needs_no_browser_that_runs_scripts_in_texts(self, render):
        assert not re.search(r"\son\w+=", render(self.PAGE))

    def test_prints_without_the_frame(self, show):
        page = show("{% extends 'print.html' %}{% block heading %}理由{% endblock %}")

        assert not page.all("nav")
        assert "打印于" in page.words

    def test_the_public_page_has_no_navigation(self, show):
        page = show("{% extends 'base_public.html' %}{% block content %}<h1>登录</h1>{% endblock %}")

        assert not page.all("nav")
        assert page.all("form", action="/i18n/setlang/")


def _is_optional(field):
    return any(attrs.get("class") == "optional" for _tag, attrs in field.elements)
