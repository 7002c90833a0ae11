"""The command line hands each command to its room with what was typed."""

import argparse
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from linli.config import cli, cli_audit, cli_determine, cli_pack, cli_plan

SOURCE = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture
def called(monkeypatch):
    """What the commands were called with."""
    calls = []
    for module, name in (
        (cli_plan, "run_plan_check"),
        (cli_determine, "run_determine"),
        (cli_pack, "run_pack_test"),
        (cli_audit, "run_verify"),
        (cli_audit, "run_head"),
    ):
        monkeypatch.setattr(module, name, lambda _name=name, **named: calls.append((_name, named)) or 7)
    return calls


class TestMain:
    @pytest.mark.parametrize(
        ("arguments", "call"),
        [
            ("plan check P", ("run_plan_check", {"pack_path": Path("P"), "as_json": False, "language": "zh"})),
            (
                "determine P --case C.toml --on 2026-03-01 --json --language en",
                (
                    "run_determine",
                    {
                        "pack_path": Path("P"),
                        "case_path": Path("C.toml"),
                        "on": date(2026, 3, 1),
                        "as_json": True,
                        "language": "en",
                    },
                ),
            ),
            (
                "pack test P --language en",
                ("run_pack_test", {"pack_path": Path("P"), "as_json": False, "language": "en"}),
            ),
            ("audit verify --json", ("run_verify", {"as_json": True, "head": None, "since_last": False})),
            (
                "audit verify --since-last",
                ("run_verify", {"as_json": False, "head": None, "since_last": True}),
            ),
            ("audit head", ("run_head", {"as_json": False})),
        ],
    )
    def test_hands_over_what_was_typed(self, called, arguments, call):
        cli.main(arguments.split())

        assert called == [call]

    def test_passes_the_exit_code_on(self, called):
        assert cli.main(["audit", "head"]) == 7

    def test_an_interrupted_command_ends_quietly(self, monkeypatch, capsys):
        def interrupt(**_named: object) -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(cli_audit, "run_head", interrupt)

        assert (cli.main(["audit", "head"]), capsys.readouterr().err) == (130, "\n")

    @pytest.mark.parametrize("arguments", ["", "plan", "plan simulate P --months 15", "unheard-of"])
    def test_refuses_what_it_does_not_know(self, arguments, capsys):
        with pytest.raises(SystemExit) as end:
            cli.main(arguments.split())

        assert end.value.code == 2


def test_a_command_loads_no_dictionary_that_it_does_not_read():
    """The readings of names and the grammar of numbers took longer to load than all of the product."""
    program = "\n".join(
        (
            "import sys, django",
            "from linli.config import cli",
            "django.setup()",
            "import linli.money.awards.operations, linli.money.payments.operations",
            "print(sorted({name.partition('.')[0] for name in sys.modules} & {'cn2an', 'pypinyin', 'proces'}))",
        )
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "DJANGO_SETTINGS_MODULE": "linli.config.settings"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)

    assert done.stdout == "[]\n"


def test_every_command_names_a_function_that_takes_what_is_said():
    for run, said in commands(cli._parser()):
        module, _dot, function = run.partition(".")
        parameters = inspect.signature(getattr(import_module(f"linli.config.{module}"), function)).parameters
        needed = {name for name, one in parameters.items() if one.default is one.empty}
        assert needed <= said <= set(parameters), run


def test_every_command_starts_before_django_does():
    """As from a shell: here Django has started long ago, and a module that needs it is found too late."""
    modules = sorted({run.partition(".")[0] for run, _said in commands(cli._parser())})
    program = "from importlib import import_module\n" + "\n".join(
        f"import_module('linli.config.{module}')" for module in modules
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "DJANGO_SETTINGS_MODULE": "linli.config.settings"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, set[str]]]:
    """Every command: who runs it, and what can be said to it."""
    if parser.get_default("run"):
        yield parser.get_default("run"), {one.dest for one in parser._actions} - {"help"}
    for one in parser._actions:
        if isinstance(one, argparse._SubParsersAction):
            yield from (found for choice in one.choices.values() for found in commands(choice))
