"""Every edit is in the registry once, has cases, and says what to do."""

from pathlib import Path

import cleanclaim.rules.edits
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.rules.edits import EDITS, can_fix, fix
from tests.rules import make

FOLDER = Path(cleanclaim.rules.edits.__file__).parent
CLAIM = make.claim({"lines": [{"code": "99213", "charge": "100.00"}]})


def test_every_folder_is_registered_and_has_cases() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/rule.py")}

    assert {edit.check.__module__.split(".")[-2] for edit in EDITS} == folders
    assert {path.parent.name for path in FOLDER.glob("*/cases.yaml")} == folders


def test_codes_are_unique_and_hints_are_there() -> None:
    assert len({edit.code for edit in EDITS}) == len(EDITS)
    assert all(edit.hint for edit in EDITS)


def test_only_a_finding_with_a_fix_can_be_mended() -> None:
    with_fix = Finding("line.modifier_25.missing", Severity.HOLD, "lines.1.modifiers", "words")
    without = Finding("claim.lines.none", Severity.HOLD, "lines", "words")
    unknown = Finding("no.such.edit", Severity.HOLD, "", "words")

    assert [can_fix(f) for f in (with_fix, without, unknown)] == [True, False, False]
    assert fix(CLAIM, without) is None
    assert fix(CLAIM, unknown) is None
