"""Reading (ADR 0038): what a page is handed, which form is stale, where a link leads."""

import ast

from tests.architecture.source import IDEOGRAPH, docstrings, modules


def test_whether_a_form_is_stale_is_asked_in_one_place():
    """``locks.check_version``; a class per room said five different things about one mishap."""
    wrong = [
        module.at(node)
        for module in modules()
        if module.parts != ("foundation", "data", "locks")
        for node in module.nodes
        if isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.NotEq)
        and isinstance(node.left, ast.Attribute)
        and node.left.attr == "version"
    ]

    assert not wrong, "\n".join(wrong)


def test_nobody_takes_a_link_to_nowhere_for_none():
    """A page that does not exist is a mistake; who may open one that does is asked of ``navigation.may_open``."""
    wrong = [module.at(node) for module in modules() for node, name in module.imports() if "NoReverseMatch" in name]

    assert not wrong, "\n".join(wrong)


def test_what_a_citizen_reads_is_said_by_the_pack():
    """Letters are made of its bodies and sentences; what stands in code no street office can word otherwise."""
    wrong = [
        module.at(node)
        for module in modules()
        if module.layer == "operations" and module.parts[-1].endswith("letters")
        for told in [docstrings(module.tree)]
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and IDEOGRAPH.search(node.value)
        if node not in told
    ]

    assert not wrong, "\n".join(wrong)


def test_a_text_in_both_languages_is_one_class():
    """``kernel.bilingual.Text``: pairs and mappings of zh and en are what files and envelopes hold."""
    wrong = [
        module.at(node)
        for module in modules()
        if module.parts != ("kernel", "bilingual")
        for node in module.nodes
        if (isinstance(node, ast.ClassDef) and {"zh", "en"} <= _fields(node))
        or (isinstance(node, ast.Dict) and {"zh", "en"} <= {k.value for k in node.keys if isinstance(k, ast.Constant)})
    ]

    assert not wrong, "\n".join(wrong)


def _fields(node: ast.ClassDef) -> set[str]:
    return {one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)}


# Numbers of six digits, of which no district has a million.
_SIX_DIGITS = {("registry", "residents", "web", "lists")}


def test_nothing_numbered_is_sorted_as_text():
    """DY-2025-10000 is a smaller text than DY-2025-9999: rows are sorted by id, texts by ``kernel.text.in_order``."""
    wrong = [
        module.at(node)
        for module in modules()
        if module.parts not in _SIX_DIGITS and module.parts != ("foundation", "trail", "exports")
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "order_by"
        and any(isinstance(one, ast.Constant) and str(one.value).endswith("number") for one in node.args)
    ]

    assert not wrong, "\n".join(wrong)
