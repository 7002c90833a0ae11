from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.test import Client

from linli.aid.assistance.codes import PaperState
from linli.aid.assistance.models import Application, Paper
from linli.aid.assistance.queries.papers import paper_view
from linli.aid.assistance.web.presenters import paper_lines
from linli.foundation.files import unsent
from linli.foundation.trail.tries import Try
from linli.ground.users.operations import create_user
from tests.assistance.web.reading import KEY, address, errors, text
from tests.assistance.world import World, fresh
from tests.browser import LogIn
from tests.conftest import MONDAY, system_act
from tests.foundation.files.builders import pdf, png

CERTIFICATE = "LOW_INCOME_CERTIFICATE"


def unchanged(application: Application) -> dict[str, str]:
    """What the page sends when nothing is touched."""
    sent = {"act_key": KEY, "version": str(fresh(application).version)}
    for paper in application.papers.all():
        issued = paper.issued_date.isoformat() if paper.issued_date else ""
        sent |= {f"{paper.code}-state": paper.state, f"{paper.code}-issued_date": issued, f"{paper.code}-note": ""}
    return sent


def certificate(application: Application) -> Paper:
    return application.papers.get(code=CERTIFICATE)


class TestOffice:
    def test_records_a_paper_that_came(self, clerk: Client, incomplete: Application) -> None:
        sent = {
            **unchanged(incomplete),
            f"{CERTIFICATE}-state": "PRESENT",
            f"{CERTIFICATE}-issued_date": "2026-03-01",
        }

        response = clerk.post(address("application_papers", incomplete.number), sent)

        assert response["Location"] == address("application_detail", incomplete.number)
        assert certificate(incomplete).state == "PRESENT"

    def test_a_waiver_without_its_basis_is_told_by_the_paper(self, clerk: Client, incomplete: Application) -> None:
        sent = {**unchanged(incomplete), f"{CERTIFICATE}-state": "WAIVED"}

        response = clerk.post(address("application_papers", incomplete.number), sent)

        assert response.status_code == 422
        assert "免交须写明依据的政府数据" in text(response)
        assert errors(response) == [f"{CERTIFICATE}-note"]
        assert certificate(incomplete).state == "MISSING"

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"state": "PROMISED", "note": "开好就送来"}, "promised_date"),
            ({"state": "PROMISED", "promised_date": "2026-03-20"}, "note"),
            ({"state": "PROMISED", "promised_date": "2026-03-01", "note": "开好就送来"}, "promised_date"),
            ({"state": "PRESENT", "issued_date": "2026-03-20"}, "issued_date"),
            ({"state": "WAIVED", "note": "   "}, "note"),
        ],
    )
    def test_what_is_wrong_with_a_paper_is_told_by_its_field_and_nothing_is_lost(
        self, clerk: Client, incomplete: Application, said: dict[str, str], field: str
    ) -> None:
        sent = {**unchanged(incomplete), **{f"{CERTIFICATE}-{name}": value for name, value in said.items()}}

        response = clerk.post(address("application_papers", incomplete.number), sent)

        assert (response.status_code, errors(response)) == (422, [f"{CERTIFICATE}-{field}"])
        assert said.get("promised_date", "") in response.content.decode()
        assert certificate(incomplete).state == "MISSING"

    def test_a_paper_that_may_not_be_waived_does_not_offer_it(self, clerk: Client, incomplete: Application) -> None:
        page = clerk.get(address("application_papers", incomplete.number)).content.decode()
        account = page.split('name="PAYEE_ACCOUNT-state"')[1].split("</select>")[0]

        assert "WAIVED" not in account

    def test_what_is_lacking_stands_open_before_what_is_there(self, clerk: Client, incomplete: Application) -> None:
        page = clerk.get(address("application_papers", incomplete.number)).content.decode()

        assert (
            page.index(f'name="{CERTIFICATE}-state"')
            < page.index('<details class="paper"')
            < page.index("IDENTITY_CARD-state")
        )

    def test_a_note_that_the_form_does_not_show_is_kept(self, clerk: Client, incomplete: Application) -> None:
        incomplete.papers.filter(code="PAYEE_ACCOUNT").update(note="见存折复印件")
        sent = {**unchanged(incomplete), "PAYEE_ACCOUNT-issued_date": "2026-03-01"}

        clerk.post(address("application_papers", incomplete.number), sent)

        assert incomplete.papers.get(code="PAYEE_ACCOUNT").note == "见存折复印件"

    def test_a_stale_form_is_told(self, clerk: Client, incomplete: Application) -> None:
        """Of every paper what is recorded now, of which the page that was sent may not have known: not of the first."""
        sent = {**unchanged(incomplete), "version": "0", f"{CERTIFICATE}-state": "PRESENT"}
        sent["IDENTITY_CARD-state"] = "MISSING"

        response = clerk.post(address("application_papers", incomplete.number), sent)

        assert "已被他人修改" in text(response)
        assert errors(response) == ["IDENTITY_CARD-state", f"{CERTIFICATE}-state"]
        assert ("现在登记的是“已交”" in text(response), "现在登记的是“缺”" in text(response)) == (True, True)

    def test_the_same_form_twice_has_one_effect(self, clerk: Client, incomplete: Application) -> None:
        sent = {**unchanged(incomplete), f"{CERTIFICATE}-state": "PRESENT"}

        clerk.post(address("application_papers", incomplete.number), sent)
        version = fresh(incomplete).version
        again = clerk.post(address("application_papers", incomplete.number), sent)

        assert (again.status_code, fresh(incomplete).version) == (302, version)

    def test_those_who_only_read_are_sent_back(self, director: Client, incomplete: Application) -> None:
        response = director.get(address("application_papers", incomplete.number))

        assert response["Location"] == address("application_detail", incomplete.number)


class TestUploads:
    def send(self, browser: Client, application: Application, upload: SimpleUploadedFile) -> object:
        sent = {**unchanged(application), f"{CERTIFICATE}-file": upload}
        return browser.post(address("application_papers", application.number), sent)

    def test_an_upload_makes_the_paper_present(self, clerk: Client, incomplete: Application) -> None:
        self.send(clerk, incomplete, SimpleUploadedFile("证明.png", png(), "image/png"))

        kept = certificate(incomplete)
        assert (kept.state, kept.file_name, kept.file_type) == ("PRESENT", "证明.png", "image/png")

    @pytest.mark.parametrize(
        ("name", "content", "says"),
        [
            ("证明.pdf", png(), "与其扩展名或声明的类型不符"),
            ("证明.png", b"MZ\x90\x00 not a picture", "不是 PDF、JPG 或 PNG"),
            ("证明.png", b"", "空"),
        ],
    )
    def test_a_file_that_lies_is_refused_by_the_field(
        self, clerk: Client, incomplete: Application, name: str, content: bytes, says: str
    ) -> None:
        response = self.send(clerk, incomplete, SimpleUploadedFile(name, content, "application/octet-stream"))

        assert response.status_code == 422  # type: ignore[attr-defined]  # the test client's response
        assert says in text(response)
        assert f'id="id_{CERTIFICATE}-file-error"' in response.content.decode()  # type: ignore[attr-defined]  # same
        assert certificate(incomplete).state == "MISSING"

    def test_a_file_that_went_with_another_papers_fault_is_told(self, clerk: Client, incomplete: Application) -> None:
        """Only the fault was named, and the field of the file was empty."""
        other = next(one for one in unchanged(incomplete) if one.endswith("-state") and CERTIFICATE not in one)
        upload = SimpleUploadedFile("扫描.png", png())
        sent = {**unchanged(incomplete), f"{CERTIFICATE}-file": upload, other: "NONSENSE"}

        answer = clerk.post(address("application_papers", incomplete.number), sent)

        assert (answer.status_code, "刚才选择的文件“扫描.png”没有保留，请重新选择" in answer.text) == (422, True)
        assert "没有保留" not in clerk.get(address("application_papers", incomplete.number)).text

    def test_the_file_is_shown_to_those_who_see_the_case_and_runs_nothing(
        self, clerk: Client, director: Client, incomplete: Application
    ) -> None:
        self.send(clerk, incomplete, SimpleUploadedFile("证明.png", png(), "image/png"))

        response = director.get(address("paper_file", incomplete.number, CERTIFICATE))

        assert response.content == png()
        assert response["Cache-Control"] == "no-store"
        assert response["Content-Security-Policy"].startswith("sandbox")

    @pytest.mark.parametrize(
        ("name", "content", "how", "kind"),
        [
            ("证明.pdf", pdf(), "attachment; filename*=utf-8''%E8%AF%81%E6%98%8E.pdf", "application/pdf"),
            ("证明.png", png(), "inline; filename*=utf-8''%E8%AF%81%E6%98%8E.png", "image/png"),
        ],
    )
    def test_a_paper_is_saved_and_a_picture_is_shown(
        self, clerk: Client, incomplete: Application, name: str, content: bytes, how: str, kind: str
    ) -> None:
        self.send(clerk, incomplete, SimpleUploadedFile(name, content, "application/octet-stream"))

        response = clerk.get(address("paper_file", incomplete.number, CERTIFICATE))

        assert response["Content-Disposition"] == how
        assert response["Content-Type"] == kind
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")

    def test_nobody_else_gets_it(self, clerk: Client, log_in: LogIn, world: World, incomplete: Application) -> None:
        self.send(clerk, incomplete, SimpleUploadedFile("证明.png", png(), "image/png"))

        for person in (world.staff.outsider, world.staff.volunteer, world.staff.maker):
            response = log_in(person).get(address("paper_file", incomplete.number, CERTIFICATE))
            assert response.status_code == 404

    def test_a_paper_without_a_file_has_none(self, clerk: Client, incomplete: Application) -> None:
        assert clerk.get(address("paper_file", incomplete.number, CERTIFICATE)).status_code == 404

    def test_a_later_change_keeps_the_file(self, clerk: Client, incomplete: Application) -> None:
        self.send(clerk, incomplete, SimpleUploadedFile("证明.png", png(), "image/png"))
        key = certificate(incomplete).file_key

        sent = {**unchanged(incomplete), "act_key": "c" * 32, f"{CERTIFICATE}-issued_date": "2026-03-02"}
        clerk.post(address("application_papers", incomplete.number), sent)

        assert certificate(incomplete).file_key == key


class TestFamily:
    def test_uploads_from_home(self, home: Client, incomplete: Application) -> None:
        sent = {
            **unchanged(incomplete),
            f"{CERTIFICATE}-file": SimpleUploadedFile("证明.png", png(), "image/png"),
        }

        response = home.post(address("application_papers", incomplete.number), sent)

        assert response["Location"] == address("my_application", incomplete.number)
        assert certificate(incomplete).state == "PRESENT"

    def test_promises(self, home: Client, incomplete: Application) -> None:
        sent = {
            **unchanged(incomplete),
            f"{CERTIFICATE}-state": "PROMISED",
            f"{CERTIFICATE}-promised_date": "2026-03-20",
            f"{CERTIFICATE}-note": "开好就送来",
        }

        home.post(address("application_papers", incomplete.number), sent)

        assert certificate(incomplete).state == "PROMISED"

    def test_cannot_say_that_the_office_saw_it(self, home: Client, incomplete: Application) -> None:
        sent = {**unchanged(incomplete), f"{CERTIFICATE}-state": "PRESENT"}

        response = home.post(address("application_papers", incomplete.number), sent)

        assert "请上传材料或承诺后补" in text(response)

    def test_cannot_waive(self, home: Client, incomplete: Application) -> None:
        sent = {**unchanged(incomplete), f"{CERTIFICATE}-state": "WAIVED", f"{CERTIFICATE}-note": "政府有数据"}

        assert home.post(address("application_papers", incomplete.number), sent).status_code == 422
        assert certificate(incomplete).state == "MISSING"


class TestWords:
    """What the checklist says of a paper on the Monday."""

    @pytest.mark.parametrize(
        ("state", "expires", "promised", "said"),
        [
            (PaperState.PRESENT, None, None, "已交"),
            (PaperState.PRESENT, date(2026, 6, 1), None, "有效至 2026年6月1日"),
            (PaperState.EXPIRED, date(2026, 3, 1), None, "已过期"),
            (PaperState.MISSING, None, None, "缺"),
            (PaperState.MISSING, date(2026, 6, 1), None, "缺"),
            (PaperState.WAIVED, date(2026, 6, 1), None, "免交"),
            (PaperState.PROMISED, None, date(2026, 4, 1), "承诺 2026年4月1日 前补交"),
            (PaperState.PROMISED, date(2026, 6, 1), date(2026, 4, 1), "承诺 2026年4月1日 前补交"),
        ],
    )
    def test_tell_its_state_and_its_day(
        self,
        world: World,
        incomplete: Application,
        state: PaperState,
        expires: date | None,
        promised: date | None,
        said: str,
    ) -> None:
        row = Paper.objects.filter(application=incomplete).earliest("pk")
        paper = replace(paper_view(world.pack, row, MONDAY), state=state, expires_date=expires, promised_date=promised)

        (line,) = paper_lines([paper])

        assert line["state"] == said


def handed_in() -> QuerySet[Try]:
    """Whose files and kilobytes were counted today; who logs in is counted by moments."""
    return Try.objects.filter(number__gt=0)


class TestQuota:
    def test_nobody_uses_up_what_another_family_has(
        self, director: Client, log_in: LogIn, incomplete: Application
    ) -> None:
        """What is handed in counts for the family it is about, so it counts from those alone who may hand it in."""
        stranger = log_in(create_user(system_act(), username="stranger", name="吴生"))
        for browser in (director, stranger, Client()):
            TestFilesOfARefusedForm().send(browser, incomplete)

        assert not handed_in().exists()

    def test_what_the_office_takes_counts_for_the_family(self, clerk: Client, incomplete: Application) -> None:
        TestFilesOfARefusedForm().send(clerk, incomplete)

        assert handed_in().count() == 2


class TestFilesOfARefusedForm:
    """What was handed in with a form that was refused lies nowhere afterwards."""

    def on_disk(self) -> list[str]:
        root = Path(settings.UPLOADS_DIR)
        return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]

    def send(self, client: Client, case: Application, **said: object) -> int:
        states = {f"{paper.code}-state": "PRESENT" for paper in case.papers.all()}
        fields = {"act_key": KEY, "version": case.version, **states, f"{CERTIFICATE}-file": self.picture(), **said}
        return client.post(address("application_papers", case.number), fields).status_code

    def picture(self) -> SimpleUploadedFile:
        return SimpleUploadedFile("证明.png", png(9, 9), "image/png")

    @pytest.mark.parametrize(
        "wrong",
        [
            {f"{CERTIFICATE}-issued_date": "2099-01-01"},  # by the act
            {"version": 999},  # somebody else was faster
            {"IDENTITY_CARD-file": SimpleUploadedFile("证.png", b"noise", "image/png")},  # by the next file
        ],
        ids=["day", "version", "next file"],
    )
    def test_are_not_kept(self, clerk: Client, incomplete: Application, wrong: dict[str, object]) -> None:
        before = self.on_disk()

        assert self.send(clerk, incomplete, **wrong) == 422
        assert self.on_disk() == before

    def test_of_one_that_is_taken_one_copy_is_kept(self, clerk: Client, incomplete: Application) -> None:
        before = self.on_disk()

        assert self.send(clerk, incomplete) == 302
        assert [path for path in self.on_disk() if path not in before] == [
            f"{(key := certificate(incomplete).file_key)[:2]}/{key[2:4]}/{key}"
        ]

    def test_that_are_too_many_for_a_day_are_told_by_the_field(
        self, clerk: Client, incomplete: Application, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unsent, "_files", unsent.TriesOfADay("files handed in", 0))

        assert self.send(clerk, incomplete) == 422
        assert certificate(incomplete).state == "MISSING"
