"""The administrator's pages: accounts, roles, start passwords, territory."""

import re
from io import BytesIO

import openpyxl
import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from linli.foundation.screens import acting
from linli.foundation.trail.models import AuditEntry
from linli.ground.areas.models import Area
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, Session, User
from linli.ground.users.operations import assign, create_user
from linli.ground.users.queries import authority_of
from tests.browser import live_on
from tests.conftest import MONDAY, system_act
from tests.telling import NothingSaid

GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def monday(settings: LazySettings) -> None:
    live_on(settings, MONDAY)
    settings.DEMO = False


@pytest.fixture
def admin(staff):
    client = Client()
    client.force_login(staff.administrator)
    return client


@pytest.fixture
def street_admin(staff, community):
    """An administrator of the first street alone."""
    user = create_user(system_act(), username="street-admin", name="街道管理员", area_id=community.street.pk)
    assign(system_act(), user_id=user.pk, role=Role.ADMINISTRATOR, area_id=community.street.pk, valid_from=MONDAY)
    client = Client()
    client.force_login(user)
    return client


def text(response):
    return response.content.decode()


def opened(admin, area, username="wangfang"):
    """Open an account through the page; the answer that shows its start password."""
    return admin.post(reverse("user_new"), {"username": username, "name": "王芳", "area": area.code})


def rows_of(data):
    return list(openpyxl.load_workbook(BytesIO(data)).active.values)[2:]  # below the title


def password_on(page):
    return re.search(r"<code>([a-z0-9-]{19})</code>", text(page)).group(1)


class TestAccountList:
    def test_shows_who_works_here_with_role_and_place(self, admin):
        page = text(admin.get(reverse("user_list")))

        assert "社区工作者 · 幸福里社区" in page

    def test_is_narrowed_by_name_and_role(self, admin):
        page = text(admin.get(reverse("user_list"), {"q": "clerk", "role": "COMMUNITY_WORKER"}))

        assert ("王丽" in page, "李明" in page) == (True, False)

    def test_says_so_when_nobody_fits(self, admin):
        assert "没有符合条件的账号" in text(admin.get(reverse("user_list"), {"q": "无此人"}))

    def test_goes_on_after_fifty(self, admin, community):
        User.objects.bulk_create(
            [User(username=f"many{n:02}", name="居民", password="!", area=community.street) for n in range(60)]
        )
        first = admin.get(reverse("user_list"), {"q": "many"})

        rest = admin.get(reverse("user_list"), {"q": "many", "after": first.context["next"]})

        assert (len(first.context["lines"]), len(rest.context["lines"])) == (50, 10)

    def test_goes_out_as_a_workbook(self, admin):
        data = admin.get(reverse("user_list"), {"as": "xlsx", "q": "clerk"}).content

        assert ["王丽", "clerk", "社区工作者 · 幸福里社区"] in [list(row)[:3] for row in rows_of(data)]

    def test_is_for_administrators(self, staff, client):
        client.force_login(staff.director)

        assert client.get(reverse("user_list")).status_code == 403

    def test_its_cost_does_not_grow_with_the_accounts(self, admin, community, django_assert_max_num_queries):
        for n in range(20):
            create_user(system_act(), username=f"many{n:02}", name="居民", area_id=community.street.pk)

        with django_assert_max_num_queries(9):  # one of them asks for the person's own views of the list
            admin.get(reverse("user_list"))


class TestNewAccount:
    def test_its_start_password_is_shown_once_and_works(self, admin, community, client):
        page = opened(admin, community.community)

        client.post("/log-in/", {"username": "wangfang", "password": password_on(page), "next": ""})

        assert ("_auth_user_id" in client.session, "no-store" in page["Cache-Control"]) == (True, True)

    def test_whoever_logs_in_with_it_must_change_it_first(self, admin, community, client):
        page = opened(admin, community.community)
        client.post("/log-in/", {"username": "wangfang", "password": password_on(page), "next": ""})

        assert client.get("/search/").url == reverse("password_change")

    def test_and_goes_on_with_their_own(self, admin, community, client):
        start = password_on(opened(admin, community.community))
        client.post("/log-in/", {"username": "wangfang", "password": start, "next": ""})

        client.post(reverse("password_change"), {"current": start, "new": GOOD, "again": GOOD})

        assert client.get("/", follow=True).redirect_chain[-1:] != [(reverse("password_change"), 302)]
        assert not User.objects.get(username="wangfang").must_change_password

    def test_stays_logged_in_and_is_logged_out_elsewhere(self, admin, community, client):
        start = password_on(opened(admin, community.community))
        elsewhere = Client()
        for browser in (client, elsewhere):
            browser.post("/log-in/", {"username": "wangfang", "password": start, "next": ""})

        client.post(reverse("password_change"), {"current": start, "new": GOOD, "again": GOOD})

        assert client.get(reverse("password_change")).status_code == 200
        assert elsewhere.get("/search/").url.startswith("/log-in/")

    def test_sent_twice_opens_one_account(self, admin, community):
        form = {"username": "wangfang", "name": "王芳", "area": community.community.code, "act_key": "a" * 32}
        admin.post(reverse("user_new"), form)

        again = admin.post(reverse("user_new"), form)

        assert again.url == reverse("user_detail", args=["wangfang"])

    def test_a_name_that_is_taken_is_said_by_its_field_and_keeps_what_was_typed(self, admin, community):
        page = opened(admin, community.community, "clerk")

        assert page.context["form"].errors["username"] == ["用户名 clerk 已被使用"]
        assert 'value="clerk"' in text(page)

    def test_a_street_opens_none_in_another(self, street_admin, community):
        page = opened(street_admin, community.other_street)

        assert "area" in page.context["form"].errors


class TestRoles:
    def test_a_role_is_given_from_a_day(self, admin, community):
        opened(admin, community.community)

        admin.post(
            reverse("assignment_new", args=["wangfang"]),
            {"role": "SOCIAL_WORKER", "area": community.community.code, "valid_from": "2026-04-01"},
        )

        row = Assignment.objects.get(user__username="wangfang")
        assert (row.role, row.valid_from.isoformat()) == ("SOCIAL_WORKER", "2026-04-01")

    @pytest.mark.parametrize(("role", "day"), [("SOCIAL_WORKER", "2026-03-09"), ("FINANCE_MAKER", "2026-03-10")])
    def test_a_role_begins_on_the_first_day_it_may_unless_another_is_said(self, admin, staff, community, role, day):
        """Today stood in the field, and was refused for every role in money."""
        address = reverse("assignment_new", args=["outsider"])
        assert admin.get(address).context["form"]["valid_from"].value() in (None, "")

        said = {"role": role, "area": community.district.code, "valid_from": "", "reason": "新到岗"}
        answer = admin.post(address, said)

        assert answer.status_code == 302
        user = staff.outsider
        asked = [*user.access_requests.all(), *user.assignments.filter(role=role)]
        assert [one.valid_from.isoformat() for one in asked] == [day]

    def test_a_role_held_already_is_refused_by_its_field(self, admin, staff, community):
        page = admin.post(
            reverse("assignment_new", args=["clerk"]),
            {"role": "COMMUNITY_WORKER", "area": community.community.code, "valid_from": "2026-04-01"},
        )

        assert "role" in page.context["form"].errors

    def test_offers_no_building_and_no_residents_role(self, admin, community):
        where = reverse("assignment_new", args=["clerk"])
        offered = {text: admin.get(where, {"suggest": "area", "area": text}) for text in ("和平里 1 号楼", "第一网格")}

        assert offered["和平里 1 号楼"].content == b""
        assert offered["第一网格"].content.decode() == f'<option value="幸福里社区 · 第一网格 {community.grid.code}">'
        form = admin.get(where).context["form"]
        assert "RESIDENT" not in [code for code, _label in form.fields["role"].choices]

    def test_a_role_ends_from_a_day(self, admin, staff):
        row = Assignment.objects.get(user=staff.clerk)

        admin.post(reverse("assignment_end", args=["clerk", row.pk]), {"valid_until": "2026-03-10"})

        assert "2026年3月10日 结束" in text(admin.get(reverse("user_detail", args=["clerk"])))

    def test_the_last_administrator_cannot_be_ended(self, admin, staff):
        row = Assignment.objects.get(user=staff.administrator)

        page = admin.post(reverse("assignment_end", args=["admin", row.pk]), {"valid_until": "2026-03-10"})

        assert "最后一位系统管理员" in page.context["form"].errors["valid_until"][0]

    def test_a_role_of_somebody_else_is_not_found(self, admin, staff):
        row = Assignment.objects.get(user=staff.auditor)

        assert admin.get(reverse("assignment_end", args=["clerk", row.pk])).status_code == 404

    def test_a_role_above_is_not_ours_to_end(self, street_admin, staff, community):
        row = assign(
            system_act(), user_id=staff.clerk.pk, role=Role.AUDITOR, area_id=community.district.pk, valid_from=MONDAY
        )

        assert street_admin.get(reverse("assignment_end", args=["clerk", row.pk])).status_code == 403

    def test_past_roles_stay_on_the_page(self, admin, staff, community):
        row = assign(
            system_act(), user_id=staff.clerk.pk, role=Role.AUDITOR, area_id=community.grid.pk, valid_from=MONDAY
        )
        Assignment.objects.filter(pk=row.pk).update(valid_until=MONDAY)

        assert "未开始即撤回" in text(admin.get(reverse("user_detail", args=["clerk"])))


class TestClosing:
    def test_a_closed_account_is_out_at_once(self, admin, staff):
        clerk = Client()
        clerk.force_login(staff.clerk)

        admin.post(reverse("user_close", args=["clerk"]), {"reason": "离职"})

        assert clerk.get("/search/").url.startswith("/log-in/")

    def test_and_comes_back_with_its_roles(self, admin, staff):
        admin.post(reverse("user_close", args=["clerk"]), {"reason": "离职"})
        admin.post(reverse("user_reopen", args=["clerk"]))

        assert authority_of(User.objects.get(username="clerk"), MONDAY).holds(Role.COMMUNITY_WORKER)

    def test_a_page_that_acts_and_says_nothing_fails_its_test(self, admin, monkeypatch):
        """The guard over all posts of the tests (tests/telling.py)."""
        monkeypatch.setattr(acting.messages, "success", lambda *_words: None)

        with pytest.raises(NothingSaid):
            admin.post(reverse("user_close", args=["clerk"]), {"reason": "离职"})

    def test_closing_needs_a_reason(self, admin, staff):
        admin.post(reverse("user_close", args=["clerk"]), {"reason": ""})

        assert User.objects.get(username="clerk").is_active

    def test_somebody_who_also_works_elsewhere_is_for_who_is_above(self, street_admin, staff, community):
        assign(
            system_act(), user_id=staff.clerk.pk, role=Role.VOLUNTEER, area_id=community.foreign.pk, valid_from=MONDAY
        )

        assert street_admin.get(reverse("user_close", args=["clerk"])).status_code == 403
        assert "由上级系统管理员办理" in text(street_admin.get(reverse("user_detail", args=["clerk"])))

    def test_an_account_of_another_street_is_not_found(self, street_admin):
        assert street_admin.get(reverse("user_detail", args=["outsider"])).status_code == 404


class TestPasswords:
    def test_a_lost_one_is_replaced_by_a_start_password(self, admin, staff, client):
        page = admin.post(reverse("user_password", args=["clerk"]))

        client.post("/log-in/", {"username": "clerk", "password": password_on(page), "next": ""})

        assert client.get("/search/").url == reverse("password_change")

    def test_sent_twice_hands_out_one(self, admin, staff):
        address = reverse("user_password", args=["clerk"])
        admin.post(address, {"act_key": "b" * 32})

        assert admin.post(address, {"act_key": "b" * 32}).url == reverse("user_detail", args=["clerk"])

    def test_the_old_browser_is_logged_out(self, admin, staff):
        clerk = Client()
        clerk.force_login(staff.clerk)

        admin.post(reverse("user_password", args=["clerk"]))

        assert not Session.objects.filter(user_id=staff.clerk.pk).exists()
        assert clerk.get("/search/").url.startswith("/log-in/")

    def test_all_sessions_are_ended_by_one_button(self, admin, staff):
        browsers = [Client(), Client()]
        for browser in browsers:
            browser.force_login(staff.clerk)

        assert "退出全部登录" in admin.get(reverse("user_detail", args=["clerk"])).text
        admin.post(reverse("user_sessions", args=["clerk"]), {"act_key": "d" * 32})

        assert [browser.get("/search/").url[:8] for browser in browsers] == ["/log-in/"] * 2

    def test_an_account_that_opens_again_has_no_old_session(self, admin, staff):
        browser = Client()
        browser.force_login(staff.clerk)
        admin.post(reverse("user_close", args=["clerk"]), {"reason": "离职", "act_key": "e" * 32})
        # Nor does it stand in the list of where somebody is logged in.
        assert not Session.objects.filter(user_id=staff.clerk.pk).exists()
        admin.post(reverse("user_reopen", args=["clerk"]), {"act_key": "f" * 32})

        assert browser.get("/search/").url.startswith("/log-in/")

    @pytest.fixture
    def person(self, community):
        create_user(system_act(), username="wang", name="王丽", password=GOOD)
        client = Client()
        client.post("/log-in/", {"username": "wang", "password": GOOD, "next": ""})
        return client

    def change(self, person, current=GOOD, new="another good horse", again="another good horse"):
        return person.post(reverse("password_change"), {"current": current, "new": new, "again": again})

    def test_one_changes_ones_own_and_stays(self, person):
        self.change(person)

        assert "_auth_user_id" in person.session

    @pytest.mark.parametrize(
        ("typed", "field"),
        [({"current": "guess"}, "current"), ({"new": "short", "again": "short"}, "new"), ({"again": "other"}, "again")],
    )
    def test_a_mistake_is_said_by_its_field(self, person, typed, field):
        assert list(self.change(person, **typed).context["form"].errors) == [field]

    def test_a_password_never_comes_back_on_a_page(self, person):
        assert "another good horse" not in text(self.change(person, current="guess"))


class TestTerritory:
    def table(self, *rows):
        book = openpyxl.Workbook()
        book.active.append(["区划代码", "级别", "名称", "上级代码"])
        for row in rows:
            book.active.append(row)
        file = BytesIO()
        book.save(file)
        file.seek(0)
        file.name = "areas.xlsx"
        return file

    def rows(self, page):
        return [re.findall(r"<td[^>]*>(.*?)</td>", str(line), re.DOTALL) for line in page.context["lines"]]

    def names(self, page):
        return [row[0] for row in self.rows(page)]

    def test_begins_with_what_lies_directly_in_the_administrators_territory(self, admin, community):
        page = admin.get(reverse("area_list"))

        assert page.context["head"].title == community.district.name
        assert [community.street.name in name for name in self.names(page)][:1] == [True]
        assert "楼栋" not in text(page).partition("<tbody>")[2]

    def test_counts_what_lies_in_each(self, admin, community):
        page = admin.get(reverse("area_list"), {"in": community.community.code})

        counts = {row[2]: row[3] for row in self.rows(page)}
        assert counts == {community.grid.code: "1", "990101001001-G2": "—"}

    def test_a_grid_shows_its_buildings_and_the_way_to_it(self, admin, community):
        page = text(admin.get(reverse("area_list"), {"in": community.grid.code}))

        assert "和平里 1 号楼" in page
        assert f"?in={community.street.code}" in page

    def test_what_lies_above_ones_own_territory_is_no_link(self, street_admin, community):
        page = text(street_admin.get(reverse("area_list"), {"in": community.grid.code}))

        assert (f"?in={community.street.code}" in page, f'?in={community.district.code}"' in page) == (True, False)

    def test_begins_with_each_of_several_territories(self, admin, staff, community):
        assign(
            system_act(),
            user_id=staff.clerk.pk,
            role=Role.ADMINISTRATOR,
            area_id=community.other_street.pk,
            valid_from=MONDAY,
        )
        assign(
            system_act(), user_id=staff.clerk.pk, role=Role.ADMINISTRATOR, area_id=community.grid.pk, valid_from=MONDAY
        )
        client = Client()
        client.force_login(staff.clerk)

        assert len(self.names(client.get(reverse("area_list")))) == 2

    @pytest.mark.parametrize("asked", ["1 号楼", "990101001001-G1"])
    def test_any_area_is_found_by_name_or_code(self, admin, community, asked):
        assert any("和平里 1 号楼" in name for name in self.names(admin.get(reverse("area_list"), {"q": asked})))

    def test_an_area_of_others_is_not_looked_into(self, street_admin, community):
        answer = street_admin.get(reverse("area_list"), {"in": community.other_street.code})

        assert answer.status_code == 404

    def test_an_area_is_added_below_another_at_the_next_level(self, admin, community):
        admin.post(reverse("area_new"), {"parent": community.grid.code, "code": "G1-B2", "name": "和平里 2 号楼"})

        assert Area.objects.get(code="G1-B2").kind == "BUILDING"

    def test_a_code_in_use_is_said_by_its_field(self, admin, community):
        page = admin.post(reverse("area_new"), {"parent": community.grid.code, "code": "990101", "name": "楼"})

        assert page.context["form"].errors["code"] == ["区划代码 990101 已用于「清河区」"]

    def test_is_renamed(self, admin, community):
        admin.post(reverse("area_rename", args=[community.grid.code]), {"name": "向阳网格"})

        assert Area.objects.get(pk=community.grid.pk).name == "向阳网格"

    def test_an_office_is_entered_and_shown(self, admin, community):
        form = {"telephone": "010-62340000", "address": "和平里 1 号"}

        admin.post(reverse("area_office", args=[community.community.code]), form)

        words = text(admin.get(reverse("area_list"), {"in": community.street.code}))
        assert ("010-62340000" in words, "和平里 1 号" in words) == (True, True)

    def test_an_office_that_another_entered_meanwhile_is_not_undone_unseen(self, admin, community):
        """The form shows all that it overwrites: the second save put the old number back."""
        address = reverse("area_office", args=[community.community.code])
        opened = admin.get(address).context["version"]
        form = {"telephone": "010-62340000", "address": "和平里 1 号"}
        admin.post(address, {**form, "version": opened})

        late = admin.post(address, {"telephone": "010-62341111", "address": "和平里 2 号", "version": opened})

        assert (late.status_code, "已被他人修改" in late.content.decode()) == (422, True)
        assert Area.objects.get(pk=community.community.pk).telephone == "010-62340000"
        again = {"telephone": "010-62341111", "address": "和平里 2 号", "version": late.context["version"]}
        assert admin.post(address, again).status_code == 302

    def test_a_form_that_is_not_sound_is_still_what_it_was_opened_on(self, admin, community):
        """It came back with the newest version, and nobody had compared."""
        address = reverse("area_rename", args=[community.community.code])
        opened = admin.get(address).context["version"]
        admin.post(address, {"name": "别的名字", "version": opened})

        assert admin.post(address, {"name": "", "version": opened}).context["version"] == opened

    def test_a_telephone_that_nobody_can_call_is_said_by_its_field(self, admin, community):
        form = {"telephone": "找社区", "address": "和平里 1 号"}

        page = admin.post(reverse("area_office", args=[community.community.code]), form)

        assert list(page.context["form"].errors) == ["telephone"]

    def test_a_grid_has_no_office(self, admin, community):
        assert admin.get(reverse("area_office", args=[community.grid.code])).status_code == 404

    def test_a_community_that_nobody_can_call_is_marked(self, admin, community):
        assert text(admin.get(reverse("area_list"), {"office": "missing"})).count("chip soon") == 3

    def test_nothing_is_added_below_a_building(self, admin, community):
        building = Area.objects.get(name="和平里 1 号楼")

        page = admin.post(reverse("area_new"), {"parent": building.code, "code": "B1-1", "name": "一单元"})

        assert list(page.context["form"].errors) == ["parent"]

    @pytest.mark.parametrize("code", ["990101002", "unheard-of"])
    def test_what_is_not_ours_is_not_found(self, street_admin, code):
        assert street_admin.get(reverse("area_rename", args=[code])).status_code == 404

    def test_a_table_comes_in_whole_in_any_order(self, admin):
        file = self.table(["C9-G1", "网格", "第一网格", "C9"], ["C9", "社区", "河东社区", "990101001"])

        admin.post(reverse("area_import"), {"file": file})

        assert Area.objects.get(code="C9-G1").parent.name == "河东社区"

    def test_with_one_mistake_nothing_comes_in_and_every_mistake_is_named(self, admin):
        file = self.table(
            ["C9", "社区", "河东社区", "990101001"],
            ["C8", "村", "河西社区", "990101001"],
            ["C7", "网格", "", "990101001"],
            ["C6", "网格", "第一网格", "990101001"],
            ["C9", "社区", "河东社区", "990101001"],
            ["990101001", "街道", "别名街道", "990101"],
        )

        page = admin.post(reverse("area_import"), {"file": file})

        assert [(line.row, line.column) for line in page.context["problems"]] == [
            (3, "B 级别"),
            (4, "C 名称"),
            (5, "上级代码"),
            (6, "区划代码"),
            (7, "区划代码"),
        ]
        assert not Area.objects.filter(code="C9").exists()

    def test_the_same_table_again_changes_nothing(self, admin, community):
        exported = BytesIO(admin.get(reverse("area_list"), {"as": "xlsx"}).content)
        exported.name = "areas.xlsx"
        before = AuditEntry.objects.count()

        page = admin.post(reverse("area_import"), {"file": exported}, follow=True)

        assert "没有改动" in text(page)
        assert AuditEntry.objects.count() == before

    def test_a_file_that_is_no_table_is_refused_by_the_field(self, admin):
        file = BytesIO(b"MZ\x90\x00")
        file.name = "areas.xlsx"

        assert "file" in admin.post(reverse("area_import"), {"file": file}).context["form"].errors

    def test_a_street_imports_nothing_elsewhere(self, street_admin):
        page = street_admin.post(reverse("area_import"), {"file": self.table(["C9", "社区", "河东社区", "990101002"])})

        assert page.context["form"].errors["file"] == ["您没有在该区域办理此事的权限"]

    def test_the_template_has_our_headers(self, admin):
        book = openpyxl.load_workbook(BytesIO(admin.get(reverse("area_template")).content))

        assert any("区划代码" in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)

    def test_problems_are_named_in_english_too(self, admin):
        admin.cookies["django_language"] = "en"

        page = admin.post(reverse("area_import"), {"file": self.table(["C9", "村", "河东社区", "990101001"])})

        assert page.context["problems"][0].column == "B Level"
