"""``linli workflows``: every workflow of the product as a diagram and a table; no database needed."""

import sys

import django
from django.utils import translation

from linli.ground.users.codes import Role
from linli.kernel.steps import Workflow, diagram, table, workflows

_HEAD = """# Workflows

Written by `make reference` from each room's `steps.py`; do not edit. Pages offer, acts allow and the database keeps
exactly these steps (docs/adr/0030). `·` begins a row, `=` leaves the state as it is. Where rows concern a family,
nobody takes a step on their own family's affairs.
"""
_COLUMNS = ("step", "from → to", "who", "but not who took", "and only if", "deadlines")


def run_workflows() -> int:
    """Print the whole document."""
    sys.stdout.write(workflows_text())
    return 0


def workflows_text() -> str:
    """The whole document, in English."""
    django.setup()
    with translation.override("en"):
        return "\n".join([_HEAD, *(_section(flow) for flow in workflows())])


def _section(flow: Workflow) -> str:
    rows = [_COLUMNS, tuple("---" for _column in _COLUMNS), *table(flow, lambda role: str(Role(role).label))]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    whose = "" if flow.family else "Of no family.\n\n"
    return f"## {flow.code}\n\n{whose}```mermaid\n{diagram(flow)}\n```\n\n{lines}\n"
