"""Rules of the house that a linter does not know, read from the syntax."""

import ast
import inspect

from django.core.management import call_command
from django.db import connection

from linli.foundation.data import triggers
from linli.foundation.trail import jobs
from tests.architecture.source import Module, below_linli, called, dotted, modules

# Who may read the clock: the faces, what hands jobs their acts, the simulator's own clock and the command line.
CLOCK_READERS = {"web", "api", "screens", "clock", "jobs"}
CLOCK_ROOMS = {"simulator", "config"}
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.date.today",
    "date.today",
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "now",
    "localdate",
}
HOLDERS_OF_ROWS = {"models", "queries", "operations"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def test_nobody_reads_a_clock_but_the_faces():
    wrong = [
        f"{module.at(node)} {called(node)}"
        for module in modules()
        if module.room not in CLOCK_ROOMS and not CLOCK_READERS & set(module.parts)
        for node in module.nodes
        if isinstance(node, ast.Call) and called(node) in CLOCKS
    ]

    assert not wrong, "\n".join(wrong)


def test_the_day_of_a_moment_is_the_day_in_china():
    """A row's moment comes back in UTC: what happened before eight in the morning would stand on the day before."""
    wrong = [
        module.at(node)
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and (dotted(node.func.value) or "").endswith(("_at", ".at", "moment"))
    ]

    assert not wrong, "\n".join(wrong)


def test_no_model_is_looked_up_by_name():
    wrong = [
        module.at(node)
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and called(node).endswith("apps.get_model")
    ]

    assert not wrong, "\n".join(wrong)


def test_rows_are_fetched_only_by_their_own_room():
    wrong = []
    for module in modules():
        homes = dict(_homes_of_models(module))
        for node in module.nodes:
            if not (isinstance(node, ast.Attribute) and node.attr in MANAGERS):
                continue
            name = dotted(node.value)
            if name in homes and not _may_hold(module, homes[name]):
                wrong.append(f"{module.at(node)} {name}.{node.attr}")

    assert not wrong, "\n".join(wrong)


def _homes_of_models(module: Module):
    """Names of model classes in the module, with the room each comes from."""
    for _node, path in module.imports():
        parts = below_linli(path)
        if parts and parts[-1][:1].isupper():
            yield parts[-1], parts[0]


def _may_hold(module: Module, home: str) -> bool:
    if module.layer == "queries":
        # An invariant compares what two rooms hold, and every room may read what the trail says of its rows.
        return home in {module.room, "foundation"} or module.parts[-1] == "invariants"
    if module.room == home == "foundation":
        # It has floors instead of layers; its own modules hold its own rows.
        return True
    return module.room == home and module.layer in HOLDERS_OF_ROWS


def test_every_queued_job_resolves_with_its_arguments():
    registered = jobs.registered()
    wrong = []
    for module in modules():
        for node in module.nodes:
            if not (isinstance(node, ast.Call) and called(node) in {"jobs.queue", "queue"} and node.args):
                continue
            name = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
            if name not in registered:
                wrong.append(f"{module.at(node)} queues {name}, which nobody registered")
                continue
            given = {keyword.arg: None for keyword in node.keywords if keyword.arg}
            try:
                inspect.signature(registered[name].func).bind(None, **given)
            except TypeError as error:
                wrong.append(f"{module.at(node)} {name}: {error}")

    assert not wrong, "\n".join(wrong)


def test_models_and_migrations_agree(db, capsys):
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_every_registered_trigger_is_in_the_database_after_migrate(db):
    assert triggers.missing(connection) == []


def test_every_table_of_money_and_trail_keeps_its_rows():
    # A table that nothing protects from DELETE is a table that somebody forgot.
    protected = {trigger.table for trigger in triggers._registered.values() if "DELETE" in trigger.event}
    wanted = {"foundation_auditentry", "foundation_auditseal", "foundation_actkey", "users_user", "users_assignment"}

    assert wanted <= protected


# A refusal that ends here is in the log, and in the trail where it is a no to the person.
TELLS_OF_REFUSALS = {"caught", "add_refusal", "logs.refusal", "refused"}


def test_a_page_that_catches_a_refusal_tells_the_log_of_it():
    wrong = [
        module.at(node)
        for module in modules()
        if "web" in module.parts or module.parts[:2] == ("foundation", "screens")
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler)
        and "DomainError" in {dotted(one) for one in ast.walk(node.type or node) if isinstance(one, ast.Name)}
        and not any(isinstance(one, ast.Call) and called(one) in TELLS_OF_REFUSALS for one in ast.walk(node))
    ]

    assert not wrong, "\n".join(wrong)


def test_nothing_is_asked_without_bounds_but_whether_something_is_there():
    """``EVERYWHERE`` opens everything: the trail's question is its one reader."""
    named = {
        module.path.name
        for module in modules()
        for node in module.nodes
        if (isinstance(node, ast.Name) and node.id == "EVERYWHERE")
        or (isinstance(node, ast.keyword) and node.arg == "unbounded")
    }

    assert named == {"scope.py", "pages.py"}
