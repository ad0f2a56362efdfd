"""Remittances balance, and forward balances go in and out with the right sign."""

from datetime import date
from decimal import Decimal

from cleanclaim.rules.adjudication import (
    ForwardBalance,
    build_remittance,
    carried_forward,
    reverse,
)
from cleanclaim.values.remittance import ClaimPayment, Remittance
from tests.rules import make


def paid(amount: str) -> ClaimPayment:
    """A claim that pays the amount in full."""
    return make.payment({"lines": [{"code": "99213", "charge": amount, "paid": amount}]})


def remit(*claims: ClaimPayment, brought: ForwardBalance | None = None) -> Remittance:
    return build_remittance(
        payer=make.PAYER,
        payee=make.BILLING,
        claims=claims,
        trace_number="T-2",
        payer_trace_id="1999999999",
        paid_on=date(2026, 11, 25),
        brought_forward=brought,
    )


def test_the_payment_is_the_sum_of_its_claims() -> None:
    remittance = remit(paid("80.00"), paid("15.20"))

    assert remittance.paid == Decimal("95.20")
    assert remittance.difference == 0
    assert (remittance.method, remittance.handling) == ("ACH", "I")


def test_a_reversal_and_its_correction_pay_the_difference() -> None:
    remittance = remit(reverse(paid("220.00")), paid("240.00"))

    assert remittance.paid == Decimal("20.00")
    assert remittance.provider_adjustments == ()


def test_what_would_be_below_zero_is_carried_forward_with_a_negative_amount() -> None:
    remittance = remit(reverse(paid("80.00")), paid("30.00"))

    assert remittance.paid == 0
    assert [(a.reason, a.amount) for a in remittance.provider_adjustments] == [
        ("FB", Decimal("-50.00"))
    ]
    assert remittance.difference == 0
    assert (remittance.method, remittance.handling) == ("NON", "H")
    assert carried_forward(remittance) == ForwardBalance(Decimal("50.00"), "T-2")


def test_the_next_payment_takes_the_balance_back() -> None:
    remittance = remit(paid("80.00"), brought=ForwardBalance(Decimal("50.00"), "T-1"))

    assert remittance.paid == Decimal("30.00")
    assert [(a.reason, a.reference, a.amount) for a in remittance.provider_adjustments] == [
        ("FB", "T-1", Decimal("50.00"))
    ]
    assert carried_forward(remittance) is None


def test_a_balance_larger_than_the_payment_rolls_on() -> None:
    remittance = remit(paid("20.00"), brought=ForwardBalance(Decimal("50.00"), "T-1"))

    assert remittance.paid == 0
    assert remittance.difference == 0
    assert carried_forward(remittance) == ForwardBalance(Decimal("30.00"), "T-2")


def test_a_denied_claim_alone_is_a_notice_without_money() -> None:
    denied = make.payment(
        {
            "lines": [
                {
                    "code": "99213",
                    "charge": "100.00",
                    "paid": "0",
                    "adjustments": [["CO", "29", "100.00"]],
                }
            ]
        }
    )

    remittance = remit(denied)

    assert (remittance.paid, remittance.method, remittance.handling) == (0, "NON", "H")
