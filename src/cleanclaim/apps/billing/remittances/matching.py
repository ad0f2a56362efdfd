"""Which claim a payment answers. Exact keys only: control number, then the payer's own number, now or before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances.models import RemittanceClaim
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.values.remittance import ClaimPayment


@dataclass(frozen=True, slots=True)
class Match:
    """The claim of one payment, or why there is none."""

    claim: Claim | None
    reason: str = ""


def candidates(payments: Sequence[ClaimPayment]) -> QuerySet[Claim]:
    """The claims that have one of the payments' control numbers or the payer's, by id."""
    # One parameter each: of single ones a statement takes 65,535, and a payment may have more claims.
    control_numbers = sorted({p.control_number for p in payments})
    payer_numbers = sorted({p.payer_control_number for p in payments} - {""})
    return Claim.objects.filter(
        Q(is_one_of("control_number", control_numbers))
        | (~Q(payer_control_number="") & Q(is_one_of("payer_control_number", payer_numbers)))
    ).order_by("id")


def match_claims(payments: Sequence[ClaimPayment], claims: Iterable[Claim]) -> list[Match]:
    """One answer per payment, in order; `claims` are the `candidates`.

    The provider's control number (CLP01) decides where one claim has it; among several the payer's number
    (CLP07) does: the one that it has, else one under which it was answered before, for a corrected claim has a
    newer one when its first answer is taken back. A payment whose control number is unknown is found by the
    payer's number alone. Names and amounts are never used to guess.
    """
    claims = list(claims)
    by_control = _grouped("control_number", claims)
    asked = {
        p.payer_control_number for p in payments if len(by_control.get(p.control_number, ())) != 1
    } - {""}
    by_payer = _by_payer_number(asked, claims) if asked else {}
    return [_match(payment, by_control, by_payer) for payment in payments]


def _by_payer_number(numbers: Collection[str], claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """{the payer's number: claims that have it, else claims that were answered under it}."""
    found = _grouped(
        "payer_control_number", (one for one in claims if one.payer_control_number in numbers)
    )
    asked = sorted(set(numbers) - found.keys())
    answers = RemittanceClaim.objects.filter(
        is_one_of("payer_control_number", asked), claim_id__isnull=False
    )
    pairs = set(answers.values_list("payer_control_number", "claim_id"))
    ids = sorted({claim_id for _, claim_id in pairs})
    rows = {row.pk: row for row in Claim.objects.filter(is_one_of("id", ids))}
    for number, claim_id in sorted(pairs):
        found.setdefault(number, []).append(rows[claim_id])
    return found


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
        named = {one.pk for one in by_payer.get(payment.payer_control_number, ())}
        candidates = [one for one in candidates if one.pk in named]
        if len(candidates) != 1:
            return Match(
                None, "several claims have this control number and none the payer's number"
            )
    if not candidates:
        return Match(None, "no claim here has this control number or the payer's number")
    return Match(candidates[0])
