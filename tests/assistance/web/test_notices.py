import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.aid.assistance.models import Application, Publication
from linli.aid.assistance.operations import prepare, withdraw
from linli.ground.users.operations import record_office
from tests.assistance.web.reading import KEY, address, errors, main, text
from tests.assistance.world import DISABLED, World, fresh
from tests.browser import LogIn
from tests.conftest import MONDAY
from tests.foundation.files.builders import png
from tests.layers import layer

SECRETS = ("990101", "2 单元 301", "62220000", "R-000001", "H-000001", "王建二", "江畔银行")


@layer
def reviewed(world: World) -> Application:
    family = world.family()
    world.accounts(family)
    return world.at_review(household=family)


@layer
def prepared(world: World, reviewed: Application) -> Publication:
    return prepare(world.act(world.staff.clerk, hour=17), application_ids=[reviewed.pk])


@pytest.fixture
def posted(director: Client, prepared: Publication) -> Publication:
    director.post(address("publication_detail", prepared.number), {"act_key": KEY, "proof_note": "社区公告栏"})
    return Publication.objects.get()


class TestDiscarding:
    """What was prepared and must not hang: until now an act that no page led to."""

    def test_needs_a_reason_and_lets_the_case_be_prepared_again(
        self, clerk: Client, prepared: Publication, reviewed: Application
    ) -> None:
        page = address("publication_discard", prepared.number)
        refused = clerk.post(page, {"act_key": KEY, "reason": " "})
        done = clerk.post(page, {"act_key": KEY, "reason": "名单有误"}, follow=True)

        assert (refused.status_code, errors(refused)) == (422, ["reason"])
        assert "已作废" in text(done)
        case = clerk.get(address("application_detail", reviewed.number)).content.decode()
        assert address("application_deed", reviewed.number, "publish") in case


class TestOffice:
    def test_shows_exactly_the_rows_before_they_are_posted(self, director: Client, prepared: Publication) -> None:
        page = main(director.get(address("publication_detail", prepared.number)))

        assert "姓名 家庭人数 每月金额（元） 社区 申请（不公开） 王*二 1 800.00 幸福里社区" in page
        assert "核对无误，张贴" in page

    def test_says_what_its_days_rest_on(self, director: Client, prepared: Publication) -> None:
        page = main(director.get(address("publication_detail", prepared.number)))

        assert "依据： 浙江省社会救助条例 第十一条；郑州市实施细则（七日）" in page

    def test_its_cells_name_their_columns_on_a_phone(self, director: Client, prepared: Publication) -> None:
        page = director.get(address("publication_detail", prepared.number)).content.decode()

        labels = re.findall(r'<td[^>]*data-label="([^"]+)"', page)
        assert labels == ["姓名", "家庭人数", "每月金额（元）", "社区", "申请（不公开）"]

    def test_a_case_that_brings_services_shows_no_sum(self, director: Client, world: World) -> None:
        application = world.at_review(DISABLED, household=world.family(facts={"disability_grade": 2}))
        publication = prepare(world.act(world.staff.clerk, hour=17), application_ids=[application.pk])

        assert " 1 — 幸福里社区" in main(director.get(address("publication_detail", publication.number)))

    def test_the_preparer_is_told_that_another_person_posts(self, world: World, log_in: LogIn) -> None:
        application = world.at_review(household=world.family())
        publication = prepare(world.act(world.staff.director, hour=17), application_ids=[application.pk])

        page = main(log_in(world.staff.director).get(address("publication_detail", publication.number)))

        assert "等待社区主任、街道民政干部办理“核对并张贴公示”" in page
        assert "提醒" in page
        assert "核对无误" not in page

    def test_a_clerk_does_not_post(self, clerk: Client, prepared: Publication) -> None:
        response = clerk.post(address("publication_detail", prepared.number), {"proof_note": "公告栏"})

        assert response.status_code == 403

    def test_posting_needs_its_proof_by_the_field(self, director: Client, prepared: Publication) -> None:
        response = director.post(address("publication_detail", prepared.number), {"act_key": KEY})

        assert errors(response) == ["proof_note"]

    def test_a_photograph_is_proof_enough(self, director: Client, prepared: Publication) -> None:
        proof = SimpleUploadedFile("board.png", png(), "image/png")

        director.post(address("publication_detail", prepared.number), {"act_key": KEY, "proof": proof})

        response = director.get(address("publication_proof", prepared.number))
        assert (response.content, response["Content-Type"]) == (png(), "image/png")

    def test_a_photograph_that_lies_is_refused_by_the_field(self, director: Client, prepared: Publication) -> None:
        proof = SimpleUploadedFile("board.jpg", b"<script>", "image/jpeg")

        response = director.post(address("publication_detail", prepared.number), {"act_key": KEY, "proof": proof})

        assert errors(response) == ["proof"]
        assert Publication.objects.get().state == "PREPARED"

    def test_twice_the_same_form_posts_once(self, director: Client, prepared: Publication) -> None:
        form = {"act_key": KEY, "proof_note": "公告栏"}

        answers = [director.post(address("publication_detail", prepared.number), form) for _press in range(2)]

        assert [response.status_code for response in answers] == [302, 302]

    def test_moves_the_case_on(self, posted: Publication, reviewed: Application) -> None:
        assert fresh(reviewed).state == "PUBLISHED"

    def test_out_of_scope_is_not_found(self, log_in: LogIn, world: World, posted: Publication) -> None:
        browser = log_in(world.staff.outsider)

        for name in ("publication_detail", "publication_poster", "publication_proof"):
            assert browser.get(address(name, posted.number)).status_code == 404

    def test_the_list_says_that_there_is_none(self, clerk: Client) -> None:
        assert "还没有公示" in main(clerk.get(address("publication_list")))

    def test_the_poster_holds_the_same_rows_and_no_more(self, clerk: Client, posted: Publication) -> None:
        from io import BytesIO

        from pypdf import PdfReader

        data = clerk.get(address("publication_poster", posted.number)).content
        words = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages)

        assert "王*二" in words
        assert "800.00" in words
        assert posted.last_date is not None
        first, last = (f"{day.year}年{day.month}月{day.day}日" for day in (posted.posted_date, posted.last_date))
        assert f"公示期：{first}至{last}" in words
        assert "电话：________________；地址：________________。" in words
        assert [secret for secret in (*SECRETS, "JZ-2026") if secret in words] == []


class TestPublicNotice:
    def test_is_read_without_logging_in(self, posted: Publication) -> None:
        response = Client().get(address("public_notice", posted.token))

        assert response.status_code == 200
        assert "王*二" in text(response)

    def test_says_its_days_and_where_objections_are_received(self, world: World, posted: Publication) -> None:
        record_office(
            world.act(world.staff.administrator, MONDAY, 20),
            area_id=posted.community_id,
            telephone="010-62340000",
            address="和平里 1 号",
        )

        words = text(Client().get(address("public_notice", posted.token)))

        assert posted.last_date is not None
        first, last = (f"{day.year}年{day.month}月{day.day}日" for day in (posted.posted_date, posted.last_date))
        assert f"公示期：{first} 至 {last}。" in words
        assert "电话：010-62340000；地址：和平里 1 号。" in words

    def test_leaves_no_blanks_where_nobody_entered_a_telephone(self, posted: Publication) -> None:
        words = text(Client().get(address("public_notice", posted.token)))

        assert "电话还没有登记，请到社区窗口。" in words
        assert "____" not in words

    def test_holds_nothing_that_identifies(self, posted: Publication) -> None:
        page = Client().get(address("public_notice", posted.token)).content.decode()

        assert [secret for secret in (*SECRETS, "JZ-2026") if secret in page] == []

    def test_is_kept_by_nobody(self, posted: Publication) -> None:
        response = Client().get(address("public_notice", posted.token))

        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]

    def test_is_gone_when_its_time_is_over(self, posted: Publication, settings: object) -> None:
        assert posted.expires_date is not None
        settings.DEMO_TODAY = posted.expires_date.isoformat()  # type: ignore[attr-defined]  # pytest-django's settings

        response = Client().get(address("public_notice", posted.token))

        assert response.status_code == 410
        assert "王*二" not in text(response)

    def test_is_there_on_its_last_day(self, posted: Publication, settings: object) -> None:
        assert posted.expires_date is not None
        day = posted.expires_date - timedelta(days=1)
        settings.DEMO_TODAY = day.isoformat()  # type: ignore[attr-defined]  # pytest-django's settings

        assert Client().get(address("public_notice", posted.token)).status_code == 200

    def test_is_not_there_before_it_is_posted(self, prepared: Publication) -> None:
        assert Client().get(address("public_notice", prepared.token)).status_code == 404

    def test_loses_the_row_of_a_case_that_was_withdrawn(
        self, world: World, posted: Publication, reviewed: Application
    ) -> None:
        withdraw(world.act(world.staff.clerk, MONDAY, 20), application_id=reviewed.pk)

        assert "王*二" not in text(Client().get(address("public_notice", posted.token)))


class TestAllNotices:
    def test_those_that_hang_today_are_listed_with_their_community(self, world: World, posted: Publication) -> None:
        page = Client().get(address("public_notices"))

        assert f'href="{address("public_notice", posted.token)}"' in page.content.decode()
        assert world.community.community.name in text(page)
        assert "noindex" in page["X-Robots-Tag"]

    def test_one_that_is_not_posted_is_not(self, prepared: Publication) -> None:
        page = Client().get(address("public_notices"))

        assert prepared.token not in page.content.decode()
        assert "现在没有公示" in text(page)

    def test_one_whose_time_is_over_is_not(self, posted: Publication, settings: object) -> None:
        assert posted.expires_date is not None
        settings.DEMO_TODAY = posted.expires_date.isoformat()  # type: ignore[attr-defined]  # pytest-django's settings

        assert posted.token not in Client().get(address("public_notices")).content.decode()

    def test_nobody_is_named(self, posted: Publication) -> None:
        page = Client().get(address("public_notices")).content.decode()

        assert [secret for secret in (*SECRETS, "王*二", "JZ-2026") if secret in page] == []
