"""What payers took back for claims (PLB WO) whose answers still stand here: no reversal has come.

A payer that takes money back says first, by a reversal, which answer it takes back, and gives that money back by a
provider adjustment until it recovers it. What it takes is covered by the reversals of the claim, or by what it gave
back or carried under the same number (or owed it under that since a former system), whichever is more, and by what apps above say was drawn of it (a credit that
was settled by it). The oldest takeback is covered first. Source: 835 guide 005010X221A1, overpayment recovery.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances.matching import answers_under
from cleanclaim.apps.billing.remittances.models import (
    POSTED,
    Outcome,
    RemittanceAdjustment,
    RemittanceClaim,
    State,
)
from cleanclaim.apps.billing.remittances.reversals import IS_REVERSAL
from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import TAKEBACK_PAYABLE

TAKEN = "WO"
GIVEN = (TAKEN, "72", "FB", "B2")  # of a negative amount: owed back until it is recovered
OPENING = "opening-credit"  # an entry of balances taken over, its reference as trace
_CAME = (Outcome.REVERSED, Outcome.SETTLED, Outcome.HELD)  # a held reversal is work of its own
_PARTS = re.compile(r"[^A-Za-z0-9-]+")

Drawn = Callable[[Collection[int]], Mapping[int, Decimal]]
_drawn: list[Drawn] = []


def speak_for(drawn: Drawn) -> None:
    """Name who knows what of takebacks was used to settle credits: told ids of adjustments, says dollars of each."""
    if drawn not in _drawn:
        _drawn.append(drawn)


@dataclass(frozen=True, slots=True)
class Unreversed:
    """A takeback of which `left` dollars rest on no reversal; the claims that it names, as far as they can be told.

    `is_beyond`: something of it was reversed or given back, and it takes more than that.
    """

    adjustment: RemittanceAdjustment
    left: Decimal
    claims: tuple[Claim, ...]
    is_beyond: bool = False


def takes(ids: Collection[int], *, payer_id: int) -> list[RemittanceAdjustment]:
    """Those of these adjustments by which the payer takes money, posted or not, with their remittances."""
    found = RemittanceAdjustment.objects.filter(
        is_one_of("id", sorted(ids)), reason=TAKEN, amount__gt=0, remittance__payer_id=payer_id
    )
    return list(found.select_related("remittance").defer("remittance__body").order_by("id"))


def unreversed(rows: Sequence[RemittanceAdjustment], *, payer_id: int) -> list[Unreversed]:
    """Those of these posted takebacks of one payer of which something rests on no reversal."""
    if not rows:
        return []
    named = _claims_named(rows, payer_id=payer_id)
    every = _moves(payer_id)
    under = _by_token(every)
    owed = _owed_from_before(payer_id)
    drawn = _drawn_of({one.pk for one in every if _is_taken(one)})
    reversed_of = _reversed_of({one.pk for ones in named.values() for one in ones}, payer_id)
    found = []
    for row in rows:
        claims = named[row.pk]
        numbers = _numbers(row.reference, claims)
        family = _family(row, every, {place for number in numbers for place in under[number]})
        given = -total(min(net, ZERO) for net in _given(family))
        given += total(owed.get(number, ZERO) for number in numbers)
        cover = max(given, total(reversed_of[one.pk] for one in claims))
        if left := _left(row.pk, family, cover, drawn):
            found.append(Unreversed(row, left, claims, is_beyond=cover > ZERO))
    return found


def _is_taken(one: RemittanceAdjustment) -> bool:
    return one.reason == TAKEN and one.amount > 0


def _by_token(every: Sequence[RemittanceAdjustment]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(every):
        for part in tokens(one.reference):
            found[part].append(place)
    return found


def _family(
    row: RemittanceAdjustment, every: Sequence[RemittanceAdjustment], places: Collection[int]
) -> list[RemittanceAdjustment]:
    """What came under the takeback's numbers, oldest first; one without a number stands for itself."""
    return [every[place] for place in sorted(places)] or [row]


def _left(
    pk: int,
    family: Iterable[RemittanceAdjustment],
    cover: Decimal,
    drawn: Mapping[int, Decimal],
) -> Decimal:
    """What of one takeback rests on nothing, where the cover goes to the oldest of its family first."""
    for one in family:
        if not _is_taken(one):
            continue
        open_part = max(one.amount - drawn.get(one.pk, ZERO), ZERO)
        covered = min(open_part, cover)
        if one.pk == pk:
            return open_part - covered
        cover -= covered
    return ZERO


def _given(family: Iterable[RemittanceAdjustment]) -> Iterable[Decimal]:
    """What was given back, below zero; of what is carried forward only what was not taken off a payment since (FB)."""
    carried = ZERO
    for one in family:
        if one.reason == "FB":
            carried += one.amount
        elif one.amount < 0:
            yield one.amount
    yield carried


def _moves(payer_id: int) -> list[RemittanceAdjustment]:
    """What the payer gave back, carried and took by its posted remittances, oldest first."""
    found = RemittanceAdjustment.objects.filter(
        reason__in=GIVEN, remittance__state=State.POSTED, remittance__payer_id=payer_id
    )
    return list(found.only("reason", "reference", "amount").order_by("id"))


def _owed_from_before(payer_id: int) -> dict[str, Decimal]:
    """{reference: dollars that a former system said are owed back to the payer}."""
    legs = Leg.objects.filter(
        account=TAKEBACK_PAYABLE.code,
        payer_id=payer_id,
        amount__lt=0,
        entry__kind=OPENING,
        entry__reversals=None,
    )
    return {
        trace: -amount
        for trace, amount in legs.values("trace")
        .annotate(sum=Sum("amount"))
        .values_list("trace", "sum")
    }


def _drawn_of(ids: Collection[int]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for drawn in _drawn:
        for pk, amount in drawn(ids).items():
            found[pk] += amount
    return found


def _reversed_of(claim_ids: Collection[int], payer_id: int) -> dict[int, Decimal]:
    """{claim: dollars that the payer's reversals take back}, held ones and those settled with their payments included."""
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    if not claim_ids:
        return found
    rows = RemittanceClaim.objects.filter(
        IS_REVERSAL,
        is_one_of("claim_id", sorted(claim_ids)),
        outcome__in=_CAME,
        remittance__state=State.POSTED,
        remittance__payer_id=payer_id,
    )
    for claim_id, paid in rows.values_list("claim_id", "paid"):
        found[claim_id] -= paid
    return found


def _claims_named(
    rows: Sequence[RemittanceAdjustment], *, payer_id: int
) -> dict[int, tuple[Claim, ...]]:
    """{takeback: the payer's claims under its reference, else under a part of it}."""
    numbers = sorted(set().union(*(tokens(row.reference) for row in rows)))
    under = answers_under(numbers)
    asked = Q(is_one_of("control_number", numbers)) | Q(is_one_of("payer_control_number", numbers))
    asked |= Q(is_one_of("id", sorted({claim_id for _, claim_id in under})))
    claims = {one.pk: one for one in Claim.objects.filter(asked).order_by("id")}
    answered = RemittanceClaim.objects.filter(
        is_one_of("claim_id", sorted(claims)),
        outcome__in=POSTED,
        remittance__payer_id=payer_id,
    )
    ours = set(answered.values_list("claim_id", flat=True))
    ours |= {pk for pk, one in claims.items() if one.payer_id == payer_id}
    by_number: dict[str, list[int]] = defaultdict(list)
    for pk, one in claims.items():
        before = {number for number, claim_id in under if claim_id == pk}
        for number in {one.control_number, one.payer_control_number, *before} if pk in ours else ():
            by_number[number].append(pk)
    found = {}
    for row in rows:
        parts = sorted(tokens(row.reference) - {row.reference})
        ids = by_number.get(row.reference, ()) if row.reference else ()
        ids = ids or [pk for part in parts for pk in by_number.get(part, ())]
        found[row.pk] = tuple(claims[pk] for pk in dict.fromkeys(ids))
    return found


def _numbers(reference: str, claims: Iterable[Claim]) -> set[str]:
    """Under which numbers what belongs to a takeback may have come."""
    told = {number for one in claims for number in (one.control_number, one.payer_control_number)}
    return ({reference} | told) - {""}


def tokens(reference: str) -> set[str]:
    """A reference and the parts of it that may be a number of a claim."""
    return {reference, *_PARTS.split(reference)} - {""}
