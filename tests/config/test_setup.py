"""From an empty database to a received application: the commands, then the pages, as docs/operations.md says."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from linli.aid.assistance.models import Application
from linli.config import cli_serve, cli_setup
from linli.config.cli import main
from linli.config.first_steps import first_steps
from linli.ground.areas.models import Area
from linli.ground.users.codes import Role
from linli.ground.users.models import AccessRequest, User
from linli.ground.users.queries import authority_of
from linli.money.ledger.models import Fund
from linli.registry.residents.models import Household
from tests.config.command_line import linli
from tests.conftest import MONDAY
from tests.doorway import Visitor

ROOT = Path(__file__).parents[2]
PACK, CALENDAR = ROOT / "packs" / "community" / "assistance_plan", ROOT / "packs" / "calendar" / "china.toml"
PASSWORD = "correct horse battery"
AREAS = """
[[areas]]
code = "990101001001-G1-B1"
kind = "楼栋"
name = "和平里 1 号楼"
parent = "990101001001-G1"
[[areas]]
code = "990101"
kind = "DISTRICT"
name = "清河区"
[[areas]]
code = "990101001"
kind = "街道"
name = "和平街道"
parent = "990101"
[[areas]]
code = "990101001001"
kind = "Community"
name = "幸福里社区"
parent = "990101001"
[[areas]]
code = "990101001001-G1"
kind = "网格"
name = "第一网格"
parent = "990101001001"
"""


@pytest.fixture
def installation(db: None, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty database that is migrated already, on Monday; the folder of its data."""
    settings.DEMO_TODAY = MONDAY.isoformat()
    settings.DATA_DIR = tmp_path
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    (tmp_path / "packs").mkdir()
    (tmp_path / "password").write_text(PASSWORD + "\n")
    (tmp_path / "areas.toml").write_text(AREAS)
    monkeypatch.setattr(cli_serve, "prepare", lambda: None)
    return tmp_path


def set_up(folder: Path, *more: str) -> int:
    return main(["setup", "--username", "admin", "--name", "张伟", "--password-file", str(folder / "password"), *more])


class TestSetup:
    def test_makes_the_administrator_and_the_territory(self, installation):
        assert set_up(installation, "--areas", str(installation / "areas.toml")) == 0
        assert (Area.objects.count(), User.objects.get().username) == (5, "admin")

    def test_a_second_time_is_refused(self, installation, capsys):
        set_up(installation, "--district", "990101", "清河区")

        assert set_up(installation, "--district", "990102", "南山区") == 1
        assert "already" in capsys.readouterr().err
        assert Area.objects.count() == 1

    def test_every_mistake_of_the_table_is_told_by_row_and_column_and_nothing_is_taken(self, installation, capsys):
        broken = AREAS.replace('"街道"', '"村"').replace('name = "第一网格"', 'name = ""')
        (installation / "areas.toml").write_text(broken)

        assert set_up(installation, "--areas", str(installation / "areas.toml")) == 2
        told = capsys.readouterr().err
        assert [line.split(":")[0] for line in told.splitlines()[1:]] == [
            "3 级别/Level",
            "4 上级代码/Code of the area above",
            "5 名称/Name",
        ]
        assert not User.objects.exists()

    @pytest.mark.parametrize("content", ["areas = 3", "[[areas", "[other]\nx = 1"])
    def test_a_file_that_is_no_table_is_told(self, installation, content):
        (installation / "areas.toml").write_text(content)

        assert set_up(installation, "--areas", str(installation / "areas.toml")) == 2

    def test_a_table_in_excel_is_taken_too(self, installation, client):
        set_up(installation, "--areas", str(installation / "areas.toml"))
        client.force_login(User.objects.get())
        book = client.get(f"{reverse('area_list')}?as=xlsx").content
        (installation / "areas.xlsx").write_bytes(book)

        assert cli_setup._read_areas(installation / "areas.xlsx") == []

    @pytest.mark.parametrize(
        "more", [("--areas", "unheard-of.xlsx"), ("--district", "9 9", "清河区")], ids=["file", "code"]
    )
    def test_what_cannot_be_used_is_told(self, installation, more):
        assert set_up(installation, *more) == 2

    def test_a_weak_password_is_refused_with_its_reasons(self, installation, capsys):
        (installation / "password").write_text("short")

        assert set_up(installation, "--district", "990101", "清河区") == 2
        assert "10" in capsys.readouterr().err

    def test_a_password_file_that_is_not_there(self, installation):
        (installation / "password").unlink()

        assert set_up(installation, "--district", "990101", "清河区") == 2

    def test_without_a_terminal_nothing_is_asked(self, installation, capsys):
        assert main(["setup"]) == 2
        assert "--password-file" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("asked", "options"),
        [
            (["setup"], "--username, --name, --password-file, --areas"),
            (["setup", "--security"], "--username, --name, --password-file"),
            (["recover", "--username", "admin"], "--password-file"),
        ],
    )
    def test_without_a_terminal_the_options_of_the_command_are_told(self, installation, capsys, asked, options):
        """Of recover it told options that it does not have."""
        if asked != ["setup"]:
            set_up(installation, "--district", "990101", "清河区")

        assert main(asked) == 2
        assert capsys.readouterr().err.strip().endswith(f"give {options}")

    def test_at_a_terminal_everything_is_asked_and_the_password_without_echo(self, installation, monkeypatch):
        answers = iter(["990101", "清河区", "admin", "张伟"])
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda _question: next(answers))
        monkeypatch.setattr("getpass.getpass", lambda _question: PASSWORD)

        assert main(["setup"]) == 0
        assert User.objects.get().check_password(PASSWORD)

    def test_two_different_passwords_are_refused(self, installation, monkeypatch):
        typed = iter([PASSWORD, "another"])
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("getpass.getpass", lambda _question: next(typed))

        assert main(["setup", "--username", "a", "--name", "b", "--district", "99", "清河区"]) == 2

    def test_a_terminal_that_goes_away(self, installation, monkeypatch):
        def gone(_question: str) -> str:
            raise EOFError

        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", gone)

        assert main(["setup"]) == 2


def appoint(folder: Path, username: str = "security") -> int:
    """The person who answers for security."""
    given = ["--username", username, "--name", "沈安", "--password-file", str(folder / "password")]
    return main(["setup", "--security", *given])


class TestSecurity:
    def test_is_another_persons_and_once(self, installation, capsys):
        set_up(installation, "--district", "990101", "清河区")

        assert (appoint(installation), appoint(installation, "another")) == (0, 1)
        held = authority_of(User.objects.get(username="security"), MONDAY).held
        assert [one.role for one in held] == [Role.SECURITY_ADMINISTRATOR]

    def test_comes_after_the_territory(self, installation):
        assert appoint(installation) == 2

    def test_at_a_terminal_name_and_password_are_asked(self, installation, monkeypatch):
        set_up(installation, "--district", "990101", "清河区")
        answers = iter(["security", "沈安"])
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda _question: next(answers))
        monkeypatch.setattr("getpass.getpass", lambda _question: PASSWORD)

        assert main(["setup", "--security"]) == 0


class TestRecover:
    def test_lets_an_administrator_begin_anew(self, installation):
        set_up(installation, "--district", "990101", "清河区")
        (installation / "password").write_text("another horse battery")

        assert main(["recover", "--username", "admin", "--password-file", str(installation / "password")]) == 0
        user = User.objects.get()
        assert (user.check_password("another horse battery"), user.must_change_password) == (True, True)

    def test_of_nobody_is_told(self, installation, capsys):
        assert main(["recover", "--username", "nobody", "--password-file", str(installation / "password")]) == 2
        assert "nobody" in capsys.readouterr().err


class TestPackAndCalendar:
    def test_a_pack_is_installed_and_again_changes_nothing(self, installation):
        assert [main(["pack", "install", str(PACK)]) for _time in range(2)] == [0, 0]

    def test_a_folder_that_is_no_pack_is_told_file_by_file(self, installation, capsys):
        assert main(["pack", "install", str(ROOT / "docs")]) == 2
        assert "scheme.toml" in capsys.readouterr().err

    def test_a_pack_whose_examples_fail_is_told_example_by_example(self, installation, tmp_path, capsys):
        copy = Path(shutil.copytree(PACK, tmp_path / "another"))
        example = copy / "examples" / "01_below_the_line.toml"
        example.write_text(example.read_text().replace("amount_fen = 50_000", "amount_fen = 49_900"))

        assert main(["pack", "install", str(copy)]) == 2
        told = capsys.readouterr().err
        assert "1 examples of the pack do not come out as written: examples/01_below_the_line.toml" in told
        assert "应为 可得，499 元，得出 可得，500 元 · Living allowance (household): expected" in told

    @pytest.mark.parametrize("command", [("pack", "install"), ("calendar", "load")])
    def test_what_is_not_there_is_told(self, installation, command):
        assert main([*command, "unheard-of"]) == 2

    def test_a_calendar_is_loaded_once(self, installation, capsys):
        main(["calendar", "load", str(CALENDAR)])
        before = capsys.readouterr().out

        assert main(["calendar", "load", str(CALENDAR)]) == 0
        assert ("2026" in before, "as they were" in capsys.readouterr().out) == (True, True)


class TestFirstSteps:
    def test_an_empty_database_says_what_comes_first(self, installation):
        assert [step.split("  ")[0].split(" packs")[0] for step in first_steps()] == [
            "linli setup",
            "linli setup --security",
            "linli pack install",
            "linli calendar load",
        ]

    def test_a_district_alone_needs_its_communities(self, installation):
        set_up(installation, "--district", "990101", "清河区")

        assert "Territory" in first_steps()[-1]

    def test_one_that_is_ready_says_nothing(self, installation, capsys):
        ready(installation)

        cli_serve._tell_first_steps()

        assert "linli" not in capsys.readouterr().out.split("\n")[-1]
        assert first_steps() == []


def ready(folder: Path) -> None:
    """The three commands."""
    assert set_up(folder, "--areas", str(folder / "areas.toml")) == 0
    assert appoint(folder) == 0
    assert main(["pack", "install", str(PACK)]) == 0
    assert main(["calendar", "load", str(CALENDAR)]) == 0


def log_in(username: str, password: str) -> Visitor:
    """Somebody comes with a password and, if nothing else is asked before, enrols a second factor."""
    visitor = Visitor(username)
    visitor.log_in(password)
    assert "_auth_user_id" in visitor.client.session
    return visitor


def hire(admin: Client, username: str, name: str, area: str) -> Client:
    """The administrator opens an account; the person takes a password of their own and enrols a second factor."""
    page = admin.post(reverse("user_new"), {"username": username, "name": name, "area": area}).content.decode()
    start = re.search(r"<code>([a-z0-9-]{19})</code>", page).group(1)
    person = log_in(username, start)
    own = f"{len(username)} good horses and a battery"
    person.client.post(reverse("password_change"), {"current": start, "new": own, "again": own})
    person.enrol()
    return person.client


def give(admin: Client, security: Client, username: str, role: str, area: str) -> None:
    """The administrator gives a role, or asks for it and another agrees."""
    told = {"role": role, "area": area, "valid_from": MONDAY.isoformat(), "reason": "到岗"}
    admin.post(reverse("assignment_new", args=[username]), told)
    for asked in AccessRequest.objects.filter(user__username=username):
        security.post(reverse("access_step", args=[asked.number, "confirm"]), {"note": "已当面核实"})


def test_from_an_empty_database_to_a_received_application(installation):
    ready(installation)
    first, second = log_in("admin", PASSWORD), log_in("security", PASSWORD)
    first.enrol()
    second.enrol()
    admin, security = first.client, second.client
    officer = hire(admin, "chenjing", "陈静", "990101001")
    give(admin, security, "chenjing", "STREET_OFFICER", "990101001")
    clerk = hire(admin, "wangli", "王丽", "990101001001")
    give(admin, security, "wangli", "COMMUNITY_WORKER", "990101001001")
    assert authority_of(User.objects.get(username="wangli"), date(2026, 3, 9)).held

    form = officer.get(reverse("fund_open")).context["form"]
    amounts = {bound.html_name: bound.initial for bound in form if bound.initial is not None}
    officer.post(reverse("fund_open"), amounts)
    assert Fund.objects.get().code == "990101001001-2026"

    clerk.post(
        reverse("household_new"),
        {
            "area_id": Area.objects.get(kind="BUILDING").code,
            "address": "2 单元 301",
            "rows": "5",
            "m0-name": "王建国",
            "m0-relation": "HEAD",
            "m0-sex": "MALE",
            "m0-birth_date": "1950-05-01",
            "m0-hukou_kind": "HERE",
            "m0-residence_kind": "PERMANENT",
        },
    )
    household = Household.objects.get()
    applying = reverse("application_new") + f"?household={household.number}"
    papers = re.findall(r'name="(\w+)-state"', clerk.get(applying).content.decode())
    response = clerk.post(
        applying,
        {
            "applicant": str(household.memberships.get().resident_id),
            "groups": ["LOW_INCOME"],
            "channel": "COUNTER",
            "identified_how": "CENSUS",
            "identified_by": "",
            "statement": "收入低",
            "proxy": "",
            **{f"{code}-state": "MISSING" for code in set(papers)},
        },
    )

    assert response.status_code == 302
    assert Application.objects.get().state == "RECEIVED"


def test_the_commands_work_in_a_folder_of_their_own(tmp_path):
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "areas.toml").write_text(AREAS)
    given = ["--username", "admin", "--name", "张伟", "--password-file", tmp_path / "password"]
    environment = {"LINLI_DATA": str(tmp_path), "LINLI_DATABASE": f"sqlite:///{tmp_path}/linli.sqlite3"}

    done = linli("setup", *given, "--areas", tmp_path / "areas.toml", **environment)
    again = linli("setup", *given, **environment)

    assert (done.returncode, again.returncode) == (0, 1), done.stderr + again.stderr
