"""From decisions to a remittance: claim payments, reversals, and one balanced payment per payee."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim, Procedure, ServiceLine
from cleanclaim.values.decision import Decision, LineDecision
from cleanclaim.values.party import Payer, Provider, Role
from cleanclaim.values.remittance import (
    ClaimPayment,
    LinePayment,
    ProviderAdjustment,
    Remittance,
)

NOT_RECOGNIZED = "31"
STATUS_BY_ORDER = {"P": "1", "U": "1", "S": "2"}
# An 835 knows fewer filing indicators than an 837 (CI, BL, FI, 11 are missing): the rest is ZZ.
FILING_INDICATORS = frozenset(
    [
        "12",
        "13",
        "14",
        "15",
        "16",
        "17",
        "AM",
        "CH",
        "DS",
        "HM",
        "LM",
        "MA",
        "MB",
        "MC",
        "OF",
        "TV",
        "VA",
        "WC",
        "ZZ",
    ]
)


def to_claim_payment(
    claim: Claim,
    decision: Decision,
    *,
    payer_control_number: str,
    received_on: date | None = None,
) -> ClaimPayment:
    """The 835 answer to one claim version. CLP03 is the charge as submitted; the difference to the lines, if
    any, is a claim-level CO-16 (the claim was denied for it).

    Raises:
        InvariantError: the answer does not balance, or the decision pends or informs only.
    """
    if decision.outcome.value in ("pend", "inform"):
        raise InvariantError(
            f"claim {payer_control_number}: outcome {decision.outcome.value}, expected one to remit"
        )
    by_number = {line.number: line for line in claim.lines}
    lines = tuple(_line_payment(by_number[line.number], line) for line in decision.lines)
    unexplained = claim.charge - decision.charge
    payment = ClaimPayment(
        control_number=claim.control_number,
        status_code=_status(claim, decision),
        charge=claim.charge,
        paid=decision.paid,
        patient_responsibility=decision.patient_responsibility,
        filing_indicator=_filing_indicator(claim),
        payer_control_number=payer_control_number,
        place_of_service=claim.place_of_service,
        frequency_code=claim.frequency_code,
        patient=claim.patient_person,
        subscriber=claim.subscriber.person if claim.patient else None,
        rendering=next((p for p in claim.providers if p.role is Role.RENDERING), None),
        lines=lines,
        adjustments=(Adjustment(Group.CONTRACTUAL, "16", unexplained),) if unexplained else (),
        remark_codes=("M54",) if unexplained and lines else ("M51",) if unexplained else (),
        service_from=claim.service_from,
        service_to=claim.service_to,
        received_on=received_on,
        allowed=decision.allowed or None,
    )
    if payment.difference:
        raise InvariantError(
            f"claim {payer_control_number}: answer is out of balance by {payment.difference}"
        )
    return payment


def _filing_indicator(claim: Claim) -> str:
    sent = claim.subscriber.filing_indicator
    return sent if sent in FILING_INDICATORS else "ZZ"


def _status(claim: Claim, decision: Decision) -> str:
    """CLP02: 1, 2, 3 also for denials; 4 only for a patient not recognized."""
    reasons = {a.reason for line in decision.lines for a in line.adjustments if a.reason != "23"}
    if reasons == {NOT_RECOGNIZED}:
        return "4"
    return STATUS_BY_ORDER.get(claim.subscriber.payer_order, "3")


def _line_payment(line: ServiceLine, decision: LineDecision) -> LinePayment:
    return LinePayment(
        procedure=line.procedure if line.procedure.code else Procedure(line.revenue_code, (), "NU"),
        charge=decision.charge,
        paid=decision.paid,
        quantity=line.quantity,
        service_from=line.service_from,
        service_to=line.service_to,
        adjustments=decision.adjustments,
        allowed=decision.allowed or None,
        remark_codes=decision.remark_codes,
        line_control_number=line.control_number,
        revenue_code=line.revenue_code if line.procedure.code else "",
    )


def reverse(payment: ClaimPayment) -> ClaimPayment:
    """The answer that takes `payment` back: CLP02 22, every amount negated, the same CLP07."""
    return replace(
        payment,
        status_code="22",
        charge=-payment.charge,
        paid=-payment.paid,
        patient_responsibility=-payment.patient_responsibility,
        allowed=None if payment.allowed is None else -payment.allowed,
        interest=None if payment.interest is None else -payment.interest,
        adjustments=_negated(payment.adjustments),
        lines=tuple(
            replace(
                line,
                charge=-line.charge,
                paid=-line.paid,
                allowed=None if line.allowed is None else -line.allowed,
                adjustments=_negated(line.adjustments),
            )
            for line in payment.lines
        ),
    )


def _negated(adjustments: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(replace(a, amount=-a.amount) for a in adjustments)


@dataclass(frozen=True, slots=True)
class ForwardBalance:
    """What a payee still owes from an earlier remittance: dollars above zero, and that one's reference."""

    amount: Decimal
    reference: str


def build_remittance(
    *,
    payer: Payer,
    payee: Provider,
    claims: Sequence[ClaimPayment],
    trace_number: str,
    payer_trace_id: str,
    paid_on: date,
    method: str = "ACH",
    brought_forward: ForwardBalance | None = None,
    provider_adjustments: Sequence[ProviderAdjustment] = (),
) -> Remittance:
    """One payment to one payee: BPR02 = sum of CLP04 - sum of PLB, never below zero.

    A balance brought forward is a positive FB and reduces the payment; what would be below zero is carried
    to the next one as a negative FB under this trace number (TR3 835, section 1.10.2.12). Nothing to pay:
    method NON, notice only.

    Raises:
        InvariantError: the remittance does not balance, or a claim in it does not.
    """
    fiscal_period_end = date(paid_on.year, 12, 31)
    provider_id = payee.npi or payee.tin
    adjustments = list(provider_adjustments)
    if brought_forward and brought_forward.amount > 0:
        adjustments.append(
            ProviderAdjustment(
                provider_id,
                fiscal_period_end,
                "FB",
                brought_forward.reference,
                brought_forward.amount,
            )
        )
    net = total(claim.paid for claim in claims) - total(a.amount for a in adjustments)
    if net < 0:
        adjustments.append(
            ProviderAdjustment(provider_id, fiscal_period_end, "FB", trace_number, net)
        )
    paid = max(net, ZERO)
    remittance = Remittance(
        payer=payer,
        payee=payee,
        paid=paid,
        trace_number=trace_number,
        payer_trace_id=payer_trace_id,
        paid_on=paid_on,
        method=method if paid else "NON",
        handling="I" if paid else "H",
        produced_on=paid_on,
        claims=tuple(claims),
        provider_adjustments=tuple(adjustments),
    )
    _check_balance(remittance)
    return remittance


def _check_balance(remittance: Remittance) -> None:
    broken = [claim.payer_control_number for claim in remittance.claims if claim.difference]
    if broken:
        raise InvariantError(f"remittance {remittance.trace_number}: {broken[0]} does not balance")
    if remittance.difference:
        raise InvariantError(
            f"remittance {remittance.trace_number}: out of balance by {remittance.difference}"
        )


def carried_forward(remittance: Remittance) -> ForwardBalance | None:
    """What the payee owes after this remittance: its negative FB, as a positive amount."""
    for adjustment in remittance.provider_adjustments:
        if adjustment.reason == "FB" and adjustment.amount < 0:
            return ForwardBalance(-adjustment.amount, adjustment.reference)
    return None
