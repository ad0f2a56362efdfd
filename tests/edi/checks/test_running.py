"""The runner: levels, names, grades, blocks above a unit once, what only the whole message shows."""

from datetime import date

import pytest

from cleanclaim.edi.checks import RULES, Checker, run, select
from cleanclaim.edi.checks.registry import loop_check
from cleanclaim.wire.x12.delimiters import Delimiters
from tests.edi.checks.blocks import paths

TWO_CLAIMS = """
    [837] ST*837*1
      [2000A] HL*1**20*1
        [2010AA] NM1*85*2*X*****XX*1234567890
        [2000B] HL*2*1*22*0
        SBR*P*18
          [2300] CLM*A*100
            [2400] LX*1
            SV1*HC:99213*99*UN*1
          [2300] CLM*B*100
            [2400] LX*2
            SV1*HC:99213*100*UN*1
"""


def _run(**wanted):
    return list(run("837P", paths(TWO_CLAIMS, "2300"), Delimiters(), **wanted))


def test_only_the_wanted_levels_are_asked():
    assert {d.level for d in _run(levels=frozenset({3}))} == {3}
    assert {d.level for d in _run(levels=frozenset({2, 5}))} == {2, 5}


def test_only_the_named_checks_are_asked():
    found = _run(names=frozenset({"claim-total"}))

    assert [(d.rule, d.position, d.loop, d.value) for d in found] == [
        ("claim-total", 6, "2300", "100")
    ]


def test_a_provider_above_two_claims_is_judged_once():
    found = _run(names=frozenset({"npi"}))

    assert [(d.position, d.segment) for d in found] == [(3, "NM1")]


def test_a_grade_can_be_raised_lowered_or_switched_off():
    names = frozenset({"npi"})

    assert [d.is_error for d in _run(names=names)] == [False]
    assert [d.is_error for d in _run(names=names, grades={"npi": "error"})] == [True]
    assert _run(names=names, grades={"npi": "off"}) == []


def test_findings_of_a_unit_come_in_the_order_of_the_file():
    for path in paths(TWO_CLAIMS, "2300"):
        found = Checker("837P", Delimiters(), on=date(2026, 3, 2)).check(path)
        assert [d.position for d in found] == sorted(d.position for d in found)


def test_a_finding_of_a_claim_says_what_a_277ca_would_answer():
    [defect] = _run(names=frozenset({"npi"}))

    assert (defect.status, defect.reference) == ("A7:562:85", "67")


def test_a_payment_of_ten_thousand_claims_is_added_up_one_at_a_time():
    head = "[835] ST*835*1\nBPR*I*10000*C*ACH\n  [2000] LX*1\n"
    text = head + "    [2100] CLP*A*1*1*1\n" * 10_000
    checker = Checker("835", Delimiters(), levels=frozenset({3}))

    for path in paths(text, "2100"):
        assert checker.check(path) == []

    assert checker.finish() == []


def test_a_message_without_a_unit_is_judged_as_a_whole():
    [path] = paths("[835] ST*835*1\nBPR*I*25*C*ACH\nPLB*1*20261231*L6*-24", "2100")
    checker = Checker("835", Delimiters(), levels=frozenset({3}))

    assert [d.rule for d in checker.finish(path[0])] == ["payment-total"]


@pytest.mark.parametrize("name", sorted({m for check in RULES.values() for m in check.messages}))
def test_every_message_has_checks_and_each_says_something(name):
    checks = select(name, frozenset(range(2, 8)))

    assert checks
    assert all(check.says.endswith(".") and 3 <= len(check.says) <= 160 for check in checks)
    assert all(2 <= check.level <= 6 for check in checks)


def test_two_checks_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two checks are called npi"):
        loop_check("npi", 5, ("837P",), ("2300",), "Again.")(lambda unit, block: ())
