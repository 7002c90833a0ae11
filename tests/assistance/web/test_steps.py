import re

import pytest
from django.conf import LazySettings
from django.test import Client

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.models import Application, ApplicationEvent, Assessor, IntakeAnswer
from linli.aid.assistance.operations import accept, record_papers, take_back, take_objection
from linli.aid.assistance.operations.papers import PaperRecord
from linli.aid.assistance.steps import CASE
from linli.ground.notifications.models import Letter
from linli.money.ledger.models import Account
from linli.registry.residents.models import Household
from tests.assistance.test_assessment import make_kin
from tests.assistance.web.reading import KEY, address, do, errors, main, text
from tests.assistance.world import World, fresh
from tests.browser import LogIn
from tests.paging import assert_turns_over
from tests.sets import confirm, hidden, is_receipt, press


class TestAnswer:
    def test_accepts(self, clerk: Client, received: Application) -> None:
        response = do(clerk, received.number, "accept")

        assert response["Location"] == address("application_detail", received.number)
        assert fresh(received).state == "ACCEPTED"

    def test_shows_the_letter_with_the_one_list_before_it_is_written(
        self, clerk: Client, incomplete: Application
    ) -> None:
        page = main(clerk.get(address("application_deed", incomplete.number, "supplement")))

        assert "还缺以下材料：低收入证明。请在 2026年4月8日 前补齐" in page

    def test_asks_for_what_is_missing(self, clerk: Client, incomplete: Application) -> None:
        do(clerk, incomplete.number, "supplement")

        assert fresh(incomplete).state == "AWAITING_PAPERS"
        assert "计时暂停" in main(clerk.get(address("application_detail", incomplete.number)))

    def test_names_the_missing_papers_when_accepting_too_early(self, clerk: Client, incomplete: Application) -> None:
        response = do(clerk, incomplete.number, "accept")

        assert response.status_code == 422
        assert f"{incomplete.number} 缺 低收入证明" in text(response)

    def test_turning_away_needs_its_reason_by_the_field(self, clerk: Client, received: Application) -> None:
        response = do(clerk, received.number, "turn-away", reason="")

        assert (response.status_code, errors(response)) == (422, ["reason"])

    def test_turns_away_with_the_reason(self, clerk: Client, received: Application) -> None:
        do(clerk, received.number, "turn-away", reason="不属于本社区")

        assert IntakeAnswer.objects.get().reason == "不属于本社区"

    def test_the_same_form_twice_has_one_effect(self, clerk: Client, received: Application) -> None:
        form = {"act_key": KEY, "version": received.version, "reason": "不属于本社区"}

        answers = [clerk.post(address("application_deed", received.number, "turn-away"), form) for _press in range(2)]

        assert [response.status_code for response in answers] == [302, 302]
        assert IntakeAnswer.objects.count() == 1

    def test_a_stale_form_is_told_and_keeps_what_was_typed(
        self, clerk: Client, world: World, incomplete: Application
    ) -> None:
        record = PaperRecord("IDENTITY_CARD", "MISSING")
        record_papers(world.act(world.staff.clerk), application_id=incomplete.pk, papers=[record])

        form = {"act_key": KEY, "version": incomplete.version, "reason": "材料不符"}
        response = clerk.post(address("application_deed", incomplete.number, "turn-away"), form)

        assert response.status_code == 422
        assert "打开表单后，这一项已被他人修改" in text(response)
        assert "材料不符" in response.content.decode()
        assert fresh(incomplete).state == "RECEIVED"

    def test_another_role_is_refused(self, director: Client, received: Application) -> None:
        assert director.get(address("application_deed", received.number, "accept")).status_code == 403
        assert director.post(address("application_deed", received.number, "accept")).status_code == 403

    def test_a_step_that_is_not_possible_now_leads_back_with_a_word(self, clerk: Client, received: Application) -> None:
        response = clerk.get(address("application_deed", received.number, "team"), follow=True)

        assert "当前为“待受理答复”，不能办理“组成评估小组”" in text(response)

    def test_an_unknown_step_is_not_found(self, clerk: Client, received: Application) -> None:
        assert clerk.get(address("application_deed", received.number, "fly")).status_code == 404


class TestMainAction:
    """The page's one main action is the step that the case waits for, offered to those whose step it is."""

    def deed(self, client: Client, application: Application) -> str:
        page = client.get(address("application_detail", application.number)).content.decode()
        links = re.findall(r'class="btn primary" href="([^"]+)"', page)
        return next(
            (step.path for step in CASE.steps if address("application_deed", application.number, step.path) in links),
            "",
        )

    def test_the_one_at_the_counter_answers_and_names_a_team(
        self, clerk: Client, world: World, received: Application
    ) -> None:
        found = [self.deed(clerk, received)]
        accept(world.act(world.staff.clerk), application_ids=[received.pk])
        found.append(self.deed(clerk, received))

        assert found == ["accept", "team"]

    def test_with_papers_missing_it_is_to_ask_for_them(self, clerk: Client, incomplete: Application) -> None:
        assert self.deed(clerk, incomplete) == "supplement"

    def test_the_director_the_street_and_the_one_who_publishes_follow(
        self, clerk: Client, director: Client, street: Client, world: World, family: Household
    ) -> None:
        application = world.accepted(family)
        world.assessed(application)
        found = [self.deed(one, application) for one in (director, clerk)]
        world.opined(application)
        found += [self.deed(one, application) for one in (street, director)]
        world.reviewed(application)
        found += [self.deed(one, application) for one in (clerk, street)]

        assert found == ["opinion", "", "review", "", "publish", ""]

    def test_the_one_who_decides_grants(
        self, decider: Client, clerk: Client, world: World, family: Household, settings: LazySettings
    ) -> None:
        application, day = world.at_decision(household=family)
        settings.DEMO_TODAY = day.isoformat()

        assert [self.deed(one, application) for one in (decider, clerk)] == ["grant", ""]

    def test_an_objection_is_answered_after_another_visit(
        self, clerk: Client, street: Client, world: World, family: Household
    ) -> None:
        application, _day = world.at_decision(household=family)
        take_objection(world.act(world.staff.clerk), application_id=application.pk, content="他有存款", objector="邻居")
        found = [self.deed(one, application) for one in (clerk, street)]
        world.assessed(fresh(application))
        found += [self.deed(one, application) for one in (street, clerk)]

        assert found == ["team", "", "answer-objection", ""]


class TestTeam:
    def team(self, world: World) -> dict[str, int]:
        return {capacity.value: user for capacity, user in world.team().items()}

    def test_is_formed_of_three(self, clerk: Client, world: World, family: Household) -> None:
        application = world.accepted(family)

        do(clerk, application.number, "team", **self.team(world))

        assert fresh(application).state == "ASSESSING"

    def test_one_missing_is_told(self, clerk: Client, world: World, family: Household) -> None:
        application = world.accepted(family)

        response = do(clerk, application.number, "team", **{**self.team(world), "VOLUNTEER": ""})

        assert errors(response) == ["VOLUNTEER"]

    def test_offers_only_people_with_the_role_here(self, clerk: Client, world: World, family: Household) -> None:
        application = world.accepted(family)

        page = clerk.get(address("application_deed", application.number, "team")).content.decode()

        assert "赵芳" in page
        assert "钱进" not in page


class TestOpinionAndReview:
    def test_a_proposed_refusal_needs_its_reason(self, director: Client, world: World, family: Household) -> None:
        application = world.accepted(family)
        world.assessed(application)

        response = do(director, application.number, "opinion", proposal="REFUSE", text="")

        assert errors(response) == ["text"]

    def test_is_signed_and_reviewed(self, director: Client, street: Client, world: World, family: Household) -> None:
        application = world.accepted(family)
        world.assessed(application)

        do(director, application.number, "opinion", proposal="GRANT", text="情况属实")
        do(street, application.number, "review", agreed="yes", text="")

        assert fresh(application).state == "REVIEWED"

    def test_sending_back_needs_its_reason(self, street: Client, world: World, family: Household) -> None:
        application = world.accepted(family)
        world.assessed(application)
        world.opined(application)

        response = do(street, application.number, "review", agreed="no", text="")

        assert errors(response) == ["text"]


class TestDecision:
    def test_shows_what_it_commits_and_what_is_left(self, decider: Client, world: World, family: Household) -> None:
        application = self.ready(world, family)

        page = main(decider.get(address("application_deed", application.number, "grant")))

        assert "可用 ¥1,000,000.00" in page
        assert "本次占用 ¥7,200.00" in page
        assert "批准后剩余 ¥992,800.00" in page

    def test_what_the_page_says_is_what_is_booked(self, decider: Client, world: World, family: Household) -> None:
        application = self.ready(world, family)

        do(decider, application.number, "grant")

        line = Account.objects.get(fund=world.fund, kind="COMMITTED")
        assert (fresh(application).state, line.balance_fen) == ("GRANTED", 720_000)

    def test_an_exhausted_budget_leads_to_its_acceptance(
        self, decider: Client, world: World, family: Household
    ) -> None:
        application = self.ready(world, family)
        Account.objects.filter(fund=world.fund, kind="AVAILABLE").update(credit_fen=99_999_900)

        page = decider.get(address("application_deed", application.number, "grant"))

        assert "预算不够。街道认可超预算后才能批准。" in text(page)
        assert address("excess_new", "HX-2026") in page.content.decode()

    def test_refused_with_the_reason(self, decider: Client, world: World, family: Household) -> None:
        application = self.ready(world, family)

        do(decider, application.number, "refuse", reason="收入高于标准")

        assert fresh(application).state == "REFUSED"

    def test_the_reviewer_does_not_decide(self, street: Client, world: World, family: Household) -> None:
        application = self.ready(world, family)

        response = street.get(address("application_deed", application.number, "grant"), follow=True)

        assert "“街道复核”是您办理的，“决定批准”须由另一人办理" in text(response)

    def ready(self, world: World, family: Household) -> Application:
        """Published; the pages' day moves to the first one on which it can be decided."""
        application, day = world.at_decision(household=family)
        self.settings.DEMO_TODAY = day.isoformat()
        return application

    @pytest.fixture(autouse=True)
    def _days(self, settings: object) -> None:
        self.settings = settings


class TestObjection:
    def test_is_taken_and_blocks(self, clerk: Client, world: World, family: Household) -> None:
        application, _day = world.at_decision(household=family)

        do(clerk, application.number, "object", content="他有存款", objector="邻居")

        page = main(clerk.get(address("application_detail", application.number)))
        assert fresh(application).state == "OBJECTED"
        assert "他有存款" in page
        assert "邻居" not in page

    def test_an_empty_one_is_told_by_the_field(self, clerk: Client, world: World, family: Household) -> None:
        application, _day = world.at_decision(household=family)

        assert errors(do(clerk, application.number, "object", content="")) == ["content"]

    def test_is_answered_after_the_second_visit(self, street: Client, world: World, family: Household) -> None:
        application, _day = world.at_decision(household=family)
        take_objection(world.act(world.staff.clerk), application_id=application.pk, content="他有存款")
        world.assessed(application)

        do(street, application.number, "answer-objection", upheld="no", answer="查无存款")

        assert ApplicationEvent.objects.filter(kind="OBJECTION_ANSWERED").exists()
        assert "答复 陈静：查无存款" in main(street.get(address("application_detail", application.number)))


class TestKin:
    def test_kin_of_the_family_are_marked_before_they_are_chosen(self, clerk: Client, world: World) -> None:
        application = world.accepted(world.family())
        make_kin(world, application)

        page = main(clerk.get(address("application_deed", application.number, "team")))

        assert f"{world.staff.volunteer.name}（亲属或代办、代领人，应回避）" in page
        assert page.count("应回避") == 1


class TestRestsOn:
    def test_who_reviews_reads_the_visit_the_dissent_and_the_opinion_beside_the_form(
        self, street: Client, world: World
    ) -> None:
        application = world.accepted(world.family())
        world.assessed(application)
        Assessor.objects.filter(assessment__application=application, capacity="VOLUNTEER").update(
            dissent="收入可能更高"
        )
        world.opined(application)

        page = main(street.get(address("application_deed", application.number, "review")))

        for words in ("日常照料", "住房老旧", "不同意见：收入可能更高", "初审意见 · 拟予批准 情况属实"):
            assert words in page


class TestTogether:
    def test_nothing_waits(self, clerk: Client) -> None:
        assert "没有等待这一步的申请" in main(clerk.get(address("application_bulk", "accept")))

    def test_nobody_chosen_is_told(self, clerk: Client, received: Application) -> None:
        response = clerk.post(address("application_bulk", "accept"), {"deed": "accept"}, follow=True)

        assert "请至少选择一项" in text(response)

    def test_a_preview_says_what_will_be_done_and_does_nothing(
        self, street: Client, world: World, received: Application
    ) -> None:
        cases = [world.accepted(world.family()) for _number in range(2)]
        for case in cases:
            world.assessed(case)
            world.opined(case)
        form = {"deed": "review", "row": [case.pk for case in cases], "agreed": "yes", "text": "属实"}

        page = main(street.post(address("application_bulk", "review"), form))

        assert "预览：街道复核 复核意见 同意 说明（退回时必填） 属实 合计 2 项 每月 ¥1,600.00" in page
        assert "确认办理 2 项" in page
        assert [fresh(case).state for case in cases] == ["OPINION_GIVEN"] * 2

    def test_a_preview_tells_which_letters_will_be_written(self, clerk: Client, received: Application) -> None:
        page = main(clerk.post(address("application_bulk", "accept"), {"deed": "accept", "row": [received.pk]}))

        assert "将出具文书 受理通知书 × 1" in page
        assert not Letter.objects.exists()

    def test_what_is_refused_is_named_with_its_reason_and_the_rest_is_done(self, street: Client, world: World) -> None:
        """The second was objected to while its row still stood on the page."""
        cases = [world.accepted(world.family()) for _number in range(3)]
        for case in cases:
            world.assessed(case)
            world.opined(case)
        there, faster, left = cases
        rows = [case.pk for case in cases]
        form = {"deed": "review", "row": rows, "agreed": "yes", "text": ""}
        preview = street.post(address("application_bulk", "review"), form)
        world.reviewed(faster)

        page = press(street, address("application_bulk", "review"), preview)

        assert is_receipt(page)
        assert [fresh(case).state for case in cases] == ["REVIEWED"] * 3
        assert "2 项已办理" in main(page)
        assert f"{faster.number} · 王建" in main(page)
        assert "的“街道复核”已由" in main(page)
        assert ApplicationEvent.objects.filter(application=faster, kind="REVIEWED").count() == 1
        assert left.number in main(page)
        assert there.number in main(page)

    def test_what_says_something_else_since_the_preview_stays(self, street: Client, world: World) -> None:
        """The director took an opinion back and gave another one: nobody reviews a proposal that they did not see."""
        same, other = (world.accepted(world.family()) for _number in range(2))
        for case in (same, other):
            world.assessed(case)
            world.opined(case)
        form = {"deed": "review", "row": [same.pk, other.pk], "agreed": "yes", "text": ""}
        preview = street.post(address("application_bulk", "review"), form)
        director = world.staff.director
        take_back(world.act(director, hour=20), application_ids=[other.pk], code="take_back_opinion")
        world.opined(other, proposal=Proposal.REFUSE)

        page = press(street, address("application_bulk", "review"), preview)

        assert [fresh(case).state for case in (same, other)] == ["REVIEWED", "OPINION_GIVEN"]
        assert "1 项已办理" in main(page)
        assert f"{other.number} · 王建" in main(page)
        assert "预览之后有变动" in main(page)

    def test_twice_the_same_form_takes_effect_once_and_has_one_receipt(
        self, clerk: Client, world: World, received: Application
    ) -> None:
        form = {"deed": "accept", "row": [received.pk, world.received(world.family()).pk]}
        preview = clerk.post(address("application_bulk", "accept"), form)

        pages = [press(clerk, address("application_bulk", "accept"), preview) for _press in range(2)]

        assert IntakeAnswer.objects.count() == 2
        assert len({page.redirect_chain[-1][0] for page in pages}) == 1
        assert main(pages[1]) in main(pages[0])

    @pytest.mark.parametrize(
        "altered", [{"act_key": ""}, {"act_key": "x" * 32}, {"chosen": "made:up"}, {"act_key": "../../exports"}]
    )
    def test_a_confirmation_that_no_preview_gave_does_nothing(
        self, clerk: Client, received: Application, altered: dict[str, str]
    ) -> None:
        turning = address("application_bulk", "accept")
        preview = clerk.post(turning, {"deed": "accept", "row": [received.pk]})

        assert clerk.post(turning, {**hidden(preview), **altered}).status_code == 400
        assert not IntakeAnswer.objects.exists()

    def test_a_receipt_has_the_letters_to_print_and_is_its_own_person_s(
        self, clerk: Client, director: Client, received: Application
    ) -> None:
        page = confirm(clerk, address("application_bulk", "accept"), {"deed": "accept", "row": [received.pk]})
        letter = Letter.objects.get()
        to_print = f"{address('letter_print')}?only={letter.number}"

        assert to_print in page.content.decode()
        assert clerk.get(to_print)["Content-Type"] == "application/pdf"
        assert director.get(page.redirect_chain[-1][0]).status_code == 404

    def test_many_cases_are_granted_at_once(self, decider: Client, world: World, settings: object) -> None:
        cases = [world.at_decision(household=world.family()) for _number in range(3)]
        settings.DEMO_TODAY = cases[0][1].isoformat()  # type: ignore[attr-defined]  # pytest-django's settings

        page = decider.get(address("application_bulk", "grant"))
        form = {"deed": "grant", "row": [case.pk for case, _day in cases]}
        receipt = confirm(decider, address("application_bulk", "grant"), form)

        assert "本次占用 ¥21,600.00" in main(page)
        assert "占用预算 ¥21,600.00" in main(receipt)
        assert [fresh(case).state for case, _day in cases] == ["GRANTED"] * 3

    def test_a_publication_is_made_of_all_chosen(self, clerk: Client, world: World) -> None:
        cases = [world.at_review(household=world.family()) for _number in range(2)]

        confirm(clerk, address("application_bulk", "publish"), {"deed": "publish", "row": [one.pk for one in cases]})

        assert "GS-2026-0001 幸福里社区 待张贴 — 2" in main(clerk.get(address("publication_list")))

    def test_goes_on_where_its_page_ended(self, clerk: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        for _number in range(3):
            world.received(world.family())

        turning = address("application_bulk", "accept")
        assert_turns_over(lambda wanted: clerk.get(wanted).content.decode(), turning, monkeypatch)

    def test_what_was_done_meanwhile_is_said_so(self, clerk: Client, received: Application) -> None:
        form = {"deed": "accept", "row": [received.pk]}

        confirm(clerk, address("application_bulk", "accept"), form)
        again = clerk.post(address("application_bulk", "accept"), form, follow=True)

        assert (again.status_code, IntakeAnswer.objects.count()) == (200, 1)
        assert "所选的都已办理" in text(again)

    def test_what_is_prepared_already_is_not_offered_again(self, clerk: Client, world: World) -> None:
        ready, prepared = (world.at_review(household=world.family()) for _number in range(2))
        do(clerk, prepared.number, "publish")

        page = clerk.get(address("application_bulk", "publish"))

        assert ready.number in main(page)
        assert f"{prepared.number} 王" not in main(page)

    def test_a_case_that_lacks_papers_has_no_box_and_says_what_is_missing(
        self, clerk: Client, world: World, received: Application
    ) -> None:
        lacking = world.received(world.family(), without=["LOW_INCOME_CERTIFICATE"])

        page = clerk.get(address("application_bulk", "accept"))

        assert f'id="row-{received.pk}"' in page.content.decode()
        assert f'id="row-{lacking.pk}"' not in page.content.decode()
        assert f"{lacking.number} 还缺：低收入证明" in main(page)

    def test_who_reviews_many_sees_groups_proposals_and_sums(self, street: Client, world: World) -> None:
        granted, refused = (world.accepted(world.family()) for _number in range(2))
        for case in (granted, refused):
            world.assessed(case)
        Assessor.objects.filter(assessment__application=granted, capacity="VOLUNTEER").update(dissent="收入可能更高")
        world.opined(granted)
        world.opined(refused, proposal=Proposal.REFUSE)

        page = main(street.get(address("application_bulk", "review")))

        assert "低收入家庭、孤寡老人 评估小组有不同意见 拟予批准 ¥800.00" in page
        assert "低收入家庭、孤寡老人 拟不予批准 ¥800.00" in page

    def test_a_proposed_refusal_is_not_offered_among_those_to_grant(self, decider: Client, world: World) -> None:
        application = world.accepted(world.family())
        world.assessed(application)
        world.opined(application, proposal=Proposal.REFUSE)
        world.reviewed(application)

        assert "没有等待这一步的申请" in main(decider.get(address("application_bulk", "grant")))

    def test_opinions_and_reviews_are_given_together(self, director: Client, street: Client, world: World) -> None:
        cases = [world.accepted(world.family()) for _number in range(2)]
        for case in cases:
            world.assessed(case)
        chosen = [case.pk for case in cases]

        opinion = {"deed": "opinion", "row": chosen, "proposal": "GRANT", "text": ""}
        confirm(director, address("application_bulk", "opinion"), opinion)
        review = {"deed": "review", "row": chosen, "agreed": "yes", "text": ""}
        confirm(street, address("application_bulk", "review"), review)

        assert [fresh(case).state for case in cases] == ["REVIEWED"] * 2

    def test_another_role_is_refused(self, log_in: LogIn, world: World) -> None:
        assert log_in(world.staff.auditor).get(address("application_bulk", "grant")).status_code == 403

    def test_an_unknown_step_is_not_found(self, clerk: Client) -> None:
        assert clerk.get(address("application_bulk", "refuse")).status_code == 404
