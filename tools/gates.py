"""The faults that take a check of access away (tools/mutants.py --kind access): a permission, the second person, the
own family, the scope of a query, whom a page is for; and the tests that ask for them.
"""

import ast
import re
import tomllib

from planting import ROOT, Mutant, Planter

# What refuses somebody for who they are; what else is checked (a day, a version, a length) is no gate.
CHECKS = {
    *("check_system", "check_step", "check_of_others", "check_case", "check_own_papers", "_check_may_receive"),
    *("check_administer", "check_manage_account", "check_administrators_remain", "_check_apart", "_check_day"),
    *(
        "check_change",
        "check_unmask",
        "check_reconcile",
        "check_take_file",
        "check_register",
        "check_register_anywhere",
    ),
    *("check_read", "check_link", "check_act_as_staff", "check_manage_fund", "check_receive"),
    *("check_change_records", "check_hands", "check_no_kin"),
    *("check_correct", "check_deliver", "check_undo", "check_load_years", "check_save", "check_adopt", "check_holders"),
    *("_check_team", "_check_confirmable", "_check_decidable"),
}
REFUSALS = {
    "NotPermitted",
    "OwnFamily",
    "SamePerson",
    "OwnRole",
    "RolesApart",
    "PermissionDenied",
    "AreasFixed",
    "AssessorKin",
}
ORACLE = ROOT / "tests" / "access" / "matrix.toml"
ASKED = "tests/access/test_forms_asked.py::test_a_form_is_taken_from_whom_the_oracle_says_and_from_nobody_else"
CALLED = "tests/access/test_acts_asked.py::test_an_act_is_refused_to_everybody_whom_the_oracle_does_not_let_call_it"


class Gates(Planter, ast.NodeVisitor):
    """Collects the gates of one file, each taken away by one fault."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name == "may" and node.args.args[:1] and node.args.args[0].arg == "self":
            for one in ast.walk(node):
                if isinstance(one, ast.Return) and one.value is not None and not isinstance(one.value, ast.Constant):
                    self.plant(*self.span(one.value), "True")
        super().visit_FunctionDef(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and self.is_check(node.value):
            self.plant(*self.span(node), "pass")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if _name(raised) in REFUSALS:
            self.plant(*self.span(node), "pass")

    def visit_Return(self, node: ast.Return) -> None:
        refused = {_name(one) for one in ast.walk(node)} & (REFUSALS | {"unless"}) if node.value else set()
        if refused and node.value is not None:
            self.plant(*self.span(node.value), "None")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node.func)
        if name == "within" and len(node.args) > 1:
            first = self.source[slice(*self.span(node.args[0]))]
            self.plant(*self.span(node), first)
        if name == "condition" and isinstance(node.func, ast.Attribute):
            self.plant(*self.span(node), "Q()")
        if name == "Workflow" and len(node.args) > 4:
            self.plant(*self.span(node.args[4]), "None")
        for one in node.keywords if name in {"Step", "_step"} else ():
            if one.arg == "barred" and isinstance(one.value, ast.Tuple):
                for hand in one.value.elts:
                    left = [ast.unparse(other) for other in one.value.elts if other is not hand]
                    self.plant(*self.span(one.value), f"({', '.join(left)}{',' if len(left) == 1 else ''})")
        self.generic_visit(node)

    def is_check(self, call: ast.Call) -> bool:
        """Whether the call refuses somebody."""
        if _name(call.func) in CHECKS:
            return True
        return isinstance(call.func, ast.Attribute) and call.func.attr == "check" and "authority" in ast.unparse(call)

    # What other faults plant is none here.
    def visit_Compare(self, node: ast.Compare) -> None:
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        pass


def _name(node: ast.AST | None) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


ANSWERED = "tests/access/test_matrix.py::test_a_route_answers_each_role_as_the_oracle_says"
SCOPES = "tests/access/test_scopes.py"
WITHIN = "tests/access/test_out_of_reach.py::test_a_page_shows_nothing_that_is_out_of_its_reader_s_reach"

# Gates that a room keeps for the rooms above it or asks for on a page, and those that a workflow declares: whose tests
# ask for them.
FOR_OTHERS = {
    "src/linli/money/ledger/codes.py": "tests/awards/test_changing.py",
    "src/linli/aid/assistance/steps.py": "tests/assistance/web/test_two_people.py",
    "src/linli/money/awards/queries/adjustments.py": "tests/awards/test_reach.py",
    "src/linli/money/awards/operations/hands.py": "tests/awards/test_redetermining.py",
    "src/linli/ground/users/queries/desks.py": "tests/awards/web/test_pages.py",
}
DRAWN = "tests/steps/test_steps.py"


def asking(mutant: Mutant) -> list[list[str]]:
    """The cells of the oracle that ask for what the fault takes away, nearest first: those of the act in which it
    stands, the room's, and the room's pages; of what is read the pages first. All are asked where no room has its own.
    """
    oracle = tomllib.loads(ORACLE.read_text())
    room, inside = mutant.path.split("/")[3], _function(mutant)
    acts = {f"{ASKED}[{form}]": one["act"] for form, one in oracle["forms"].items()}
    acts |= {f"{CALLED}[{act}]": act for act in oracle["called"]}
    own = [test for test, act in acts.items() if act == f"{room}.{inside}"]
    others = [test for test, act in acts.items() if act.startswith(f"{room}.") and test not in own]
    names = _routes(room)
    if not (own or others or names):
        return [[test.partition("::")[0]] for test in (SCOPES, ANSWERED, ASKED)]
    routes = {route: row for route, row in oracle["routes"].items() if route.partition(":")[0] in names}
    seen = [f"{ANSWERED}[{route}]" for route in sorted(routes)]
    seen += [f"{WITHIN}[{route}]" for route in sorted(routes) if "GET" in routes[route]]
    reads = "/queries" in mutant.path
    found = ([SCOPES] if reads else [], seen, own, others) if reads or "/web/" in mutant.path else (own, others, seen)
    first = [FOR_OTHERS[mutant.path]] if mutant.path in FOR_OTHERS else []
    declared = [DRAWN] if mutant.path.endswith(("/steps.py", "/codes.py")) else []
    return [one for one in (first, *found, declared) if one]


def _routes(room: str) -> set[str]:
    """The names of the room's addresses."""
    files = (ROOT / "src" / "linli").glob(f"*/{room}/web/urls.py")
    return {name for file in files for name in re.findall(r'name="(\w+)"', file.read_text())}


def _function(mutant: Mutant) -> str:
    """The function in which the fault stands; empty outside of any."""
    found = ""
    for node in ast.walk(ast.parse((ROOT / mutant.path).read_text())):
        if isinstance(node, ast.FunctionDef) and node.lineno <= mutant.line <= (node.end_lineno or 0):
            found = node.name
    return found
