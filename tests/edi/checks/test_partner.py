"""Level 7: a partner's own rules as data."""

import pytest
import yaml

from cleanclaim.edi.checks import parse_partner, run
from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.delimiters import Delimiters
from tests.edi.checks.blocks import paths

CLAIM = """
    [2300] CLM*ACCOUNT-7*125***11:B:1
    REF*D9*X1
    HI*ABK:I10
      [2310B] NM1*82*1*VALE*IRIS****XX*1234567893
      [2400] LX*1
      SV1*HC:99213:25*125*UN*1***1
"""

CASES = yaml.safe_load("""
- name: a required segment is missing
  rule: {at: 2300.REF*G1, required: true}
  then: [REF IK304 I6]
- name: a required segment is there
  rule: {at: 2300.REF*D9, required: true}
  then: []
- name: a forbidden segment
  rule: {at: 2300.REF*D9, forbidden: true}
  then: [REF IK304 I9]
- name: a required element is missing
  rule: {at: 2300.CLM.19, required: true}
  then: [CLM19 IK403 I9]
- name: a required component is there
  rule: {at: 2400.SV1.1-3, required: true}
  then: []
- name: a forbidden component
  rule: {at: 2400.SV1.1-3, forbidden: true}
  then: [SV101-3 IK403 I12]
- name: a value that does not fit the pattern
  rule: {at: 2300.CLM.1, pattern: "[0-9]+"}
  then: [CLM01 IK403 I12]
- name: a value that fits only in part does not fit
  rule: {at: 2300.CLM.1, pattern: "ACCOUNT"}
  then: [CLM01 IK403 I12]
- name: one of the partner's codes
  rule: {at: 2300.CLM.5-1, codes: ["11", "22"]}
  then: []
- name: none of the partner's codes
  rule: {at: 2300.CLM.5-1, codes: ["22"]}
  then: [CLM05-1 IK403 I12]
- name: an amount at its limit
  rule: {at: 2300.CLM.2, most: "125.00"}
  then: []
- name: an amount above its limit
  rule: {at: 2300.CLM.2, most: "124.99"}
  then: [CLM02 IK403 I12]
- name: a segment too often
  rule: {at: 2300.REF, most: 0}
  then: [REF IK304 I9]
- name: too long
  rule: {at: 2300.CLM.1, length: 8}
  then: [CLM01 IK403 I12]
- name: a composite is picked by its first component
  rule: {at: 2300.HI*ABK.1-2, pattern: "E.*"}
  then: [HI01-2 IK403 I12]
- name: a rule of another message
  rule: {at: 2300.REF*G1, required: true, message: 837I}
  then: []
""")


def _found(row: dict) -> list:
    rules = parse_partner("OAK", [{"name": "r1", "message": "837P", **row}])
    return list(
        run("837P", paths(CLAIM, "2300"), Delimiters(), levels=frozenset({7}), partner=rules)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_a_partner_s_rule_objects_where_its_table_says(case):
    found = _found(case["rule"])

    places = [
        f"{d.segment}{f'{d.element:02}' if d.element else ''}{f'-{d.component}' if d.component else ''} "
        f"{d.carrier} {d.code}"
        for d in found
    ]
    assert places == case["then"]


def test_a_finding_says_what_the_partner_says_with_its_grade_and_status():
    [defect] = _found(
        {"at": "2300.REF*G1", "required": True, "says": "Oak wants a number", "grade": "warning",
         "status": "252"}
    )  # fmt: skip

    assert (defect.level, defect.rule, defect.message) == (7, "r1", "Oak wants a number")
    assert (defect.is_error, defect.status) == (False, "A6:252")
    assert defect.position == 4  # after the claim's own segments


def test_without_level_7_a_partner_s_rules_are_not_asked():
    rules = parse_partner(
        "OAK", [{"name": "r1", "message": "837P", "at": "2300.REF*G1", "required": True}]
    )

    found = run("837P", paths(CLAIM, "2300"), Delimiters(), levels=frozenset({3}), partner=rules)

    assert list(found) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"name": "", "at": "2300.CLM"}, "a name and a place"),
        ({"name": "r", "at": "claim"}, "a name and a place"),
        ({"name": "r", "at": "2300.CLM.1"}, "expected one of"),
        ({"name": "r", "at": "2300.CLM.1", "required": True, "length": 3}, "expected one of"),
        ({"name": "r", "at": "2300.CLM.1", "pattern": "("}, "pattern"),
        ({"name": "r", "at": "2300.CLM.1", "length": "long"}, "expected a number"),
        ({"name": "r", "at": "2300.CLM.1", "length": "1.5"}, "expected a whole number"),
        ({"name": "r", "at": "2300.REF", "most": "1.5"}, "expected a whole number"),
        ({"name": "r", "at": "2300.REF", "pattern": "x"}, "names no element"),
        ({"name": "r", "at": "2300.CLM.1", "required": True, "grade": "fatal"}, "error or warning"),
        ({"name": "r", "at": "2300.CLM.1", "required": True, "message": "837X"}, "no message"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_refused_with_the_reason(row, words):
    with pytest.raises(InputError, match=words):
        parse_partner("OAK", [{"message": "837P", **row}])
