"""What became of 835 files, payment by payment and claim by claim: for the command line and its JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Sum

from cleanclaim.apps.billing.remittances.matching import likely_claims
from cleanclaim.apps.billing.remittances.models import (
    Outcome,
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
    State,
)
from cleanclaim.apps.billing.remittances.plans import Place, RemittancePlan
from cleanclaim.apps.billing.remittances.seals import legs_of
from cleanclaim.apps.billing.remittances.services.receiving import Refused
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import CONTRACTUAL, REMIT_CLEARING
from cleanclaim.values.entry import Leg


class PaymentState(StrEnum):
    """What became of one payment (TRN)."""

    POSTED = "posted"
    HELD = "held"  # nothing of it is posted; a person looks
    REFUSED = "refused"  # it was received before, or cannot be posted now
    ALREADY = "already"  # posted by an earlier run


@dataclass(frozen=True, slots=True)
class CandidateReport:
    """A claim that a held payment may answer."""

    claim_id: int
    control_number: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """One claim payment. Amounts are what it moves: held ones move cash to unapplied only."""

    control_number: str
    status: str
    outcome: str
    claim_id: int | None
    paid: Decimal
    contractual: Decimal
    other: Decimal
    patient: Decimal
    denied: Decimal
    hold: str
    candidates: tuple[CandidateReport, ...]
    notes: tuple[str, ...]
    crossed_over_to: str


@dataclass(frozen=True, slots=True)
class PaymentReport:
    """One payment. `entries` are sums by account; `difference` what clearing does not bear out of `paid`."""

    file: str
    trace: str
    payer: str
    paid: Decimal
    state: PaymentState
    hold: str = ""
    remittance_id: int = 0
    claims: tuple[ClaimReport, ...] = ()
    provider_adjustments: tuple[tuple[str, str, Decimal, str], ...] = ()
    entries: tuple[tuple[str, Decimal], ...] = ()
    difference: Decimal = ZERO
    findings: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nobody has to look."""
        done = self.state in (PaymentState.POSTED, PaymentState.ALREADY)
        held = any(claim.hold for claim in self.claims)
        return done and not held and not self.difference and not self.findings


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: its payments, and the messages that the format refused."""

    name: str
    file_id: int
    message: str
    payments: tuple[PaymentReport, ...]
    faults: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nobody has to look."""
        return not self.faults and all(one.is_clean for one in self.payments)


def already(file: str, row: Remittance) -> PaymentReport:
    """A payment that an earlier run posted, or that a person has taken back since."""
    if row.state == State.POSTED:
        return PaymentReport(
            file, row.trace_number, row.payer_name, row.paid, PaymentState.ALREADY,
            f"posted on {row.posted_on}", row.pk,
        )  # fmt: skip
    reason = f"it was taken back ({row.hold}); post it again on its page"
    return PaymentReport(
        file, row.trace_number, row.payer_name, row.paid, PaymentState.REFUSED, reason, row.pk
    )


def refused(file: str, one: Refused) -> PaymentReport:
    """A payment that was received before in another file."""
    row = Remittance.objects.defer("body").get(pk=one.first_id)
    return PaymentReport(
        file, one.trace_number, row.payer_name, row.paid, PaymentState.REFUSED, one.message, row.pk
    )


def planned_report(
    file: str,
    row: Remittance,
    plan: RemittancePlan,
    *,
    state: PaymentState,
    reason: str = "",
    lists_legs: bool = False,
) -> PaymentReport:
    """A payment with its plan; where nothing of it is posted its entries are empty."""
    legs = tuple(legs_of(plan, payer_id=row.payer_id)) if state is PaymentState.POSTED else ()
    sums: dict[str, Decimal] = {}
    for leg in legs:
        sums[leg.account] = sums.get(leg.account, ZERO) + leg.amount
    moved = sums.get(REMIT_CLEARING.code, ZERO)
    return PaymentReport(
        file,
        row.trace_number,
        row.payer_name,
        row.paid,
        state,
        reason,
        row.pk,
        tuple(_claim(place) for place in plan.places),
        _provider_adjustments(row, plan.adjustment_accounts),
        tuple((account, sums[account]) for account in sorted(sums) if sums[account]),
        row.paid - moved if state is PaymentState.POSTED else ZERO,
        plan.findings,
        legs if lists_legs else (),
    )


def summed_report(
    file: str,
    row: Remittance,
    *,
    state: PaymentState,
    reason: str = "",
    accounts: tuple[str, ...],
    findings: tuple[str, ...] = (),
) -> PaymentReport:
    """A large payment as it was kept: sums by account, provider adjustments, and the claims that are held.

    Args:
        accounts: those of its provider adjustments, in their order.
    """
    is_posted = state is PaymentState.POSTED
    round_ = Remittance.objects.values_list("posting_round", flat=True).get(pk=row.pk)
    prefix = f"remittance:{row.pk}:{round_}:"
    legs = LegRow.objects.filter(under(prefix, "entry__idempotency_key"))
    sums = dict(
        legs.values("account").annotate(sum=Sum("amount")).values_list("account", "sum")
        if is_posted
        else ()
    )
    held = RemittanceClaim.objects.filter(remittance=row, outcome=Outcome.HELD).defer("body")
    return PaymentReport(
        file,
        row.trace_number,
        row.payer_name,
        row.paid,
        state,
        reason,
        row.pk,
        tuple(_held(one) for one in held.order_by("position")),
        _provider_adjustments(row, accounts),
        entries=tuple((account, sums[account]) for account in sorted(sums) if sums[account]),
        difference=row.paid - sums.get(REMIT_CLEARING.code, ZERO) if is_posted else ZERO,
        findings=findings,
    )


def _held(row: RemittanceClaim) -> ClaimReport:
    return ClaimReport(
        row.control_number, row.status_code, row.outcome, row.claim_id, row.paid,
        ZERO, ZERO, ZERO, ZERO, row.hold, (), (), row.crossed_over_to,
    )  # fmt: skip


def _claim(place: Place) -> ClaimReport:
    plan, payment = place.plan, place.payment
    candidates = likely_claims(payment) if plan.is_held and place.claim is None else []
    contra = [leg for leg in plan.legs if leg.account.startswith("contra:")]
    contractual = total(leg.amount for leg in contra if leg.account == CONTRACTUAL.code)
    return ClaimReport(
        payment.control_number,
        payment.status_code,
        plan.outcome.value,
        place.claim.pk if place.claim else None,
        payment.paid + ZERO,  # two decimals, and no -0
        contractual,
        total(leg.amount for leg in contra) - contractual,
        plan.patient_amount,
        plan.denied,
        plan.hold,
        tuple(
            CandidateReport(one.claim.pk, one.claim.control_number, one.score, one.reasons)
            for one in candidates
        ),
        plan.notes,
        plan.crossed_over_to,
    )


def _provider_adjustments(
    row: Remittance, accounts: Sequence[str]
) -> tuple[tuple[str, str, Decimal, str], ...]:
    """(reason, reference, amount, account) each; without an account is what a payment is held for."""
    kept = RemittanceAdjustment.objects.filter(remittance_id=row.pk).order_by("position")
    return tuple(
        (one.reason, one.reference, one.amount, account)
        for one, account in zip(kept, accounts, strict=True)
    )


def as_object(reports: Iterable[FileReport], *, is_simulated: bool) -> dict[str, Any]:
    """The JSON of `cleanclaim post --json`."""
    reports = list(reports)
    payments = [one for report in reports for one in report.payments]
    return {
        "simulated": is_simulated,
        "clean": all(one.is_clean for one in reports),
        "files": [
            {"file": one.name, "message": one.message, "faults": list(one.faults)}
            for one in reports
        ],
        "payments": [_payment_object(one) for one in payments],
    }


def _payment_object(one: PaymentReport) -> dict[str, Any]:
    found: dict[str, Any] = {
        "file": one.file,
        "trace": one.trace,
        "payer": one.payer,
        "paid": _money(one.paid),
        "state": one.state.value,
        "hold": one.hold,
        "remittance": one.remittance_id,
        "claims": [_claim_object(claim) for claim in one.claims],
        "provider_adjustments": [
            {"reason": reason, "reference": reference, "amount": _money(amount), "account": account}
            for reason, reference, amount, account in one.provider_adjustments
        ],
        "entries": {account: _money(amount) for account, amount in one.entries},
        "difference": _money(one.difference),
        "findings": list(one.findings),
    }
    if one.legs:
        found["legs"] = [
            {
                "account": leg.account,
                "amount": _money(leg.amount),
                "claim": leg.claim_id,
                "line": leg.line_number,
                "reason": leg.reason,
            }
            for leg in one.legs
        ]
    return found


def _claim_object(claim: ClaimReport) -> dict[str, Any]:
    return {
        "control": claim.control_number,
        "status": claim.status,
        "outcome": claim.outcome,
        "claim": claim.claim_id,
        "paid": _money(claim.paid),
        "contractual": _money(claim.contractual),
        "other": _money(claim.other),
        "patient": _money(claim.patient),
        "denied": _money(claim.denied),
        "hold": claim.hold,
        "candidates": [
            {
                "claim": one.claim_id,
                "control": one.control_number,
                "score": one.score,
                "reasons": list(one.reasons),
            }
            for one in claim.candidates
        ],
        "notes": list(claim.notes),
        "crossed_over_to": claim.crossed_over_to,
    }


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"
