"""docs/findings.md knows every code that the program emits, and says what the code says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from cleanclaim.kernel import errors
from cleanclaim.rules.edits import EDITS
from tests.architecture.tree import ROOT, SOURCE, parsed, python_files

CARRIERS = {"TA105", "AK905", "IK502", "IK304", "IK403"}
CODE = re.compile(r"I?\d{1,3}")
# Calls of the wire and edi floors that name a code without its carrier beside it.
IMPLIED = {"_isa": "TA105", "ElementDefect": "IK403", "_segment_defect": "IK304"}


def page() -> str:
    return (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")


def constant(node: ast.AST | None) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text else ""


def codes_of(call: ast.Call) -> Iterator[tuple[str, str]]:
    """(carrier, code) pairs that the call names."""
    values = [constant(argument) for argument in call.args]
    for first, second in pairwise(values):
        if first in CARRIERS and CODE.fullmatch(second):
            yield first, second
    named = {keyword.arg: constant(keyword.value) for keyword in call.keywords}
    if named.get("carrier") in CARRIERS and CODE.fullmatch(named.get("code", "")):
        yield named["carrier"], named["code"]
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name in IMPLIED:
        yield from ((IMPLIED[name], value) for value in values if CODE.fullmatch(value))


def element_codes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Codes in tuples and conditions of the element checks, which all go into an IK4."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.IfExp):
            parts = node.elts if isinstance(node, ast.Tuple) else [node.body, node.orelse]
            if isinstance(node, ast.Tuple) and len(parts) not in (3, 4):
                continue
            yield from (("IK403", constant(p)) for p in parts if CODE.fullmatch(constant(p)))


def emitted() -> set[tuple[str, str]]:
    found = set(element_codes(parsed(SOURCE / "wire" / "x12" / "elements.py")))
    for path in python_files(SOURCE / "wire", SOURCE / "edi"):
        calls = (node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
        found |= {pair for call in calls for pair in codes_of(call)}
    return found


def test_every_code_of_an_answer_to_a_file_is_explained() -> None:
    codes = emitted()

    assert len(codes) > 35
    assert {carrier for carrier, _ in codes} == CARRIERS
    assert [pair for pair in sorted(codes) if f"| {' '.join(pair)} |" not in page()] == []


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.code)
def test_every_edit_is_explained_as_it_is(edit) -> None:
    weights = f"| {edit.entry or '–'} | {edit.submission or '–'} |"

    [row] = [line for line in page().splitlines() if line.startswith(f"| `{edit.code}` |")]

    assert row.startswith(f"| `{edit.code}` {weights}")
    assert row.endswith(f"| {edit.hint} | {edit.source or 'own'} |")


def test_every_answer_of_the_front_end_is_explained() -> None:
    tree = parsed(SOURCE / "apps" / "payer" / "intake" / "front_end.py")
    answers = {
        tuple(constant(argument) for argument in node.args[:3])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Rejection"
    }

    rows = [f"| {category} {status} | {entity or '–'} |" for category, status, entity in answers]

    assert len(rows) >= 10
    assert [row for row in rows if row not in page()] == []


def test_every_denial_and_pend_is_explained() -> None:
    calls = {"deny", "pend"}
    rules = {
        constant(node.args[0])
        for path in python_files(SOURCE / "rules" / "adjudication")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in calls
    }

    assert len(rules) > 15
    assert sorted(rule for rule in rules if f"| `{rule}` |" not in page()) == []


def test_every_kind_of_work_is_explained() -> None:
    parameters = SOURCE / "apps" / "shared" / "work" / "parameters" / "minutes.yaml"
    kinds = re.findall(r"^    ([a-z_]+): ", parameters.read_text("utf-8"), re.MULTILINE)

    assert len(kinds) > 10
    assert [kind for kind in kinds if f"`{kind}`" not in page()] == []


def test_every_error_is_explained() -> None:
    names = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and value.__module__ == errors.__name__
    ]

    named = [name for name in names if f"| `{name}` |" in page()]

    assert set(names) - set(named) == {"CleanclaimError"}
