"""The plan's own books: decisions, their reversal, and payments.

decision        Dr medical claims expense       Cr claims payable (provider) or member payable
reversal        the exact opposite
disbursement    Dr claims payable               Cr payments outstanding
                PLB: negative (forward balance carried) Dr overpayments recoverable, positive Cr
"""

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import (
    CLAIMS_EXPENSE,
    CLAIMS_PAYABLE,
    MEMBER_PAYABLE,
    OVERPAYMENT_RECOVERABLE,
    PAYMENTS_OUTSTANDING,
)
from cleanclaim.values.decision import Decision
from cleanclaim.values.entry import Leg
from cleanclaim.values.remittance import Remittance

RECOVERY_REASONS = frozenset(("FB", "WO", "72"))


def plan_decision_legs(
    decision: Decision, *, claim_id: int = 0, patient_id: int = 0
) -> tuple[Leg, ...]:
    """The legs of a decision, line by line; none where nothing is paid."""
    legs: list[Leg] = []
    for line in decision.lines:
        for account, amount in (
            (CLAIMS_PAYABLE.code, line.paid),
            (MEMBER_PAYABLE.code, line.paid_to_member),
        ):
            if amount:
                for code, signed in ((CLAIMS_EXPENSE.code, amount), (account, -amount)):
                    legs.append(
                        Leg(
                            code,
                            signed,
                            claim_id=claim_id,
                            line_number=line.number,
                            patient_id=patient_id,
                        )
                    )
    return tuple(legs)


def plan_decision_reversal_legs(
    decision: Decision, *, claim_id: int = 0, patient_id: int = 0
) -> tuple[Leg, ...]:
    """The legs that take a decision back. Money already sent to a member becomes recoverable from them."""
    legs = plan_decision_legs(decision, claim_id=claim_id, patient_id=patient_id)
    return tuple(
        Leg(
            leg.account,
            -leg.amount,
            claim_id=leg.claim_id,
            line_number=leg.line_number,
            patient_id=leg.patient_id,
            reason="reversal",
        )
        for leg in legs
    )


def plan_disbursement_legs(remittance: Remittance, *, payee_id: int = 0) -> tuple[Leg, ...]:
    """The legs of one payment to one provider; none for a remittance without money.

    Raises:
        InputError: a provider adjustment has no account on the plan's side.
    """
    unknown = [
        a.reason for a in remittance.provider_adjustments if a.reason not in RECOVERY_REASONS
    ]
    if unknown:
        raise InputError(f"provider adjustment {unknown[0]}: the plan has no account for it")
    claims = total(claim.paid for claim in remittance.claims)
    recovered = sum((a.amount for a in remittance.provider_adjustments), ZERO)
    trace = f"{remittance.payer_trace_id}:{remittance.trace_number}"
    parts = (
        (CLAIMS_PAYABLE.code, claims),
        (OVERPAYMENT_RECOVERABLE.code, -recovered),
        (PAYMENTS_OUTSTANDING.code, -remittance.paid),
    )
    return tuple(
        Leg(code, amount, payer_id=payee_id, trace=trace) for code, amount in parts if amount
    )


def plan_member_payment_legs(
    decision: Decision, *, claim_id: int = 0, trace: str = ""
) -> tuple[Leg, ...]:
    """The legs of the payment to a member who kept the benefits; none where there is none."""
    amount = decision.paid_to_member
    if not amount:
        return ()
    return (
        Leg(MEMBER_PAYABLE.code, amount, claim_id=claim_id, trace=trace),
        Leg(PAYMENTS_OUTSTANDING.code, -amount, claim_id=claim_id, trace=trace),
    )
