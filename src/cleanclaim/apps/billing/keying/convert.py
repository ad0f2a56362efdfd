"""A keyed batch as the shared remittance value: what an 835 of the same payment would say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.charges.selectors import Line
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.keying.entries import Keyed
from cleanclaim.apps.billing.keying.models import Batch, Kind, Method
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Procedure
from cleanclaim.values.party import Payer, Provider, Reference
from cleanclaim.values.remittance import (
    REVERSAL,
    ClaimPayment,
    LinePayment,
    ProviderAdjustment,
    Remittance,
)

STATUS_BY_ORDER = {"P": "1", "S": "2", "T": "3"}
NOT_OURS_YET = "4"  # no claim of ours is named
INTEREST = "L6"
WITHOUT_CLAIM = "not named"


def to_remittance(
    batch: Batch,
    keyed: Sequence[Keyed],
    *,
    payer: Payer,
    payee: Provider,
    payer_trace_id: str,
    claims: Mapping[int, Claim],
    lines: Mapping[int, Line],
) -> Remittance:
    """The batch as one payment.

    Args:
        keyed: the entries that stand, in order.
        claims: the claims that they name, by id.
        lines: the charge lines that they name, by item.
    """
    payments = [
        _payment(claims[claim_id], own, lines, is_reversal=is_reversal)
        for (claim_id, is_reversal), own in _by_claim(keyed).items()
    ]
    payments += [_parked(one) for one in keyed if one.kind == Kind.UNAPPLIED]
    return Remittance(
        payer=payer,
        payee=payee,
        paid=batch.amount,
        trace_number=batch.trace_number,
        payer_trace_id=payer_trace_id,
        paid_on=batch.paid_on,
        method=batch.method,
        handling="H" if batch.method == Method.NONE else "I",
        produced_on=batch.paid_on,
        claims=tuple(payments),
        provider_adjustments=_provider_adjustments(
            keyed, claims, payee.npi or payee.tin, batch.paid_on
        ),
    )


def _by_claim(keyed: Sequence[Keyed]) -> dict[tuple[int, bool], list[Keyed]]:
    """The entries of each claim and direction, in the order in which they were first keyed."""
    found: dict[tuple[int, bool], list[Keyed]] = {}
    for one in keyed:
        if one.claim_id is not None and one.kind != Kind.INTEREST:
            found.setdefault((one.claim_id, one.is_reversal), []).append(one)
    interest = [one for one in keyed if one.kind == Kind.INTEREST and one.claim_id is not None]
    for one in interest:
        if own := found.get((one.claim_id or 0, False)):
            own.append(one)
    return found


def _payment(
    claim: Claim, keyed: Sequence[Keyed], lines: Mapping[int, Line], *, is_reversal: bool
) -> ClaimPayment:
    sign = -1 if is_reversal else 1
    answers = tuple(_line(one, lines[one.item_id or 0]) for one in keyed if one.kind == Kind.LINE)
    whole = [one for one in keyed if one.kind == Kind.WHOLE]
    own = tuple(
        _signed(adjustment, sign)
        for one in keyed
        if one.kind in (Kind.CLAIM, Kind.WHOLE)
        for adjustment in one.adjustments
    )
    charge = total(one.charge for one in answers) + sign * claim.charge * len(whole)
    payment = ClaimPayment(
        control_number=claim.control_number,
        status_code=REVERSAL if is_reversal else STATUS_BY_ORDER.get(claim.payer_order, "1"),
        charge=charge,
        paid=total(one.tape for one in keyed if one.kind != Kind.INTEREST),
        patient_responsibility=ZERO,
        filing_indicator="",
        payer_control_number=claim.payer_control_number,
        frequency_code=claim.frequency_code,
        lines=answers,
        adjustments=own,
        remark_codes=tuple(code for one in whole for code in one.remarks),
        service_from=claim.service_from,
        allowed=next((sign * one.allowed for one in whole if one.allowed is not None), None),
        interest=_sum_or_none([one.amount for one in keyed if one.kind == Kind.INTEREST]),
    )
    return replace(payment, patient_responsibility=payment.group_total(Group.PATIENT))


def _line(keyed: Keyed, line: Line) -> LinePayment:
    is_drug = bool(line.prescription_number) and line.procedure == line.ndc
    billed = Procedure(
        line.procedure,
        tuple(line.modifiers.split("-")) if line.modifiers else (),
        "N4" if is_drug else "HC",
    )
    sign = keyed.sign
    return LinePayment(
        procedure=Procedure(keyed.code) if keyed.code else billed,
        charge=sign * line.charge,
        paid=sign * keyed.paid,
        quantity=line.quantity,
        submitted=billed if keyed.code else None,
        service_from=line.service_from,
        service_to=line.service_to,
        adjustments=tuple(_signed(one, sign) for one in keyed.adjustments),
        allowed=None if keyed.allowed is None else sign * keyed.allowed,
        remark_codes=keyed.remarks,
        line_control_number=line.control_number,
        references=(Reference("XZ", line.fill_words),) if line.prescription_number else (),
    )


def _signed(adjustment: Adjustment, sign: int) -> Adjustment:
    return replace(adjustment, amount=sign * adjustment.amount)


def _sum_or_none(amounts: Sequence[Decimal]) -> Decimal | None:
    return total(amounts) if amounts else None


def _parked(keyed: Keyed) -> ClaimPayment:
    """Money that names no claim of ours: posting holds it, so its cash waits as unapplied."""
    return ClaimPayment(
        control_number=keyed.reference or WITHOUT_CLAIM,
        status_code=NOT_OURS_YET,
        charge=keyed.amount,
        paid=keyed.amount,
        patient_responsibility=ZERO,
        filing_indicator="",
        payer_control_number="",
    )


def _provider_adjustments(
    keyed: Sequence[Keyed], claims: Mapping[int, Claim], provider_id: str, paid_on: date
) -> tuple[ProviderAdjustment, ...]:
    """The PLB amounts; interest is one that raises the payment and names its claim."""
    year_end = date(paid_on.year, 12, 31)
    found = []
    for one in keyed:
        if one.kind == Kind.PROVIDER:
            found.append(
                ProviderAdjustment(provider_id, year_end, one.reason, one.reference, one.amount)
            )
        elif one.kind == Kind.INTEREST:
            named = claims[one.claim_id].control_number if one.claim_id else one.reference
            found.append(ProviderAdjustment(provider_id, year_end, INTEREST, named, -one.amount))
    return tuple(found)
