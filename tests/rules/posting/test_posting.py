"""Proposed legs sum to zero, move what the messages say, and what is reversed is as if it had never been."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import allocate
from cleanclaim.rules.adjudication import adjudicate, build_remittance, reverse, to_claim_payment
from cleanclaim.rules.posting import (
    default_policy,
    payer_bucket,
    plan_charge,
    plan_decision_legs,
    plan_decision_reversal_legs,
    plan_disbursement_legs,
    plan_member_payment_legs,
    plan_posting,
    plan_provider_adjustments,
)
from cleanclaim.rules.proof import ClaimState, claim_money, ledger_money
from cleanclaim.values.decision import Outcome
from cleanclaim.values.entry import Entry, Leg
from cleanclaim.values.remittance import ProviderAdjustment
from tests.rules import make
from tests.rules.worlds import claims, contexts, world

POLICY = default_policy()
DAY = date(2026, 11, 25)


def by_account(legs: Any) -> dict[str, Decimal]:
    """Sums by account, zeroes left out."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for leg in legs:
        sums[leg.account] += leg.amount
    return {account: amount for account, amount in sums.items() if amount}


def entry(legs: tuple[Leg, ...]) -> Entry:
    """An entry of the legs: it refuses legs that do not balance or name no item."""
    return Entry("test", "key", DAY, DAY, legs)


@settings(max_examples=120, deadline=None)
@given(claims(), contexts())
def test_the_whole_way_of_a_claim_adds_up(
    raw_claim: dict[str, Any], raw_context: dict[str, Any]
) -> None:
    claim, context = world(raw_claim, raw_context)
    bucket = payer_bucket(claim)
    items = make.items(claim, bucket)
    charge_legs = plan_charge(claim, items, POLICY)
    decision = adjudicate(claim, context)
    if decision.outcome is Outcome.PEND:
        return
    payment = to_claim_payment(claim, decision, payer_control_number="ICN-1")

    plan = plan_posting(payment, items, POLICY, trace="1:T")

    assert not plan.is_held, plan.hold
    for legs in (charge_legs, plan.legs):
        if legs:
            entry(legs)
    sums = by_account((*charge_legs, *plan.legs))
    get = sums.get
    state = ClaimState.DENIED if decision.outcome is Outcome.DENY else ClaimState.PAID
    from_ledger = ledger_money(
        state,
        charged=-get("revenue:patient-services", Decimal(0)),
        paid=get("asset:remit-clearing", Decimal(0)),
        prior_paid=get("asset:prior-payer-cash", Decimal(0)),
        contractual=get("contra:contractual", Decimal(0)),
        other=get("contra:other", Decimal(0)),
        patient=get("receivable:patient", Decimal(0)),
        denied=plan.denied,
        open_with_payer=get(f"receivable:{bucket}", Decimal(0)),
    )
    from_messages = claim_money(claim, state, [payment], POLICY)
    assert from_ledger == from_messages
    assert from_messages.difference == 0
    assert from_messages.charged == claim.charge
    assert from_messages.patient == decision.patient_responsibility


@settings(max_examples=60, deadline=None)
@given(claims(), contexts())
def test_a_reversal_leaves_nothing_behind(
    raw_claim: dict[str, Any], raw_context: dict[str, Any]
) -> None:
    claim, context = world(raw_claim, raw_context)
    decision = adjudicate(claim, context)
    if decision.outcome is Outcome.PEND:
        return
    items = make.items(claim, payer_bucket(claim))
    payment = to_claim_payment(claim, decision, payer_control_number="ICN-1")

    there = plan_posting(payment, items, POLICY)
    back = plan_posting(reverse(payment), items, POLICY)

    assert by_account((*there.legs, *back.legs)) == {}
    assert there.patient_amount + back.patient_amount == 0
    assert there.denied + back.denied == 0
    assert not [w for w in back.work if w.kind == "denial"]


@settings(max_examples=60, deadline=None)
@given(claims(), contexts())
def test_the_plans_ledger_owes_what_the_decision_pays(
    raw_claim: dict[str, Any], raw_context: dict[str, Any]
) -> None:
    decision = adjudicate(*world(raw_claim, raw_context))

    legs = plan_decision_legs(decision, claim_id=7)

    if legs:
        entry(legs)
    sums = by_account(legs)
    assert -sums.get("liability:claims-payable", Decimal(0)) == decision.paid
    assert -sums.get("liability:member-payable", Decimal(0)) == decision.paid_to_member
    assert by_account((*legs, *plan_decision_reversal_legs(decision, claim_id=7))) == {}


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(0, 10**7), min_size=1, max_size=30).filter(any),
)
def test_shares_add_up_to_the_amount(pot: int, weights: list[int]) -> None:
    amount = Decimal(pot) / 100

    shares = allocate(amount, weights)

    assert sum(shares) == amount
    assert all(share >= 0 for share in shares)
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if not weight)


def test_a_charge_with_an_earlier_payers_answer_leaves_the_patients_part_open() -> None:
    claim = make.claim(
        {
            "order": "S",
            "others": [{"paid": "65.60"}],
            "lines": [
                {
                    "code": "99214-25",
                    "charge": "185.00",
                    "prior": [
                        {
                            "paid": "65.60",
                            "adjustments": [["CO", "45", "53.00"], ["PR", "1", "66.40"]],
                        }
                    ],
                }
            ],
        }
    )

    legs = plan_charge(claim, make.items(claim, "payer:2"), POLICY)

    assert by_account(legs) == {
        "revenue:patient-services": Decimal("-185.00"),
        "asset:prior-payer-cash": Decimal("65.60"),
        "contra:contractual": Decimal("53.00"),
        "receivable:payer:2": Decimal("66.40"),
    }


def test_an_encounter_makes_no_receivable() -> None:
    claim = make.claim({"purpose": "RP", "lines": [{"code": "99213", "charge": "100.00"}]})

    assert plan_charge(claim, make.items(claim), POLICY) == ()


def test_items_that_do_not_fit_the_lines_are_refused() -> None:
    claim = make.claim({"lines": [{"code": "99213", "charge": "100.00"}]})

    with pytest.raises(InputError, match="0 open items for 1 lines"):
        plan_charge(claim, (), POLICY)


def plb(reason: str, amount: str) -> ProviderAdjustment:
    return ProviderAdjustment("1234567893", date(2026, 12, 31), reason, "REF-1", Decimal(amount))


@pytest.mark.parametrize(
    ("reason", "amount", "account", "expected"),
    [
        ("FB", "-50.00", "liability:payer-takeback", "-50.00"),  # carried: owed to the payer
        ("FB", "50.00", "liability:payer-takeback", "50.00"),  # taken back: settled
        ("WO", "50.00", "liability:payer-takeback", "50.00"),
        ("72", "-50.00", "liability:payer-takeback", "-50.00"),
        ("L6", "-1.20", "income:interest", "-1.20"),  # interest paid to us
    ],
)
def test_provider_adjustments_post_by_their_sign(
    reason: str, amount: str, account: str, expected: str
) -> None:
    plan = plan_provider_adjustments([plb(reason, amount)], trace="1:T")

    assert by_account(plan.legs) == {
        account: Decimal(expected),
        "asset:remit-clearing": -Decimal(amount),
    }


def test_an_unknown_provider_adjustment_holds_the_payment() -> None:
    plan = plan_provider_adjustments([plb("ZZ", "5.00"), plb("FB", "5.00")])

    assert plan.legs == ()
    assert plan.hold == (
        "provider adjustment ZZ has no account here; name it under Posting rules (PLB-ZZ, action other)"
    )
    assert plan.pattern == "PLB-ZZ"
    assert [bool(account) for account in plan.accounts] == [False, True]


def test_clearing_of_a_trace_equals_the_deposit_also_when_a_balance_is_carried() -> None:
    claim = make.claim({"lines": [{"code": "99213", "charge": "125.00"}]})
    payment = to_claim_payment(
        claim, adjudicate(claim, make.context()), payer_control_number="ICN-1"
    )
    remittance = build_remittance(
        payer=make.PAYER,
        payee=make.BILLING,
        claims=[reverse(payment)],
        trace_number="T-1",
        payer_trace_id="1999999999",
        paid_on=DAY,
    )

    posted = plan_posting(remittance.claims[0], make.items(claim), POLICY)
    adjusted = plan_provider_adjustments(remittance.provider_adjustments)
    disbursed = plan_disbursement_legs(remittance)

    sums = by_account((*posted.legs, *adjusted.legs))
    assert sums.get("asset:remit-clearing", Decimal(0)) == remittance.paid == 0
    assert sums["liability:payer-takeback"] == Decimal("-80.00")
    assert by_account(disbursed) == {
        "liability:claims-payable": Decimal("-80.00"),
        "asset:overpayments-recoverable": Decimal("80.00"),
    }


def test_the_plan_pays_a_member_who_kept_the_benefits() -> None:
    claim = make.claim({"benefits_assigned": "N", "lines": [{"code": "99213", "charge": "125.00"}]})
    decision = adjudicate(claim, make.context())

    legs = (*plan_decision_legs(decision), *plan_member_payment_legs(decision, trace="1:M"))

    assert by_account(legs) == {
        "expense:medical-claims": Decimal("80.00"),
        "liability:payments-outstanding": Decimal("-80.00"),
    }


def test_the_plan_refuses_a_provider_adjustment_without_an_account() -> None:
    remittance = build_remittance(
        payer=make.PAYER,
        payee=make.BILLING,
        claims=[],
        trace_number="T-1",
        payer_trace_id="1999999999",
        paid_on=DAY,
        provider_adjustments=[plb("L6", "-1.20")],
    )

    with pytest.raises(InputError, match="provider adjustment L6"):
        plan_disbursement_legs(remittance)


def test_lines_are_matched_by_their_own_number_before_anything_else() -> None:
    claim = make.claim(
        {"lines": [{"code": "99213", "charge": "100.00"}, {"code": "99213", "charge": "100.00"}]}
    )
    payment = make.payment(
        {
            "lines": [
                {
                    "code": "99213",
                    "charge": "100.00",
                    "paid": "90.00",
                    "control_number": "L2",
                    "adjustments": [["CO", "45", "10.00"]],
                },
                {
                    "code": "99213",
                    "charge": "100.00",
                    "paid": "80.00",
                    "control_number": "L1",
                    "adjustments": [["CO", "45", "20.00"]],
                },
            ]
        }
    )

    plan = plan_posting(payment, make.items(claim), POLICY)

    cash = {
        leg.line_number: leg.amount for leg in plan.legs if leg.account == "asset:remit-clearing"
    }
    assert cash == {2: Decimal("90.00"), 1: Decimal("80.00")}
