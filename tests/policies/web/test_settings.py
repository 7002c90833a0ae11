"""Settings pages: what is installed, and a year's working days from paste to deadline."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from linli.kernel.calendar import WorkCalendar, YearTable
from linli.law.policies.engine import load_calendar_tables, load_pack
from linli.law.policies.operations import install_pack, load_years
from linli.law.policies.queries import calendar_version, forget_cached, work_calendar
from linli.law.policies.web.forms import YearForm
from linli.law.policies.web.presenters import changes_of, months_of, moved_deadlines, working_day_count
from tests.conftest import system_act

ROOT = Path(__file__).parents[3]
TABLES = load_calendar_tables(ROOT / "packs" / "calendar" / "china.toml")
NOTICE = "国务院办公厅关于2027年部分节假日安排的通知"
LOAD = "/settings/working-days/load/"


@pytest.fixture
def office(staff, settings, tmp_path):
    """The plan is installed, 2025 and 2026 are loaded, and it is Monday 9 March 2026."""
    # Static files are not collected in tests.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    settings.DATA_DIR = tmp_path
    (tmp_path / "packs").mkdir()
    settings.DEMO_TODAY = "2026-03-09"
    install_pack(system_act(), folder=ROOT / "packs" / "community" / "assistance_plan")
    load_years(system_act(), tables=[TABLES[2025], TABLES[2026]])
    forget_cached()
    return staff


@pytest.fixture
def page(client, office):
    """Open a page as somebody: (status, text)."""

    def open_page(user, path: str, data=None):
        client.force_login(user)
        response = client.get(path) if data is None else client.post(path, data)
        return response.status_code, response.content.decode()

    return open_page


def twelve_days_off(year: int) -> YearTable:
    """A year whose first twelve weekdays are off."""
    days = (date.fromordinal(date(year, 1, 1).toordinal() + number) for number in range(30))
    return YearTable(year, frozenset([day for day in days if day.weekday() < 5][:12]), frozenset(), "test")


def typed(**changes: object) -> dict[str, object]:
    return {
        "year": 2027,
        "source": NOTICE,
        "off_weekdays": "2027-01-01, 2027-02-08~2027-02-12",
        "work_weekends": "2027-02-06",
        **changes,
    }


class TestSettingsHome:
    def test_lists_what_is_in_force(self, page, office):
        text = page(office.clerk, "/settings/")[1]

        assert "社区社会救助服务体系方案" in text

    def test_names_a_scheme_whose_day_has_not_come(self, page, office, settings):
        settings.DEMO_TODAY = "2025-03-03"

        assert "今天没有生效的版本" in page(office.clerk, "/settings/")[1]

    def test_lists_the_six_newest_years_the_newest_first(self, client, office):
        others = [year for year in range(2021, 2029) if year not in (2025, 2026)]
        load_years(system_act(), tables=[twelve_days_off(year) for year in others])
        forget_cached()
        client.force_login(office.clerk)

        shown = [year for year, _days in client.get("/settings/").context["years"]]

        assert shown == [2028, 2027, 2026, 2025, 2024, 2023]

    def test_says_which_year_is_awaited(self, page, office):
        assert "2027 年的工作日表还没有录入" in page(office.clerk, "/settings/")[1]

    @pytest.mark.parametrize("path", ["/settings/", "/settings/working-days/", "/settings/packs/community_assistance/"])
    def test_is_for_the_office_only(self, page, office, path):
        assert page(office.volunteer, path)[0] == 403


class TestPackDetail:
    PATH = "/settings/packs/community_assistance/"

    def test_shows_amounts_with_what_they_rest_on(self, page, office):
        text = page(office.clerk, self.PATH)[1]

        assert "低收入家庭生活补助（每户每月）" in text
        assert "¥500" in text
        assert "《方案》三.2" in text

    def test_marks_assumptions_with_their_reason(self, page, office):
        text = page(office.clerk, self.PATH)[1]

        assert "假设" in text
        assert "未写是否须先领生活补助" in text

    def test_names_everything_in_both_languages(self, page, office):
        assert "Living allowance per low-income household and month" in page(office.clerk, self.PATH)[1]

    def test_a_day_before_the_scheme_has_nothing(self, page, office):
        status, text = page(office.clerk, f"{self.PATH}?on=2020-01-01")

        assert (status, "这一天没有生效的版本" in text) == (404, True)

    @pytest.mark.parametrize("path", ["/settings/packs/unheard_of/", f"{PATH}?on=yesterday"])
    def test_what_is_not_there_is_not_found(self, page, office, path):
        assert page(office.clerk, path)[0] == 404


class TestWorkingDays:
    def test_shows_the_published_count_and_notice(self, page, office):
        text = page(office.clerk, "/settings/working-days/")[1]

        assert "全年 248 个工作日" in text
        assert TABLES[2026].source in text

    def test_says_that_an_unpublished_year_is_provisional(self, page, office):
        assert "尚未公布" in page(office.clerk, "/settings/working-days/?year=2027")[1]

    @pytest.mark.parametrize("year", ["soon", "1999", "9999"])
    def test_a_year_that_is_none_is_not_found(self, page, office, year):
        assert page(office.clerk, f"/settings/working-days/?year={year}")[0] == 404

    def test_a_year_typed_in_wide_digits_is_that_year(self, page, office):
        assert TABLES[2026].source in page(office.clerk, "/settings/working-days/?year=２０２６")[1]

    def test_offers_loading_to_officers_only(self, page, office):
        shown = [LOAD in page(user, "/settings/working-days/")[1] for user in (office.clerk, office.street_officer)]

        assert shown == [False, True]


class TestLoading:
    def test_shows_first_what_would_change(self, page, office):
        text = page(office.street_officer, LOAD, typed(step="check"))[1]

        assert "工作日：261 → 256" in text
        assert "2027年2月6日 上班" in text

    def test_shows_which_deadlines_move(self, page, office):
        text = page(office.street_officer, LOAD, typed(step="check"))[1]

        assert "受理答复" in text
        assert "暂定" in text

    def test_checking_saves_nothing(self, page, office):
        page(office.street_officer, LOAD, typed(step="check"))

        assert not work_calendar().is_published(2027)

    def test_saving_publishes_the_year(self, page, office):
        status, _ = page(office.street_officer, LOAD, typed(step="save"))

        assert (status, work_calendar().tables[2027].off_weekdays) == (
            302,
            {date(2027, 1, 1), *(date(2027, 2, day) for day in range(8, 13))},
        )

    def test_saving_queues_the_deadlines_and_the_holds_again(self, page, office):
        page(office.street_officer, LOAD, typed(step="save"))

        assert DBTaskResult.objects.filter(args_kwargs__kwargs={"on": "2026-03-09"}).count() == 2

    def test_the_same_form_twice_loads_once(self, page, office):
        form = typed(step="save", act_key="a" * 32)
        answers = [page(office.street_officer, LOAD, form)[0] for _ in range(2)]

        assert (answers, DBTaskResult.objects.count()) == ([302, 302], 2)

    def test_a_table_that_another_loaded_meanwhile_is_not_undone_unseen(self, page, office):
        opened = calendar_version()
        page(office.street_officer, LOAD, typed(step="save", version=opened))
        other = typed(off_weekdays="2027-01-01", version=opened)

        checked = page(office.street_officer, LOAD, {**other, "step": "check"})[1]
        late, text = page(office.street_officer, LOAD, {**other, "step": "save"})

        assert f'name="version" value="{opened}"' in checked
        assert (late, "已被他人修改" in text) == (422, True)
        assert len(work_calendar().tables[2027].off_weekdays) > 1

    def test_a_correction_begins_with_what_is_there(self, page, office):
        assert "2026-02-16" in page(office.street_officer, f"{LOAD}?year=2026")[1]

    def test_a_correction_shows_only_the_difference(self, page, office):
        table = TABLES[2026]
        form = typed(
            year=2026,
            source=table.source,
            off_weekdays="\n".join(str(day) for day in sorted(table.off_weekdays)) + "\n2026-12-31",
            work_weekends="\n".join(str(day) for day in sorted(table.work_weekends)),
            step="check",
        )

        text = page(office.street_officer, LOAD, form)[1]

        assert "工作日：248 → 247" in text
        assert text.count("2026年12月31日 放假") == 1

    def test_an_implausible_year_is_refused_by_its_field_and_kept(self, page, office):
        status, text = page(office.street_officer, LOAD, typed(off_weekdays="2027-03-01~2027-06-30", step="save"))

        assert (status, "超出合理范围" in text, "2027-03-01~2027-06-30" in text) == (422, True, True)

    @pytest.mark.parametrize("who", ["clerk", "auditor", "maker"])
    def test_is_for_officers_only(self, page, office, who):
        assert page(getattr(office, who), LOAD)[0] == 403

    def test_speaks_english(self, client, office):
        client.force_login(office.street_officer)
        client.cookies["django_language"] = "en"
        text = client.post(LOAD, typed(step="check")).content.decode()

        assert "Working days: 261 → 256" in text


class TestYearForm:
    @pytest.mark.parametrize(
        "text",
        [
            "2027-01-01",
            "2027/1/1",
            "2027.1.1",
            "20270101",
            "2027年1月1日",
            "1月1日",
            "1-1",
            " 1/1 、",
            "1月1日,2027-01-01",
        ],
    )
    def test_takes_a_date_however_it_was_copied(self, text):
        form = YearForm(typed(off_weekdays=text, work_weekends=""))

        assert form.is_valid(), form.errors
        assert form.table.off_weekdays == {date(2027, 1, 1)}

    @pytest.mark.parametrize("text", ["2月8日至2月12日", "2027-02-08~2027-02-14", "2/8—2/12", "2月8日到2月13日"])
    def test_takes_a_range_and_leaves_out_its_weekends(self, text):
        form = YearForm(typed(off_weekdays=text))

        assert form.is_valid(), form.errors
        assert form.table.off_weekdays == {date(2027, 2, day) for day in range(8, 13)}

    @pytest.mark.parametrize(
        "word",
        [
            "someday",
            "2027-02-30",
            "2026-12-31",
            "2027-01-02",
            "2027-02-12~2027-02-08",
            "1-4~1-5~1-6",
            "2027-13-01",
            "~",
        ],
    )
    def test_names_what_is_no_weekday_of_the_year(self, word):
        form = YearForm(typed(off_weekdays=f"2027-01-01 {word}"))

        assert not form.is_valid()
        assert word in str(form.errors["off_weekdays"])

    def test_names_a_weekday_among_the_weekends(self):
        assert "2027-02-08" in str(YearForm(typed(work_weekends="2027-02-08")).errors["work_weekends"])

    @pytest.mark.parametrize("year", ["", "1999", "soon"])
    def test_needs_a_year(self, year):
        assert "year" in YearForm(typed(year=year)).errors

    def test_keeps_the_notice_in_one_line(self):
        form = YearForm(typed(source=f"  {NOTICE}\n(国办发明电) "))

        assert form.is_valid()
        assert form.table.source == f"{NOTICE} (国办发明电)"


class TestPresenters:
    CALENDAR = WorkCalendar({2026: TABLES[2026]})

    def test_a_month_stands_in_weeks_from_monday(self):
        march = months_of(self.CALENDAR, 2026, date(2026, 3, 9))[2]

        assert [len(week) for week in march.weeks] == [7] * 6
        assert march.weeks[0][6].day == date(2026, 3, 1)

    def test_every_kind_of_day_is_told_apart(self):
        february = months_of(self.CALENDAR, 2026, date(2026, 3, 9))[1]
        kinds = {cell.day.day: cell.kind for week in february.weeks for cell in week if cell}

        assert [kinds[day] for day in (13, 14, 15, 16)] == ["work", "shifted", "rest", "holiday"]

    def test_months_add_up_to_the_year(self):
        months = months_of(self.CALENDAR, 2026, date(2026, 3, 9))

        assert sum(month.working_days for month in months) == working_day_count(self.CALENDAR, 2026) == 248

    def test_publishing_changes_exactly_the_days_of_the_table(self):
        changed = {cell.day for cell in changes_of(WorkCalendar(), self.CALENDAR, 2026)}

        assert changed == TABLES[2026].off_weekdays | TABLES[2026].work_weekends

    def test_no_time_limit_moves_when_no_day_does(self):
        pack = load_pack(ROOT / "packs" / "community" / "assistance_plan")

        assert moved_deadlines([pack], self.CALENDAR, self.CALENDAR, 2026) == []

    def test_units_are_words_in_both_languages(self):
        from linli.law.policies.web.presenters import shown

        pack = load_pack(ROOT / "packs" / "community" / "assistance_plan")
        on = date(2026, 3, 9)
        told = {}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                told[language] = [
                    shown(pack.parameters[name], on)
                    for name in ("intake_answer_days", "home_visits_per_week", "supplement_needs_base", "elder_age")
                ]

        assert told["zh-hans"] == ["5 个工作日", "每周 3 次", "否", "60 周岁"]
        assert told["en"] == ["5 working days", "3 a week", "No", "60 years"]

    def test_a_figure_without_value_on_the_day_says_so(self):
        from linli.law.policies.engine import load_pack
        from linli.law.policies.web.presenters import parameters_of

        pack = load_pack(ROOT / "packs" / "community" / "assistance_plan")
        line = parameters_of(pack, date(2016, 3, 9))[0]

        assert (line.value, line.since) == ("当日没有取值", None)
