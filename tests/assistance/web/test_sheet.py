import json
import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from linli.aid.assistance.codes import AssessorCapacity
from linli.aid.assistance.models import Application, Assessment
from linli.aid.assistance.operations import change_team, declare_no_kinship, form_team
from linli.aid.assistance.queries.screens import preview
from linli.foundation.trail.drafts import Draft
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household
from linli.registry.residents.operations import (
    NewFact,
    add_member,
    leave,
    move_household,
    record_circumstances,
    record_death,
    state_relations,
)
from tests.assistance.web.reading import KEY, address, errors, main, text
from tests.assistance.world import World, fresh
from tests.browser import LogIn
from tests.conftest import MONDAY
from tests.layers import layer
from tests.residents.people import person


@layer
def assessment(world: World, family: Household) -> Assessment:
    """A team has been formed; nobody has declared yet."""
    return world.formed(world.accepted(family))


@pytest.fixture
def volunteer(log_in: LogIn, world: World) -> Client:
    return log_in(world.staff.volunteer)


def send(browser: Client, assessment: Assessment, step: str, key: str = KEY, **data: object) -> object:
    version = Assessment.objects.get(pk=assessment.pk).version
    return browser.post(
        address("assessment_sheet", assessment.pk), {"step": step, "act_key": key, "version": version, **data}
    )


def visit(world: World, family: Household, **changes: str) -> dict[str, str]:
    """The sheet as somebody fills it in."""
    number = world.people(family)[0].number
    return {
        "visited_date": "2026-03-09",
        "needs": "日常照料",
        "observations": "住房老旧",
        f"{number}-monthly_income_fen": "640.00",
        f"{number}-has_spouse": "0",
        f"{number}-lives_alone": "1",
        **changes,
    }


def own(family: Household, amount: str, reason: str) -> dict[str, str]:
    """The assessors' own amount for the family."""
    return {f"amount-BASE_AWARD-{family.number}": amount, f"reason-BASE_AWARD-{family.number}": reason}


class TestSheet:
    def test_begins_with_the_declaration(self, volunteer: Client, assessment: Assessment) -> None:
        page = main(volunteer.get(address("assessment_sheet", assessment.pk)))

        assert "我与该家庭成员没有亲属关系" in page
        assert "保存调查表" not in page

    def test_names_the_family_that_one_declares_to_be_no_kin_of(
        self, volunteer: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        lead = str(volunteer.get(address("assessment_sheet", assessment.pk)).context["head"].lead)

        assert all(one.name in lead for one in world.people(family))

    def test_after_it_shows_what_is_known_and_where_from(self, volunteer: Client, assessment: Assessment) -> None:
        send(volunteer, assessment, "declare")

        assert "已知：800.00 元（申请人申报 · 2025年11月3日）" in main(
            volunteer.get(address("assessment_sheet", assessment.pk))
        )

    def test_shows_no_identity_number_account_or_address(
        self, volunteer: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        world.accounts(family)
        send(volunteer, assessment, "declare")

        page = volunteer.get(address("assessment_sheet", assessment.pk)).content.decode()

        for secret in ("990101", "2 单元 301", "62220000", "江畔银行", "王某"):
            assert secret not in page

    def test_is_all_that_the_volunteer_sees(self, volunteer: Client, assessment: Assessment, family: Household) -> None:
        number = assessment.application.number

        assert volunteer.get(address("application_detail", number)).status_code == 403
        assert volunteer.get(address("application_list")).status_code == 403
        assert volunteer.get(address("application_papers", number)).status_code == 404

    def test_is_for_the_three_alone(self, director: Client, clerk: Client, assessment: Assessment) -> None:
        assert director.get(address("assessment_sheet", assessment.pk)).status_code == 404
        assert clerk.get(address("assessment_sheet", 999_999)).status_code == 404

    def test_is_filled_in_with_facts_needs_and_observations(
        self, volunteer: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        send(volunteer, assessment, "declare")

        send(volunteer, assessment, "visit", "b" * 32, **visit(world, family))

        kept = Assessment.objects.get()
        facts = json.loads(kept.observed)[world.people(family)[0].number]
        assert (kept.needs, facts) == (
            "日常照料",
            {"monthly_income_fen": 64_000, "has_spouse": False, "lives_alone": True},
        )

    def test_bad_amounts_and_days_are_told_by_the_field_and_kept(
        self, volunteer: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        send(volunteer, assessment, "declare")
        number = world.people(family)[0].number
        wrong = {"visited_date": "2026-03-20", f"{number}-monthly_income_fen": "八百"}

        response = send(volunteer, assessment, "visit", "b" * 32, **visit(world, family, **wrong))

        assert response.status_code == 422  # type: ignore[attr-defined]  # the test client's response
        assert errors(response) == [f"{number}-monthly_income_fen"]
        assert "八百" in response.content.decode()  # type: ignore[attr-defined]  # same
        wrong.pop(f"{number}-monthly_income_fen")
        assert errors(send(volunteer, assessment, "visit", "b" * 32, **visit(world, family, **wrong))) == [
            "visited_date"
        ]

    def test_a_bad_amount_names_the_person(
        self, volunteer: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        send(volunteer, assessment, "declare")
        [who] = world.people(family)
        wrong = visit(world, family, **{f"{who.number}-monthly_income_fen": "一千二"})

        assert f"{who.name} 月收入（元）：" in main(send(volunteer, assessment, "visit", "c" * 32, **wrong))

    def test_a_sheet_changed_meanwhile_is_told(
        self, volunteer: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        send(volunteer, assessment, "declare")

        response = send(volunteer, assessment, "visit", "b" * 32, **{**visit(world, family), "version": "0"})

        assert "已被他人修改" in text(response)

    def test_is_signed_with_a_dissent(self, volunteer: Client, world: World, assessment: Assessment) -> None:
        world.visited(assessment)

        send(volunteer, assessment, "sign", dissent="收入可能更高")

        seat = assessment.assessors.get(user=world.staff.volunteer)
        assert (seat.signed_at is not None, seat.dissent) == (True, "收入可能更高")

    def test_nothing_is_signed_before_the_visit(self, volunteer: Client, assessment: Assessment) -> None:
        send(volunteer, assessment, "declare")

        assert "尚未填写入户调查" in text(send(volunteer, assessment, "sign", "b" * 32))

    def test_what_is_typed_and_not_saved_is_not_signed_and_is_kept(
        self, volunteer: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        """The form of the signature had nothing of what was typed above: that was gone, and the rest was signed."""
        send(volunteer, assessment, "declare")
        send(volunteer, assessment, "visit", "b" * 32, **visit(world, family))
        income = f"{world.people(family)[0].number}-monthly_income_fen"
        typed = visit(world, family, observations="屋顶漏雨", **{income: "5000"})

        answer = send(volunteer, assessment, "sign", "c" * 32, dissent="再看", **typed)

        assert answer.status_code == 422  # type: ignore[attr-defined]  # the test client's response
        page = answer.content.decode()  # type: ignore[attr-defined]  # same
        assert all(words in page for words in ("有改动还没有保存", "屋顶漏雨", 'value="5000"', "再看"))
        assert assessment.assessors.get(user=world.staff.volunteer).signed_at is None

    def test_what_is_saved_is_signed_though_the_sheet_is_sent_with_it(
        self, volunteer: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        send(volunteer, assessment, "declare")
        send(volunteer, assessment, "visit", "b" * 32, **visit(world, family))
        page = volunteer.get(address("assessment_sheet", assessment.pk))
        shown = {name: page.context["visit"][name].value() for name in page.context["visit"].fields}
        said = {name: "" if value is None else value for name, value in shown.items()}

        send(volunteer, assessment, "sign", "c" * 32, **said)

        assert assessment.assessors.get(user=world.staff.volunteer).signed_at is not None

    def test_the_buttons_below_send_the_whole_sheet(
        self, volunteer: Client, world: World, assessment: Assessment
    ) -> None:
        world.visited(assessment)
        page = volunteer.get(address("assessment_sheet", assessment.pk)).content.decode()

        sent = r'<button type="submit" class="btn primary" form="sheet" name="step"\s+value="sign">'
        assert ('id="sheet"' in page, len(re.findall(sent, page))) == (True, 1)
        assert re.search(r'<textarea name="dissent"[^>]* form="sheet"', page)

    @pytest.mark.parametrize(("step", "words"), [("declare", "已声明"), ("visit", "调查表已保存"), ("sign", "已签名")])
    def test_each_step_says_what_was_done(
        self, volunteer: Client, world: World, assessment: Assessment, family: Household, step: str, words: str
    ) -> None:
        for place, one in enumerate(("declare", "visit", "sign")):
            said = visit(world, family) if one == "visit" else {}
            send(volunteer, assessment, one, f"{place}" * 32, **said)
            if one == step:
                break
        page = volunteer.get(address("assessment_sheet", assessment.pk))

        assert [words in str(one) for one in page.context["messages"]][-1:] == [True]

    def test_an_unknown_step_does_nothing(self, volunteer: Client, assessment: Assessment) -> None:
        assert send(volunteer, assessment, "fly").status_code == 422  # type: ignore[attr-defined]  # a response


class TestTheSecondOfTwo:
    """Who comes after sees what the first wrote, and changes it knowingly."""

    @pytest.fixture
    def written(self, world: World, volunteer: Client, clerk: Client, assessment: Assessment) -> Assessment:
        """The volunteer wrote; the clerk has declared and written nothing."""
        for browser, key in ((volunteer, KEY), (clerk, "e" * 32)):
            send(browser, assessment, "declare", key)
        send(volunteer, assessment, "visit", "b" * 32, **visit(world, assessment.application.household))
        return assessment

    def test_sees_what_the_first_wrote_beside_each_field(self, clerk: Client, written: Assessment) -> None:
        page = main(clerk.get(address("assessment_sheet", written.pk)))

        name = written.assessors.get(capacity="VOLUNTEER").user.name
        assert f"{name}已于" in page
        assert f"{name} 3月9日填：640.00 元" in page
        assert f"{name} 3月9日填：住房老旧" in page

    def test_the_first_is_told_nothing_of_their_own(self, volunteer: Client, written: Assessment) -> None:
        assert "3月9日填：" not in main(volunteer.get(address("assessment_sheet", written.pk)))

    def test_what_is_changed_stands_where_one_signs(
        self, clerk: Client, volunteer: Client, world: World, written: Assessment
    ) -> None:
        family = written.application.household
        [who] = world.people(family)
        changed = visit(world, family, **{f"{who.number}-monthly_income_fen": "720.00", "needs": ""})

        send(clerk, written, "visit", "c" * 32, **changed)

        for browser in (clerk, volunteer):
            page = main(browser.get(address("assessment_sheet", written.pk)))
            signing = page.split("看过以上内容")[-1].replace(" ", "")
            assert f"{who.name}月收入640.00元→720.00元" in signing
            assert "需求日常照料→未填" in signing
            assert "观察住房老旧" not in signing

    def test_who_corrects_oneself_changes_nothing_of_others(
        self, volunteer: Client, world: World, written: Assessment
    ) -> None:
        send(volunteer, written, "visit", "c" * 32, **visit(world, written.application.household, needs="陪护"))

        assert "更改了" not in main(volunteer.get(address("assessment_sheet", written.pk)))


class TestTheDraft:
    def test_of_the_sheet_comes_back_until_it_is_saved(
        self, volunteer: Client, world: World, assessment: Assessment
    ) -> None:
        page = address("assessment_sheet", assessment.pk)
        send(volunteer, assessment, "declare")
        handed = unescape(re.findall(r'name="draft" value="([^"]+)"', volunteer.get(page).content.decode())[0])
        said = visit(world, assessment.application.household, observations="屋顶漏雨")

        volunteer.post("/drafts/", {"draft": handed, "version": "1", **said}, headers={"HX-Request": "true"})

        assert "屋顶漏雨" in volunteer.get(page).content.decode()
        send(volunteer, assessment, "visit", "b" * 32, **said)
        assert not Draft.objects.exists()


def test_what_the_register_says_is_not_asked_again(volunteer: Client, world: World) -> None:
    home = world.family(person("王建"), person("李芳", relation="SPOUSE", male=False), facts={})
    assessment = world.formed(world.accepted(home))
    send(volunteer, assessment, "declare")

    page = volunteer.get(address("assessment_sheet", assessment.pk)).content.decode()

    for one in world.people(home):
        chosen = page.split(f'name="{one.number}-has_spouse"')[1].split("</select>")[0]
        assert '<option value="1" selected' in chosen
    assert "已知：是（登记的家庭成员 · 2026年3月9日）" in text(
        volunteer.get(address("assessment_sheet", assessment.pk))
    )


class TestOwnAmount:
    """Where the three set another amount than the rules: on the sheet, before they sign."""

    @pytest.fixture
    def declared(self, volunteer: Client, assessment: Assessment) -> Assessment:
        send(volunteer, assessment, "declare")
        return assessment

    def test_stands_beside_what_the_rules_give_so_far(self, volunteer: Client, declared: Assessment) -> None:
        page = main(volunteer.get(address("assessment_sheet", declared.pk)))

        assert "每月金额" in page
        assert "低收入家庭生活补助 规则计算：每月 ¥500.00" in page

    @pytest.mark.parametrize(
        ("amount", "reason", "field"), [("450", "", "reason"), ("-400", "多领", "amount"), ("四百", "多领", "amount")]
    )
    def test_is_refused_by_the_field(
        self,
        volunteer: Client,
        world: World,
        declared: Assessment,
        family: Household,
        *,
        amount: str,
        reason: str,
        field: str,
    ) -> None:
        written = own(family, amount, reason)

        response = send(volunteer, declared, "visit", "b" * 32, **visit(world, family, **written))

        assert errors(response) == [f"{field}-BASE_AWARD-{family.number}"]
        assert Assessment.objects.get().visited_date is None

    def test_shows_to_each_signer_and_afterwards_on_the_case(
        self, volunteer: Client, clerk: Client, world: World, declared: Assessment, family: Household
    ) -> None:
        send(volunteer, declared, "visit", "b" * 32, **visit(world, family, **own(family, "450", "另有补助 50 元")))

        page = main(volunteer.get(address("assessment_sheet", declared.pk)))

        assert "评估小组认定：每月 ¥450.00 · 另有补助 50 元" in page
        for who in world.assessors()[:2]:
            declare_no_kinship(world.act(who), assessment_id=declared.pk)
        world.signed(declared)
        send(clerk, declared, "complete", "c" * 32)
        case = main(clerk.get(address("application_detail", declared.application.number)))
        for text_ in ("¥450.00", "与规则不一致", "另有补助 50 元"):
            assert text_ in case

    def test_stands_on_the_printed_form(
        self, volunteer: Client, clerk: Client, world: World, declared: Assessment, family: Household
    ) -> None:
        send(volunteer, declared, "visit", "b" * 32, **visit(world, family, **own(family, "450", "另有补助 50 元")))

        printed = clerk.get(address("visit_form_pdf", declared.application.number)).content

        words = "".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages)
        assert "500.00" in words
        assert "450.00" in words


class TestCompletion:
    @pytest.fixture
    def signed(self, world: World, assessment: Assessment) -> Assessment:
        world.visited(assessment)
        world.signed(assessment)
        return assessment

    def test_shows_what_the_rules_say_first(self, clerk: Client, signed: Assessment) -> None:
        page = main(clerk.get(address("assessment_sheet", signed.pk)))

        assert "低收入家庭生活补助 规则计算：每月 ¥500.00" in page

    def test_is_not_for_the_volunteer(self, volunteer: Client, signed: Assessment) -> None:
        assert "完成评估报告" not in main(volunteer.get(address("assessment_sheet", signed.pk)))
        assert send(volunteer, signed, "complete").status_code == 422  # type: ignore[attr-defined]  # a response

    def test_as_the_rules_say(self, clerk: Client, signed: Assessment) -> None:
        response = send(clerk, signed, "complete")

        assert response["Location"] == address("my_work")  # type: ignore[index]  # the test client's response
        assert fresh(signed.application).state == "ASSESSED"

    def test_missing_facts_are_named(self, clerk: Client, world: World) -> None:
        family = world.family(facts={})
        assessment = world.formed(world.accepted(family))
        world.visited(assessment)
        world.signed(assessment)

        page = main(clerk.get(address("assessment_sheet", assessment.pk)))

        [who] = world.people(family)
        assert "还不知道：" in page
        assert "月收入（元） （选填）" not in page, "what is asked for is not called optional"
        assert "登记失业 （选填）" in page
        assert f"{who.name} 月收入" in page
        assert who.number not in page


class TestRecheck:
    def test_a_new_team_gets_a_new_sheet_after_an_objection(
        self, clerk: Client, world: World, family: Household
    ) -> None:
        from linli.aid.assistance.operations import take_objection

        application, _day = world.at_decision(household=family)
        take_objection(world.act(world.staff.clerk), application_id=application.pk, content="他有存款")

        again = form_team(world.act(world.staff.clerk, hour=18), application_id=application.pk, team=world.team())

        assert again.round == 2
        assert clerk.get(address("assessment_sheet", again.pk)).status_code == 200
        assert Application.objects.get().state == "ASSESSING"


class TestChangedTeam:
    """Who stays in the team is led to the new sheet, with what was being typed; nobody else is led anywhere."""

    def change(self, world: World, assessment: Assessment) -> Assessment:
        team = {**world.team(), AssessorCapacity.VOLUNTEER: world.second_volunteer().pk}
        act = world.act(world.staff.clerk, hour=18)
        return change_team(act, application_id=assessment.application_id, team=team)

    def test_keeps_what_a_member_was_typing(
        self, clerk: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        send(clerk, assessment, "declare")
        present = self.change(world, assessment)

        answer = send(clerk, assessment, "visit", "b" * 32, **visit(world, family, observations="屋顶漏雨"))

        sheet = address("assessment_sheet", present.pk)
        assert answer["Location"] == sheet  # type: ignore[index]  # the test client's response
        page = text(clerk.get(sheet))
        assert "填写的内容在新小组的这张调查表里" in page
        clerk.post(sheet, {"step": "declare", "act_key": "c" * 32})
        assert "屋顶漏雨" in clerk.get(sheet).content.decode()

    def test_leads_from_the_old_address(self, clerk: Client, world: World, assessment: Assessment) -> None:
        present = self.change(world, assessment)

        answer = clerk.get(address("assessment_sheet", assessment.pk))

        assert answer["Location"] == address("assessment_sheet", present.pk)

    def test_what_the_team_before_wrote_stays_on_the_case(
        self, clerk: Client, world: World, assessment: Assessment, family: Household
    ) -> None:
        send(clerk, assessment, "declare")
        send(clerk, assessment, "visit", "b" * 32, **visit(world, family, observations="屋顶漏雨"))
        self.change(world, assessment)

        page = main(clerk.get(address("application_detail", assessment.application.number)))

        assert "以前的入户调查" in page
        assert "屋顶漏雨" in page.split("以前的入户调查")[1]

    def test_leads_nobody_who_left_it(self, volunteer: Client, world: World, assessment: Assessment) -> None:
        self.change(world, assessment)

        assert volunteer.get(address("assessment_sheet", assessment.pk)).status_code == 404


DECLARED = {"has_spouse": 1, "has_child_or_supporter": 1, "lives_alone": 0, "monthly_income_fen": 80_000}


class TestWhomSomebodyLivesWith:
    """An answer from before somebody died, left or came is told with what happened since, and taken for nobody's."""

    def chosen(self, page: str, number: str, code: str) -> str:
        field = page.split(f'name="{number}-{code}"')[1].split("</select>")[0]
        found = re.findall(r'<option value="([01]?)" selected', field)
        return found[0] if found else ""

    def opened(self, volunteer: Client, assessment: Assessment) -> str:
        send(volunteer, assessment, "declare")
        return volunteer.get(address("assessment_sheet", assessment.pk)).content.decode()

    def test_is_asked_anew_after_a_death(self, volunteer: Client, world: World) -> None:
        home = world.family(
            person("王建", birth=date(1949, 1, 1)),
            person("李芳", Relation.SPOUSE, date(1950, 1, 1), male=False),
            facts=DECLARED,
        )
        man, widow = world.people(home)
        record_death(world.act(world.staff.clerk), resident_ids=[man.pk], died_date=date(2026, 3, 2))
        page = self.opened(volunteer, world.formed(world.received_of(home, widow)))

        for code in ("has_spouse", "has_child_or_supporter", "lives_alone"):
            assert self.chosen(page, widow.number, code) == ""
        assert "已知：是（申请人申报 · 2025年11月3日）；此后家庭有变化（王建 2026年3月2日去世），请重新核实" in page
        assert "800.00" in page

    def test_counts_for_nothing_in_what_the_rules_say(self, world: World) -> None:
        home = world.family(
            person("王建", birth=date(1949, 1, 1)),
            person("李芳", Relation.SPOUSE, date(1950, 1, 1), male=False),
            facts=DECLARED,
        )
        man, widow = world.people(home)
        record_death(world.act(world.staff.clerk), resident_ids=[man.pk], died_date=date(2026, 3, 2))
        assessment = world.formed(world.received_of(home, widow))

        found = preview(assessment.pk, MONDAY)

        assert f"{widow.number}.has_spouse" in found.demanded

    @pytest.mark.parametrize("what", ["joins", "leaves", "moves"])
    def test_is_asked_anew_after_somebody_came_or_went(self, volunteer: Client, world: World, what: str) -> None:
        home = world.family(
            person("王建", birth=date(1949, 1, 1)), person("王强", Relation.CHILD, date(1980, 1, 1)), facts=DECLARED
        )
        clerk, day = world.act(world.staff.clerk), date(2026, 3, 2)
        if what == "joins":
            add_member(
                clerk, household_id=home.pk, member=person("王小", Relation.GRANDCHILD, date(2015, 1, 1)), since=day
            )
        elif what == "leaves":
            leave(clerk, resident_ids=[world.people(home)[1].pk], left_date=day)
        else:
            move_household(clerk, household_id=home.pk, area_id=world.community.other_grid.pk, moved_date=day)
        page = self.opened(volunteer, world.formed(world.accepted(home)))

        assert self.chosen(page, world.people(home)[0].number, "lives_alone") == ""
        assert "请重新核实" in page

    def test_stands_where_it_was_said_after_it(self, volunteer: Client, world: World) -> None:
        home = world.family(
            person("王建", birth=date(1949, 1, 1)),
            person("李芳", Relation.SPOUSE, date(1950, 1, 1), male=False),
            facts=DECLARED,
        )
        man, widow = world.people(home)
        clerk = world.act(world.staff.clerk)
        record_death(clerk, resident_ids=[man.pk], died_date=date(2026, 3, 2))
        said = NewFact("has_spouse", 0, "本人申报", date(2026, 3, 4), resident_id=widow.pk)
        record_circumstances(clerk, facts=[said])
        page = self.opened(volunteer, world.formed(world.received_of(home, widow)))

        assert self.chosen(page, widow.number, "has_spouse") == "0"


class TestAfterASuccession:
    def sheet(self, volunteer: Client, world: World, *, said: Relation | None = None) -> tuple[str, str]:
        home = world.family(
            person("赵强", birth=date(1975, 1, 1)),
            person("钱氏", Relation.PARENT, date(1948, 1, 1), male=False),
            person("赵小明", Relation.CHILD, date(2013, 1, 1)),
            facts={},
        )
        man, mother, son = world.people(home)
        clerk = world.act(world.staff.clerk)
        record_death(clerk, resident_ids=[man.pk], died_date=date(2026, 3, 2))
        if said:
            state_relations(clerk, household_id=home.pk, relations={mother.pk: Relation.HEAD, son.pk: said})
        assessment = world.formed(world.received_of(home, mother))
        send(volunteer, assessment, "declare")
        page = volunteer.get(address("assessment_sheet", assessment.pk)).content.decode()
        return TestWhomSomebodyLivesWith().chosen(page, mother.number, "has_child_or_supporter"), page

    def test_a_dead_mans_mother_is_not_taken_to_have_a_child_in_his_son(self, volunteer: Client, world: World) -> None:
        chosen, page = self.sheet(volunteer, world)

        assert (chosen, "登记的家庭成员" in page.split("has_child_or_supporter")[1][:600]) == ("", False)

    def test_nor_is_a_widow_in_children_of_whom_nobody_said_they_are_hers(
        self, volunteer: Client, world: World
    ) -> None:
        home = world.family(
            person("赵强", birth=date(1950, 1, 1)),
            person("孙丽", Relation.SPOUSE, date(1952, 1, 1), male=False),
            person("赵明", Relation.CHILD, date(1980, 1, 1)),
            person("钱氏", Relation.PARENT, date(1930, 1, 1), male=False),
            facts={},
        )
        man, widow, _son, mother = world.people(home)
        record_death(world.act(world.staff.clerk), resident_ids=[man.pk], died_date=date(2026, 3, 2))
        assessment = world.formed(world.received_of(home, widow))
        send(volunteer, assessment, "declare")
        page = volunteer.get(address("assessment_sheet", assessment.pk)).content.decode()

        for one in (widow, mother):
            assert TestWhomSomebodyLivesWith().chosen(page, one.number, "has_child_or_supporter") == ""

    def test_what_somebody_said_since_is_sure(self, volunteer: Client, world: World) -> None:
        assert self.sheet(volunteer, world, said=Relation.CHILD)[0] == "1"
