"""Which claim a payment answers. Exact keys only: control number, then the payer's own number, now or before.

Where several claims have the control number (a prescription's refills have one), the one of the same day and charge is
meant, if it is the only one. A drug's payment goes by prescription, fill, day and NDC (`fills`) before its claim's number. `likely_claims` are for a person to choose from; nothing is ever posted by a score.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from cleanclaim.apps.billing.claims.models import Claim, ClaimPayer
from cleanclaim.apps.billing.remittances.fills import Filled, filled
from cleanclaim.apps.billing.remittances.models import RemittanceClaim
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.rules.posting.candidates import ClaimFacts, scored
from cleanclaim.values.remittance import ClaimPayment

MOST_LOOKED_AT = 500  # claims that one held payment is compared with
SHORTEST_START = 6  # of a control number that may have been cut short
NEAR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Match:
    """The claim of one payment, or why there is none."""

    claim: Claim | None
    reason: str = ""


def candidates(payments: Sequence[ClaimPayment]) -> QuerySet[Claim]:
    """The claims that `match_claims` may choose, by id: whoever posts locks them all before it looks at one's balance.

    They have one of the payments' control numbers or the payer's, now or before, or bill a fill that one names.
    """
    # One parameter each: of single ones a statement takes 65,535, and a payment may have more claims.
    control_numbers = sorted({p.control_number for p in payments})
    payer_numbers = sorted({p.payer_control_number for p in payments} - {""})
    asked = Q(is_one_of("control_number", control_numbers)) | (
        ~Q(payer_control_number="") & Q(is_one_of("payer_control_number", payer_numbers))
    )
    others = {*filled(payments).fills, *_answered_before(payments, control_numbers)}
    if others:
        asked |= Q(is_one_of("id", sorted(others)))
    return Claim.objects.filter(asked).order_by("id")


def _answered_before(payments: Sequence[ClaimPayment], control_numbers: Sequence[str]) -> set[int]:
    """Claims answered before under the payer's number of a payment whose control number does not say which claim it is."""
    found = Claim.objects.filter(is_one_of("control_number", control_numbers))
    have = Counter(found.values_list("control_number", flat=True))
    asked = {p.payer_control_number for p in payments if have[p.control_number] != 1} - {""}
    return {claim_id for _, claim_id in answers_under(asked)} if asked else set()


def answers_under(numbers: Collection[str]) -> set[tuple[str, int]]:
    """(the payer's number, the claim that was answered under it) of each of these numbers."""
    answers = RemittanceClaim.objects.filter(
        is_one_of("payer_control_number", sorted(numbers)), claim_id__isnull=False
    )
    return set(answers.values_list("payer_control_number", "claim_id"))


def match_claims(
    payments: Sequence[ClaimPayment], claims: Iterable[Claim], *, payer_id: int
) -> list[Match]:
    """One answer per payment of this payer, in order; `claims` are the `candidates`.

    The provider's control number (CLP01) decides where one claim has it; among several the payer's number
    (CLP07) does: the one that it has, else one under which it was answered before, for a corrected claim has a
    newer one when its first answer is taken back; failing that, the only one of the same day and charge. A payment whose control number is unknown is found by the
    payer's number alone, where the claim is or was with this payer, or is of the member whom the payment names: two
    payers may give one number. Names and amounts are never used to guess.
    """
    claims = list(claims)
    by_control = _grouped("control_number", claims)
    asked = {
        p.payer_control_number for p in payments if len(by_control.get(p.control_number, ())) != 1
    } - {""}
    by_payer = _by_payer_number(asked, claims) if asked else {}
    drugs = filled(payments, [one.pk for one in claims])
    by_id = {one.pk: one for one in claims} if drugs.told else {}
    by_fill = {
        place: match
        for place in drugs.told
        if (match := _match_fill(place, payments[place], drugs, by_id, by_payer))
    }
    found = [
        by_fill.get(place) or _match(payment, by_control, by_payer, drugs=drugs, place=place)
        for place, payment in enumerate(payments)
    ]
    return _of_payer(found, payments, payer_id, but_for=by_fill)


def _of_payer(
    found: list[Match],
    payments: Sequence[ClaimPayment],
    payer_id: int,
    *,
    but_for: Collection[int],
) -> list[Match]:
    """The matches without those by a payer's number alone that another payer gave to another's claim."""
    doubtful = [
        place
        for place, (match, payment) in enumerate(zip(found, payments, strict=True))
        if match.claim
        and place not in but_for
        and match.claim.control_number != payment.control_number
        and match.claim.payer_id != payer_id
        and not _names_member(payment, match.claim)
    ]
    if not doubtful:
        return found
    ids = sorted({claim.pk for place in doubtful if (claim := found[place].claim)})
    asked = ClaimPayer.objects.filter(is_one_of("claim_id", ids), payer_id=payer_id)
    known = set(asked.values_list("claim_id", flat=True))
    for place in doubtful:
        claim = found[place].claim
        if claim and claim.pk not in known:
            words = (
                "the payer's number is that of a claim with another payer, and nothing else says that it is "
                "the one"
            )
            found[place] = Match(None, words)
    return found


def _names_member(payment: ClaimPayment, claim: Claim) -> bool:
    people = (payment.patient, payment.subscriber, payment.corrected_patient)
    return bool(claim.member_id) and any(
        one is not None and one.member_id == claim.member_id for one in people
    )


def _match_fill(
    place: int,
    payment: ClaimPayment,
    drugs: Filled,
    by_id: Mapping[int, Claim],
    by_payer: Mapping[str, list[Claim]],
) -> Match | None:
    """The claim of the fill that a drug's payment names; None where it names none of ours."""
    found = [by_id[claim_id] for claim_id in drugs.fitting(place) if claim_id in by_id]
    if len(found) > 1:
        named = {one.pk for one in by_payer.get(payment.payer_control_number, ())}
        found = [one for one in found if one.pk in named] or found
    if len(found) > 1:
        found = [one for one in found if one.billed == abs(payment.charge)] or found
    if len(found) > 1:
        words = drugs.words(one.pk for one in found)
        return Match(None, f"the payment does not say which fill it is of {words} fit"[:200])
    return Match(found[0]) if found else None


def _by_payer_number(numbers: Collection[str], claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """{the payer's number: claims that have it, else claims that were answered under it}."""
    found = _grouped(
        "payer_control_number", (one for one in claims if one.payer_control_number in numbers)
    )
    pairs = answers_under(set(numbers) - found.keys())
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
    *,
    drugs: Filled,
    place: int,
) -> Match:
    candidates = by_control.get(payment.control_number) if payment.control_number else None
    if candidates is None:
        candidates = by_payer.get(payment.payer_control_number, [])
    if len(candidates) > 1:
        named = {one.pk for one in by_payer.get(payment.payer_control_number, ())}
        same = [one for one in candidates if one.pk in named]
        if not same:
            same = [one for one in candidates if _is_same_service(payment, one)]
        if len(same) != 1:
            return Match(
                None, "several claims have this control number and none the payer's number"
            )
        candidates = same
    if not candidates:
        return Match(None, "no claim here has this control number or the payer's number")
    if drugs.told and drugs.is_another(place, candidates[0].pk):
        return Match(
            None, "the claim of this control number bills another fill than the payment names"
        )
    return Match(candidates[0])


def _is_same_service(payment: ClaimPayment, claim: Claim) -> bool:
    first = first_day(payment)
    return first is not None and claim.service_from == first and claim.billed == abs(payment.charge)


def first_day(payment: ClaimPayment) -> date | None:
    """The first day of service that the payment names."""
    days = [line.service_from for line in payment.lines if line.service_from]
    return payment.service_from or min(days, default=None)


@dataclass(frozen=True, slots=True)
class Likely:
    """A claim that a held payment may answer, from 0 to 100, and why."""

    claim: Claim
    score: int
    reasons: tuple[str, ...]


def likely_claims(payment: ClaimPayment) -> list[Likely]:
    """The best candidates for a person to choose from, best first."""
    drugs = filled([payment])
    rows = {row.pk: row for row in _pool(payment, drugs.fills)}
    fills = filled([payment], list(rows)).fills if drugs.told else {}
    facts = [
        ClaimFacts(
            row.pk,
            row.control_number,
            row.patient_name,
            row.member_id,
            row.service_from,
            row.billed,
            row.billing_npi,
            is_open=row.open_amount > 0,
            fills=fills.get(row.pk, ()),
        )
        for row in rows.values()
    ]
    return [Likely(rows[one.key], one.score, one.reasons) for one in scored(payment, facts)]


def _pool(payment: ClaimPayment, fills: Collection[int]) -> Iterable[Claim]:
    """Claims that share something with the payment: a number, its start, the member, the day with name or charge.

    `fills` are those that bill its prescription.
    """
    people = [payment.patient, payment.subscriber, payment.corrected_patient]
    asked = Q(control_number=payment.control_number)
    if payment.payer_control_number:
        asked |= Q(payer_control_number=payment.payer_control_number)
    if len(payment.control_number) >= SHORTEST_START:
        asked |= Q(control_number__startswith=payment.control_number[:20])
    for person in people:
        if person is not None and person.member_id:
            asked |= Q(member_id=person.member_id)
    if day := first_day(payment):
        near = Q(service_from__range=(day - NEAR, day + NEAR))
        asked |= near & Q(billed=abs(payment.charge))
        for person in people:
            if person is not None and len(person.last_name) >= 2:
                asked |= near & Q(patient_name__istartswith=person.last_name[:3])
    if fills:
        asked |= Q(is_one_of("id", sorted(fills)))
    return Claim.objects.filter(asked).order_by("-id")[:MOST_LOOKED_AT]
