"""Rules of acts: they fetch their own law, and lock only what has a name."""

import ast
import re
from collections.abc import Iterator

from linli.foundation.data.locks import LockSpace
from tests.architecture.source import Module, called, dotted, modules

# Rooms and modules whose classes are law as data: what they say is fetched on the day of the act.
LAW = (
    "linli.law.policies.engine",
    "linli.law.policies.queries",
    "linli.kernel.calendar",
    "linli.money.payments.rules.shortage",
)
# Words by which law goes when it is handed in as a plain value.
LAW_WORDS = re.compile(r"^(calendar|pack|parameters?|shortage|deadlines?|rules?|law)$|_days$|^days$|^order$")
# Acts by which law comes into the product, and acts that keep somebody's plan.
BRING_LAW = {"install_pack", "load_years", "save_version"}
# Texts that a letter carries are words, not rules; a case's facts are what the rules are asked about; a bank's layout
# says how its files are written (``installed`` refuses one that is not the installed one).
NOT_LAW = {"Text", "CaseFacts", "Fact", "Member", "BankLayout"}
ACTS = {"act", "within_act"}


def acts() -> Iterator[tuple[Module, ast.FunctionDef]]:
    for module in modules():
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef) and ACTS & {dotted(one) for one in node.decorator_list}:
                yield module, node


def records(module: Module) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in module.tree.body if isinstance(node, ast.ClassDef)}


def handed_in(module: Module, node: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """The act's parameters, and the fields of the records of its own module that they hold."""
    known = records(module)
    for arg in [*node.args.args, *node.args.kwonlyargs]:
        if arg.annotation is None or arg.arg == "act":
            continue
        yield arg.arg, arg.annotation
        for name in names_in(arg.annotation) & known.keys():
            for field in known[name].body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    yield field.target.id, field.annotation


def names_in(annotation: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}


def law_names(module: Module) -> set[str]:
    """Names of the module that were imported from where law lies."""
    found = {path for _node, path in module.imports() if path.startswith(LAW)}
    return {path.rpartition(".")[2] for path in found} - NOT_LAW


def test_no_act_is_handed_its_law():
    wrong = []
    for module, node in acts():
        law = law_names(module)
        for name, annotation in handed_in(module, node):
            if node.name not in BRING_LAW and (LAW_WORDS.search(name) or names_in(annotation) & law):
                wrong.append(f"{module.at(node)} {node.name}({name}: {ast.unparse(annotation)})")

    assert not wrong, "An act fetches its own law on its own day:\n" + "\n".join(wrong)


def test_there_are_acts_to_look_at():
    assert len(list(acts())) > 80


def test_no_name_space_of_locks_is_used_twice():
    numbers = [node.value for node in _lock_spaces()]

    assert len(numbers) == len(set(numbers)) == len(LockSpace)


def _lock_spaces() -> list[ast.Constant]:
    """The numbers as written: an alias would hide a second use."""
    [home] = [module for module in modules() if module.parts == ("foundation", "data", "locks")]
    space = records(home)["LockSpace"]
    return [node.value for node in space.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)]


NAMED_LOCKS = {"lock_name", "lock_each", "share_name", "alone", "trigger_locks"}


def test_a_named_lock_names_its_space():
    wrong = []
    for module in modules():
        if module.parts == ("foundation", "data", "locks"):
            continue
        for node in module.nodes:
            if not isinstance(node, ast.Call) or called(node).rpartition(".")[2] not in NAMED_LOCKS:
                continue
            if not (node.args and dotted(node.args[0]).startswith("LockSpace.")):
                wrong.append(f"{module.at(node)} {ast.unparse(node)}")

    assert not wrong, "\n".join(wrong)


def test_advisory_locks_are_asked_for_in_one_place():
    wrong = [
        module.at(node)
        for module in modules()
        if module.parts != ("foundation", "data", "locks")
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "advisory" in node.value
    ]

    assert not wrong, "\n".join(wrong)
