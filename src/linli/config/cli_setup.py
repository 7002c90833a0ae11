"""``linli setup``, ``linli pack install`` and ``linli calendar load``: from an empty database to people at work.

Exit codes: 0 done, 1 refused by what is there already, 2 the input is unusable. Nothing is done by halves.
"""

import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from linli.kernel import marks
from linli.kernel.errors import DomainError

if TYPE_CHECKING:
    from linli.ground.areas.operations import NewArea
    from linli.kernel.act import Act
    from linli.kernel.calendar import YearTable
    from linli.law.policies.engine import ExamplesFailed

DONE, REFUSED, UNUSABLE = 0, 1, 2
T = TypeVar("T")


class InputUnusableError(Exception):
    """What was given cannot be used: a line for each reason."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


# What says all that each command asks at the terminal.
_OF_RECOVER = ("--password-file",)
_OF_SECURITY = ("--username", "--name", "--password-file")
_OF_SETUP = (*_OF_SECURITY, "--areas")


def run_setup(
    *,
    username: str,
    name: str,
    password_file: Path | None,
    areas: Path | None,
    district: tuple[str, str] | None,
    security: bool = False,
) -> int:
    """Make the first administrator, with the territory, or who answers for security. What is not given is asked at
    the terminal.
    """

    def work() -> int:
        from linli.foundation.clock import now
        from linli.ground.users.operations import appoint_security, set_up
        from linli.ground.users.queries import has_administrator, has_security

        if has_security(now().date()) if security else has_administrator(now().date()):
            return _already()
        if security:
            who = username or _ask("用户名 · User name: ", _OF_SECURITY)
            named = name or _ask("姓名 · Name: ", _OF_SECURITY)
            password = _password(password_file, _OF_SECURITY)
            appoint_security(_system(), username=who, name=named, password=password)
            _say(
                f"已设立安全管理员 {named}（{who}）。",
                f"The security administrator {named} ({who}) is set up.",
            )
            return DONE
        new = _read_areas(areas) if areas else _district(district)
        who = username or _ask("用户名 · User name: ", _OF_SETUP)
        named = name or _ask("姓名 · Name: ", _OF_SETUP)
        password = _password(password_file, _OF_SETUP)
        set_up(_system(), username=who, name=named, password=password, areas=new)
        _say(
            f"已设立 {len(new)} 个区划和系统管理员 {named}（{who}）。",
            f"{len(new)} areas and the administrator {named} ({who}) are set up.",
        )
        _next_steps()
        return DONE

    return _run(work)


def run_recover(*, username: str, password_file: Path | None) -> int:
    """Let an administrator begin anew with a start password, where no two others are there to do it."""

    def work() -> int:
        from linli.ground.users.models import User
        from linli.ground.users.operations import let_in_again

        try:
            user = let_in_again(_system(), username=username, password=_password(password_file, _OF_RECOVER))
        except User.DoesNotExist as error:
            raise InputUnusableError([f"没有账号 {username} · there is no account {username}"]) from error
        _say(
            f"已恢复 {user.name}（{username}）的登录；原来的第二重验证作废，首次登录须改密码。",
            f"{user.name} ({username}) may log in again; the second factors are void, the password is to be changed.",
        )
        return DONE

    return _run(work)


def run_pack_install(folder: Path) -> int:
    """Install a policy pack from a folder on this server; the same one again changes nothing."""

    def work() -> int:
        from linli.law.policies.operations import install_pack

        if not folder.is_dir():
            raise InputUnusableError([f"没有文件夹 {folder} · there is no folder {folder}"])
        version = install_pack(_system(), folder=folder)
        _say(
            f"已安装 {version.scheme} {version.version} 版，{version.valid_from.isoformat()} 起生效。",
            f"{version.scheme} {version.version} is installed, in force from {version.valid_from.isoformat()}.",
        )
        return DONE

    return _run(work)


def run_calendar_load(file: Path) -> int:
    """Load the working-day tables of a file that differ from what is loaded; running deadlines are computed again."""

    def work() -> int:
        from linli.aid.assistance.operations import recompute_deadlines
        from linli.law.policies.engine import load_calendar_tables
        from linli.law.policies.operations import load_years
        from linli.law.policies.queries import work_calendar
        from linli.money.awards.operations import recompute_holds

        if not file.is_file():
            raise InputUnusableError([f"没有文件 {file} · there is no file {file}"])
        known = work_calendar().tables
        tables: list[YearTable] = [
            table for year, table in sorted(load_calendar_tables(file).items()) if known.get(year) != table
        ]
        if tables:
            load_years(_system(), tables=tables)
            recompute_deadlines(_system())
            recompute_holds(_system())
        years = [table.year for table in tables]
        if tables:
            _say(f"已录入工作日表：{marks.listed(years, 'zh')}。", f"Working days loaded: {marks.listed(years, 'en')}.")
        else:
            _say("工作日表没有变化。", "The working days are as they were.")
        return DONE

    return _run(work)


def _next_steps() -> None:
    from linli.config.first_steps import first_steps

    steps = first_steps()
    if steps:
        sys.stdout.write("接下来 · Next:\n" + "".join(f"  {step}\n" for step in steps))


def _run(work: Callable[[], int]) -> int:
    from linli.config.cli_serve import prepare

    prepare()
    from django.utils import translation

    from linli.ground.users.operations import AlreadySetUp
    from linli.law.policies.engine import ExamplesFailed, PackError
    from linli.law.policies.operations import PackVersionTaken

    # Sentences come in the source language first; refusals are told in both below.
    translation.activate("zh-hans")
    try:
        return work()
    except InputUnusableError as unusable:
        return _told(unusable.lines, UNUSABLE)
    except PackError as error:
        lines = [f"{p.in_language('zh')} · {p.in_language('en')}" for p in error.problems]
        return _told([_both(DomainError.__str__, error), *lines], UNUSABLE)
    except ExamplesFailed as failed:
        return _told([_sentences(failed), *_failed_examples(failed)], UNUSABLE)
    except (AlreadySetUp, PackVersionTaken) as refusal:
        return _told([_sentences(refusal)], REFUSED)
    except DomainError as error:
        return _told([_sentences(error)], UNUSABLE)


def _failed_examples(failed: "ExamplesFailed") -> list[str]:
    from linli.config.cli_pack import what_failed

    return [
        f"{outcome.file}: {chinese} · {english}"
        for outcome in failed.outcomes
        for chinese, english in zip(
            what_failed(failed.pack, outcome, "zh"), what_failed(failed.pack, outcome, "en"), strict=True
        )
    ]


def _already() -> int:
    from linli.ground.users.operations import AlreadySetUp

    return _told([_sentences(AlreadySetUp())], REFUSED)


def _read_areas(path: Path) -> "list[NewArea]":
    from linli.ground.areas.operations import AreasRefused, check_areas, read_areas, read_areas_toml

    if not path.is_file():
        raise InputUnusableError([f"没有文件 {path} · there is no file {path}"])
    data = path.read_bytes()
    try:
        table = read_areas_toml(data) if path.suffix == ".toml" else read_areas(data, filename=path.name)
        return check_areas(table)
    except AreasRefused as refused:
        lines = [_both(lambda p: f"{p.row} {'/'.join(p.labels)}: {p.message}", problem) for problem in refused.problems]
        raise InputUnusableError([_sentences(refused), *lines]) from refused


def _district(given: tuple[str, str] | None) -> "list[NewArea]":
    """Without a table of areas one district is enough to begin: the rest is imported on the page."""
    from linli.ground.areas.codes import AreaKind
    from linli.ground.areas.operations import NewArea
    from linli.ground.areas.queries import of_kind

    if of_kind(AreaKind.DISTRICT):
        return []
    code, name = given or (
        _ask("区划代码（区）· Code of the district: ", _OF_SETUP),
        _ask("区名 · Name of the district: ", _OF_SETUP),
    )
    return [NewArea(code, AreaKind.DISTRICT, name)]


def _password(file: Path | None, options: Sequence[str]) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputUnusableError([f"密码文件无法读取 · the password file cannot be read: {file}"]) from error
    first = _terminal(getpass.getpass, "密码 · Password: ", options)
    if first != _terminal(getpass.getpass, "再输一遍 · Once more: ", options):
        raise InputUnusableError(["两次输入的密码不同 · The two passwords differ"])
    return first


def _ask(question: str, options: Sequence[str]) -> str:
    return _terminal(input, question, options).strip()


def _terminal(ask: Callable[[str], str], question: str, options: Sequence[str]) -> str:
    """Ask a person. Without a terminal nobody would see the question, and a password would be echoed: the command's
    ``options`` say it.
    """
    if not sys.stdin.isatty():
        raise InputUnusableError(
            [
                f"没有终端可供输入；请用 {marks.listed(options, 'zh')} 给出 · "
                f"There is no terminal to ask at: give {marks.listed(options, 'en')}"
            ]
        )
    try:
        return ask(question)
    except EOFError as error:
        raise InputUnusableError(["输入中断 · The input ended"]) from error


def _system() -> "Act":
    from linli.foundation.clock import now
    from linli.kernel.act import SYSTEM, Act

    return Act(SYSTEM, now())


def _sentences(error: DomainError) -> str:
    from linli.foundation.screens.pages import sentence

    return _both(sentence, error)


def _both(tell: Callable[[T], str], about: T) -> str:
    """What is told in Chinese and in English, once when they are the same."""
    from django.utils import translation

    with translation.override("en"):
        english = tell(about)
    with translation.override("zh-hans"):
        chinese = tell(about)
    return chinese if chinese == english else f"{chinese} · {english}"


def _say(chinese: str, english: str) -> None:
    sys.stdout.write(f"{chinese}\n{english}\n")


def _told(lines: Sequence[str], code: int) -> int:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return code
