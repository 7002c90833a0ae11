"""``linli``: the product's command line. Django is started only by the commands that need the database.

Exit codes: 0 done, 1 something is wrong (a fatal finding, a broken trail, set up already), 2 the input is unusable.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    parsed = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    handler = _HANDLERS[parsed.command if parsed.command not in _GROUPS else f"{parsed.command} {parsed.action}"]
    try:
        return handler(parsed)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="linli", description="Linli 邻里 - community service and social assistance")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    plan = commands.add_parser("plan", help="check a plan, or live it for a year")
    actions = plan.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="find what does not add up, with ways out")
    _pack(check)
    following = actions.add_parser("next", help="write the next year's pack out of this one, by one stated rule")
    following.add_argument("pack", type=Path, metavar="PACK", help="folder of the pack")
    following.add_argument("target", type=Path, metavar="FOLDER", help="folder of the new pack; never overwritten")
    following.add_argument("--language", choices=("zh", "en"), default="zh")
    simulate = actions.add_parser("simulate", help="live the plan day by day through the real operations")
    _pack(simulate)
    simulate.add_argument("--months", type=int, default=12, choices=range(1, 15), metavar="1-14")
    simulate.add_argument("--seed", type=int, default=7)
    simulate.add_argument("--variant", action="store_true", help="live the checker's variant instead of the plan")
    simulate.add_argument("--data", type=Path, default=None, help="folder to live in and keep; default: thrown away")
    simulate.add_argument(
        "--install",
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

    determine = commands.add_parser("determine", help="what a pack's rules give one case, with the trace")
    _pack(determine)
    determine.add_argument("--case", type=Path, required=True, metavar="FILE.toml")
    determine.add_argument("--on", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")

    audit = commands.add_parser("audit", help="the audit trail")
    actions = audit.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in (("verify", "recompute every chain, seal and invariant"), ("head", "print the newest seal")):
        _output(actions.add_parser(name, help=text))

    demo = commands.add_parser("demo", help="check the seed's plan, live both years, serve the product")
    demo.add_argument("--seed", type=int, default=7)
    demo.add_argument("--months", type=int, default=12, choices=range(1, 15), metavar="1-14")
    demo.add_argument("--again", action="store_true", help="live the years again instead of reusing them")
    demo.add_argument("--no-serve", action="store_true", help="stop after the report")
    demo.add_argument("--port", type=int, default=8000)

    _setting_up(commands)

    serve = commands.add_parser("serve", help="serve the product")
    serve.add_argument("--port", type=int, default=8000)
    commands.add_parser("workflows", help="print every workflow as a diagram and a table, as in docs/workflows.md")
    commands.add_parser("work", help="run queued jobs and the daily clock")
    return parser


def _setting_up(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    setup = commands.add_parser("setup", help="the first administrator and the territory of an empty database")
    setup.add_argument("--username", default="", help="asked at the terminal when not given, like the name")
    setup.add_argument("--name", default="")
    setup.add_argument("--password-file", type=Path, default=None, help="asked at the terminal when not given")
    setup.add_argument("--areas", type=Path, default=None, metavar="FILE.xlsx|toml", help="the whole territory")
    setup.add_argument("--district", nargs=2, default=None, metavar=("CODE", "NAME"), help="or one district alone")

    pack = commands.add_parser("pack", help="policy packs: code that an administrator installs at the server")
    actions = pack.add_subparsers(dest="action", required=True, metavar="ACTION")
    _pack(actions.add_parser("test", help="run a pack's examples: what each expects and what comes out"))
    new = actions.add_parser("new", help="start a pack: a small scheme on one page, with defaults for the rest")
    new.add_argument("folder", type=Path, metavar="FOLDER")
    new.add_argument("--year", type=int, required=True, choices=range(2000, 2100), metavar="YYYY")
    new.add_argument("--language", choices=("zh", "en"), default="zh")
    actions.add_parser("format", help="print the reference of the format, as it is in docs/pack-format.md")
    install = actions.add_parser("install", help="put a pack in force on this server; its examples must come out")
    install.add_argument("folder", type=Path, metavar="FOLDER")

    calendar = commands.add_parser("calendar", help="working days")
    load = calendar.add_subparsers(dest="action", required=True, metavar="ACTION").add_parser("load")
    load.add_argument("file", type=Path, metavar="FILE.toml")


def _pack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pack", type=Path, metavar="PACK", help="a policy pack's folder, ours or anybody's")
    _output(parser)


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")


def _plan_check(parsed: argparse.Namespace) -> int:
    from linli.config.cli_plan import run_plan_check

    return run_plan_check(parsed.pack, as_json=parsed.json, language=parsed.language)


def _plan_next(parsed: argparse.Namespace) -> int:
    from linli.config.cli_plan import run_plan_next

    return run_plan_next(parsed.pack, parsed.target, language=parsed.language)


def _plan_simulate(parsed: argparse.Namespace) -> int:
    from linli.config.cli_simulate import run_simulate

    return run_simulate(
        parsed.pack,
        months=parsed.months,
        seed=parsed.seed,
        variant=parsed.variant,
        data=parsed.data,
        progress=parsed.progress,
        later=dict(parsed.install),
        busy=parsed.busy,
        as_json=parsed.json,
        language=parsed.language,
    )


def _dated_folder(text: str) -> tuple[date, Path]:
    """ "2026-06-01=folder" taken apart. Raises ValueError."""
    day, _, folder = text.partition("=")
    if not folder:
        raise ValueError(text)
    return date.fromisoformat(day), Path(folder)


def _determine(parsed: argparse.Namespace) -> int:
    from linli.config.cli_determine import run_determine

    return run_determine(parsed.pack, parsed.case, parsed.on, as_json=parsed.json, language=parsed.language)


def _audit_verify(parsed: argparse.Namespace) -> int:
    from linli.config.cli_audit import run_verify

    return run_verify(as_json=parsed.json)


def _audit_head(parsed: argparse.Namespace) -> int:
    from linli.config.cli_audit import run_head

    return run_head(as_json=parsed.json)


def _demo(parsed: argparse.Namespace) -> int:
    from linli.config.cli_demo import run_demo

    return run_demo(
        seed=parsed.seed, months=parsed.months, again=parsed.again, serve=not parsed.no_serve, port=parsed.port
    )


def _setup(parsed: argparse.Namespace) -> int:
    from linli.config.cli_setup import run_setup

    return run_setup(
        username=parsed.username,
        name=parsed.name,
        password_file=parsed.password_file,
        areas=parsed.areas,
        district=tuple(parsed.district) if parsed.district else None,
    )


def _pack_test(parsed: argparse.Namespace) -> int:
    from linli.config.cli_pack import run_pack_test

    return run_pack_test(parsed.pack, as_json=parsed.json, language=parsed.language)


def _pack_new(parsed: argparse.Namespace) -> int:
    from linli.config.cli_pack import run_pack_new

    return run_pack_new(parsed.folder, year=parsed.year, language=parsed.language)


def _pack_format(_parsed: argparse.Namespace) -> int:
    from linli.law.policies.engine.reference import reference_text

    sys.stdout.write(reference_text())
    return 0


def _workflows(_parsed: argparse.Namespace) -> int:
    from linli.config.cli_workflows import workflows_text

    sys.stdout.write(workflows_text())
    return 0


def _pack_install(parsed: argparse.Namespace) -> int:
    from linli.config.cli_setup import run_pack_install

    return run_pack_install(parsed.folder)


def _calendar_load(parsed: argparse.Namespace) -> int:
    from linli.config.cli_setup import run_calendar_load

    return run_calendar_load(parsed.file)


def _serve(parsed: argparse.Namespace) -> int:
    from linli.config.cli_serve import run_serve

    return run_serve(port=parsed.port)


def _work(_parsed: argparse.Namespace) -> int:
    from linli.config.cli_serve import run_work

    return run_work()


_GROUPS = ("plan", "audit", "pack", "calendar")
_HANDLERS = {
    "plan check": _plan_check,
    "plan next": _plan_next,
    "plan simulate": _plan_simulate,
    "determine": _determine,
    "audit verify": _audit_verify,
    "audit head": _audit_head,
    "demo": _demo,
    "setup": _setup,
    "pack test": _pack_test,
    "pack new": _pack_new,
    "pack format": _pack_format,
    "workflows": _workflows,
    "pack install": _pack_install,
    "calendar load": _calendar_load,
    "serve": _serve,
    "work": _work,
}

if __name__ == "__main__":
    sys.exit(main())
