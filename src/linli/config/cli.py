"""``linli``: the product's command line. Django is started only by the commands that need the database.

Exit codes: 0 done, 1 something is wrong (a fatal finding, a broken trail, set up already), 2 the input is unusable.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

_UNUSABLE = 2
Commands = Any  # argparse gives the class of its groups of commands no public name


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    said = vars(_parser().parse_args(arguments))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    module, _dot, function = said.pop("run").partition(".")
    from django.core.exceptions import ImproperlyConfigured

    try:
        code: int = getattr(import_module(f"linli.config.{module}"), function)(**said)
    except ImproperlyConfigured as wrong:
        sys.stderr.write(f"{wrong}\n")
        return _UNUSABLE
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    """Each command names the function that runs it, which takes what was said by these names."""
    parser = argparse.ArgumentParser(prog="linli", description="Linli 邻里 - community service and social assistance")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    plan = commands.add_parser("plan", help="check a plan, or live it for a year")
    actions = plan.add_subparsers(required=True, metavar="ACTION")
    _pack(_command(actions, "check", "cli_plan.run_plan_check", "find what does not add up, with ways out"))
    following = _command(
        actions, "next", "cli_plan.run_plan_next", "write the next year's pack out of this one, by one stated rule"
    )
    following.add_argument("pack_path", type=Path, metavar="PACK", help="folder of the pack")
    following.add_argument("target", type=Path, metavar="FOLDER", help="folder of the new pack; never overwritten")
    _language(following)
    simulate = _command(
        actions, "simulate", "cli_simulate.run_simulate", "live the plan day by day through the real operations"
    )
    _pack(simulate)
    simulate.add_argument("--months", type=int, default=12, choices=range(1, 15), metavar="1-14")
    simulate.add_argument("--seed", type=int, default=7)
    simulate.add_argument("--variant", action="store_true", help="live the checker's variant instead of the plan")
    simulate.add_argument("--data", type=Path, default=None, help="folder to live in and keep; default: thrown away")
    simulate.add_argument(
        "--install",
        dest="later",
        type=_dated_folder,
        action="append",
        default=[],
        metavar="YYYY-MM-DD=PACK",
        help="install another version of the pack on that day, as a standard that changes in the year; may be repeated",
    )
    simulate.add_argument(
        "--busy",
        type=date.fromisoformat,
        default=None,
        metavar="YYYY-MM-DD",
        help="the day until which every office leaves some work; a copy as of that day is kept in the folder",
    )
    simulate.add_argument("--progress", action="store_true", help="one JSON line per week on standard error")

    determine = _command(
        commands, "determine", "cli_determine.run_determine", "what a pack's rules give one case, with the trace"
    )
    _pack(determine)
    determine.add_argument("--case", dest="case_path", type=Path, required=True, metavar="FILE.toml")
    determine.add_argument("--on", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")

    audit = commands.add_parser("audit", help="the audit trail")
    actions = audit.add_subparsers(required=True, metavar="ACTION")
    verify = _command(actions, "verify", "cli_audit.run_verify", "recompute every chain, seal, row and invariant")
    verify.add_argument("--head", type=Path, default=None, metavar="FILE", help="a head kept elsewhere")
    verify.add_argument(
        "--since-last", action="store_true", help="go on from the worker's last check that found nothing"
    )
    _output(verify)
    head = _command(actions, "head", "cli_audit.run_head", "print how far the trail goes, to be kept elsewhere")
    _output(head)
    accept = _command(
        actions, "accept", "cli_audit.run_accept", "say what of the database's definitions was changed, and accept it"
    )
    accept.add_argument("--yes", action="store_true", help="accept it; without, it is only said")

    demo = _command(commands, "demo", "cli_demo.run_demo", "check the seed's plan, live both years, serve the product")
    demo.add_argument("--seed", type=int, default=7)
    demo.add_argument("--months", type=int, default=12, choices=range(1, 15), metavar="1-14")
    demo.add_argument("--again", action="store_true", help="live the years again instead of reusing them")
    demo.add_argument("--no-serve", dest="serve", action="store_false", help="stop after the report")
    demo.add_argument("--port", type=int, default=8000)

    _setting_up(commands)

    _keeping(commands)

    serve = _command(commands, "serve", "cli_serve.run_serve", "serve the product")
    serve.add_argument("--port", type=int, default=8000)
    _command(
        commands,
        "workflows",
        "cli_workflows.run_workflows",
        "print every workflow as a diagram and a table, as in docs/workflows.md",
    )
    _command(commands, "work", "cli_serve.run_work", "run queued jobs and the daily clock")
    return parser


def _keeping(commands: Commands) -> None:
    backup = _command(
        commands, "backup", "cli_backup.run_backup", "copy database, uploads and packs into a new folder, at work"
    )
    backup.add_argument("folder", type=Path, metavar="FOLDER", help="not there yet, or empty")
    backup.add_argument("--keys", type=Path, default=None, metavar="FILE", help="where the keys go, apart from it")
    restore = _command(commands, "restore", "cli_backup.run_restore", "make an installation of a backup, and verify it")
    restore.add_argument("folder", type=Path, metavar="FOLDER")
    restore.add_argument("--into", dest="data", type=Path, required=True, metavar="DATA", help="an empty LINLI_DATA")
    restore.add_argument("--keys", type=Path, required=True, metavar="FILE", help="the keys that belong to it")


def _setting_up(commands: Commands) -> None:
    setup = _command(
        commands, "setup", "cli_setup.run_setup", "the first administrator and the territory of an empty database"
    )
    setup.add_argument("--username", default="", help="asked at the terminal when not given, like the name")
    setup.add_argument("--name", default="")
    setup.add_argument("--password-file", type=Path, default=None, help="asked at the terminal when not given")
    setup.add_argument("--areas", type=Path, default=None, metavar="FILE.xlsx|toml", help="the whole territory")
    setup.add_argument("--district", nargs=2, default=None, metavar=("CODE", "NAME"), help="or one district alone")
    setup.add_argument("--security", action="store_true", help="the first security administrator, another person")

    recover = _command(
        commands, "recover", "cli_setup.run_recover", "let an administrator begin anew who lost the second factor"
    )
    recover.add_argument("--username", required=True)
    recover.add_argument("--password-file", type=Path, default=None, help="asked at the terminal when not given")

    pack = commands.add_parser("pack", help="policy packs: code that an administrator installs at the server")
    actions = pack.add_subparsers(required=True, metavar="ACTION")
    _pack(
        _command(
            actions, "test", "cli_pack.run_pack_test", "run a pack's examples: what each expects and what comes out"
        )
    )
    new = _command(
        actions, "new", "cli_pack.run_pack_new", "start a pack: a small scheme on one page, with defaults for the rest"
    )
    new.add_argument("folder", type=Path, metavar="FOLDER")
    new.add_argument("--year", type=int, required=True, choices=range(2000, 2100), metavar="YYYY")
    _language(new)
    _command(
        actions,
        "format",
        "cli_pack.run_pack_format",
        "print the reference of the format, as it is in docs/pack-format.md",
    )
    install = _command(
        actions,
        "install",
        "cli_setup.run_pack_install",
        "put a pack in force on this server; its examples must come out",
    )
    install.add_argument("folder", type=Path, metavar="FOLDER")

    calendar = commands.add_parser("calendar", help="working days")
    actions = calendar.add_subparsers(required=True, metavar="ACTION")
    load = _command(actions, "load", "cli_setup.run_calendar_load", "load the tables of a file that differ")
    load.add_argument("file", type=Path, metavar="FILE.toml")


def _command(commands: Commands, name: str, run: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words)
    parser.set_defaults(run=run)
    return parser


def _pack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pack_path", type=Path, metavar="PACK", help="a policy pack's folder, ours or anybody's")
    _output(parser)
    _language(parser)


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", dest="as_json", action="store_true", help="machine-readable output")


def _language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", choices=("zh", "en"), default="zh")


def _dated_folder(text: str) -> tuple[date, Path]:
    """ "2026-06-01=folder" taken apart. Raises ValueError."""
    day, _, folder = text.partition("=")
    if not folder:
        raise ValueError(text)
    return date.fromisoformat(day), Path(folder)


if __name__ == "__main__":
    sys.exit(main())
