"""What holds for every decision, whatever the claim."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from cleanclaim.kernel.errors import InputError, InvariantError
from cleanclaim.kernel.money import is_whole_cents
from cleanclaim.rules.adjudication import adjudicate, reverse, to_claim_payment
from cleanclaim.values.codec import from_json, to_json
from cleanclaim.values.decision import Decision, Outcome
from tests.rules import make
from tests.rules.worlds import claims, contexts, world


@settings(max_examples=120, deadline=None)
@given(claims(), contexts())
def test_every_line_balances_and_every_amount_is_whole_cents(
    raw_claim: dict[str, Any], raw_context: dict[str, Any]
) -> None:
    claim, context = world(raw_claim, raw_context)

    decision = adjudicate(claim, context)

    assert decision.charge == claim.charge
    for line in decision.lines:
        assert line.difference == 0
        assert line.paid >= 0
        assert is_whole_cents(line.paid)
        assert all(is_whole_cents(a.amount) and a.amount for a in line.adjustments)
        assert line.steps


@settings(max_examples=120, deadline=None)
@given(claims(), contexts())
def test_a_claim_never_takes_more_than_is_left_to_the_maximum(
    raw_claim: dict[str, Any], raw_context: dict[str, Any]
) -> None:
    claim, context = world(raw_claim, raw_context)
    plan = context.member.coverages[0].plan

    decision = adjudicate(claim, context)

    limits = [("family", plan.family_out_of_pocket, 3)]
    if not plan.aggregate:
        limits.append(("member", plan.out_of_pocket, 2))
    for scope, limit, place in limits:
        before = Decimal(str(raw_context["used"][2026][place]))
        taken = sum(
            c.amount
            for c in decision.accumulators
            if c.scope == scope and c.kind == "out_of_pocket" and c.year == 2026
        )
        if limit is not None:
            assert taken <= max(limit - before, Decimal(0))


@settings(max_examples=60, deadline=None)
@given(claims(), contexts())
def test_the_same_claim_and_context_give_the_same_decision(
    raw_claim: dict[str, Any], raw_context: dict[str, Any]
) -> None:
    first = adjudicate(*world(raw_claim, raw_context))

    again = adjudicate(*world(raw_claim, raw_context))

    assert again == first
    assert from_json(to_json(first), Decision) == first


@settings(max_examples=60, deadline=None)
@given(claims(), contexts())
def test_an_answer_and_its_reversal_cancel(
    raw_claim: dict[str, Any], raw_context: dict[str, Any]
) -> None:
    claim, context = world(raw_claim, raw_context)
    decision = adjudicate(claim, context)
    if decision.outcome is Outcome.PEND:
        return

    payment = to_claim_payment(claim, decision, payer_control_number="ICN-1")

    back = reverse(payment)
    assert payment.difference == back.difference == 0
    assert payment.paid + back.paid == 0
    assert back.status_code == "22"
    assert back.payer_control_number == payment.payer_control_number
    assert reverse(back).lines == payment.lines


def test_a_negative_charge_is_refused_not_decided() -> None:
    claim = make.claim({"lines": [{"code": "99213", "charge": "-1.00"}]})

    with pytest.raises(InputError, match=r"line 1: charge -1\.00, expected zero or more"):
        adjudicate(claim, make.context())


def test_a_claim_without_lines_is_answered_in_balance() -> None:
    claim = make.claim({"lines": [], "charge": "100.00"})

    decision = adjudicate(claim, make.context())

    payment = to_claim_payment(claim, decision, payer_control_number="ICN-1")
    assert decision.outcome is Outcome.DENY
    assert [a.code for a in payment.adjustments] == ["CO-16"]
    assert payment.difference == 0


def test_a_pended_claim_is_not_remitted() -> None:
    claim = make.claim({"lines": [{"code": "99213", "charge": "100.00"}]})
    decision = adjudicate(claim, make.context({"options": {"high_dollar": "100"}}))

    with pytest.raises(InvariantError, match="outcome pend"):
        to_claim_payment(claim, decision, payer_control_number="ICN-1")


def test_the_trace_of_a_line_can_be_read_aloud() -> None:
    claim = make.claim({"lines": [{"code": "99214-25", "charge": "185.00"}]})
    context = make.context({"plan": {"deductible": 500}, "used": {2026: ["450"] * 4}})

    steps = adjudicate(claim, context).lines[0].steps

    assert [(str(s.amount), str(s.balance)) for s in steps] == [
        ("None", "132.00"),
        ("-53.00", "132.00"),
        ("-50.00", "82.00"),
        ("-16.40", "65.60"),
    ]
    assert steps[3].words == "The member pays 20 % coinsurance of 82.00: 16.40."
    assert steps[3].edition == "Blue Harbor PPO 2026"


def test_the_trace_of_a_claim_names_the_checks_that_it_passed() -> None:
    claim = make.claim({"lines": [{"code": "70551", "charge": "150.00"}]})
    context = make.context(
        {
            "plan": {"authorization_required": ["70551"]},
            "authorizations": [{"number": "A-1", "from": "2026-11-01", "units": 3}],
        }
    )

    steps = adjudicate(claim, context).steps

    assert [step.rule for step in steps] == [
        "eligibility.covered",
        "filing.in_time",
        "duplicate.none",
        "authorization.used",
        "claim.outcome",
    ]
    assert steps[1].words == (
        "The claim came in on Nov 12, 2026, 3 days after the last service; the limit is 365 days."
    )
