"""Which claim a payment answers. Exact keys only: control number, then the payer's own number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.values.remittance import ClaimPayment


@dataclass(frozen=True, slots=True)
class Match:
    """The claim of one payment, or why there is none."""

    claim: Claim | None
    reason: str = ""


def match_claims(payments: Sequence[ClaimPayment]) -> list[Match]:
    """One answer per payment, in order.

    The provider's control number (CLP01) decides where one claim has it; among several the payer's number
    (CLP07) does. A payment whose control number is unknown is found by the payer's number alone.
    Names and amounts are never used to guess.
    """
    by_control = _grouped(
        "control_number",
        Claim.objects.filter(control_number__in={p.control_number for p in payments}),
    )
    numbers = {p.payer_control_number for p in payments} - {""}
    unknown = {p.payer_control_number for p in payments if p.control_number not in by_control} - {
        ""
    }
    by_payer = (
        _grouped("payer_control_number", Claim.objects.filter(payer_control_number__in=unknown))
        if unknown & numbers
        else {}
    )
    return [_match(payment, by_control, by_payer) for payment in payments]


def _grouped(name: str, rows: Iterable[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def _match(
    payment: ClaimPayment,
    by_control: Mapping[str, list[Claim]],
    by_payer: Mapping[str, list[Claim]],
) -> Match:
    candidates = by_control.get(payment.control_number) if payment.control_number else None
    if candidates is None:
        candidates = by_payer.get(payment.payer_control_number, [])
    if len(candidates) > 1:
        candidates = [
            one for one in candidates if one.payer_control_number == payment.payer_control_number
        ]
        if len(candidates) != 1:
            return Match(
                None, "several claims have this control number and none the payer's number"
            )
    if not candidates:
        return Match(None, "no claim here has this control number or the payer's number")
    return Match(candidates[0])
