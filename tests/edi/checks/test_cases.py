"""Every check against its table: units written as text, and where it objects (`cases/*.yaml`).

`then` names segment, element and component with the code, `warning` after it for one: `CLM02 I12`, `CLM11-4 I9`,
`DTP I6`, `NM109 I12 warning`.
"""

from datetime import date
from pathlib import Path

import pytest
import yaml

from cleanclaim.edi.checks import RULES, run
from cleanclaim.wire.x12.delimiters import Delimiters
from tests.edi.checks.blocks import paths

LEAF = {
    "837P": "2300",
    "837I": "2300",
    "837D": "2300",
    "835": "2100",
    "834": "2000",
    "820": "2000B",
    "275": "2000",
}


def _cases() -> list[dict]:
    found = []
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")):
            common = {key: group[key] for key in ("rule", "message", "day") if key in group}
            found += [{**common, **case} for case in group["cases"]]
    return found


CASES = _cases()


def _run(case: dict) -> list[str]:
    found = run(
        case["message"],
        paths(case["given"], LEAF.get(case["message"], "")),
        Delimiters(),
        names=frozenset({case["rule"]}),
        on=date.fromisoformat(str(case.get("day", "2026-03-02"))),
    )
    return [
        f"{d.segment}"
        + (f"{d.element:02}" if d.element else "")
        + (f"-{d.component}" if d.component else "")
        + f" {d.code}"
        + ("" if d.is_error else " warning")
        for d in found
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['message']} {c['rule']}: {c['name']}")
def test_a_check_objects_where_its_table_says(case):
    assert _run(case) == case["then"]


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_check_has_a_case_that_passes_and_one_that_fails(name):
    cases = [case for case in CASES if case["rule"] == name]

    assert any(case["then"] for case in cases)
    assert any(not case["then"] for case in cases)
    assert {case["message"] for case in cases} <= set(RULES[name].messages)
