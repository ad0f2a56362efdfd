"""The money of a claim that goes on: what an answer left of each item, and the entry that moves it."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.claims.amounts import COLUMN_OF
from cleanclaim.apps.billing.claims.answers import PostedAnswer
from cleanclaim.apps.billing.claims.chain import Chain, bucket_of
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.convert import legs_of
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.ledger.selectors import entries_of_claim, item_balances
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.cob import waits_for
from cleanclaim.rules.posting import default_policy
from cleanclaim.rules.posting.denials import denials
from cleanclaim.values.accounts import RECEIVABLE_BY_BUCKET, RECEIVABLE_PATIENT
from cleanclaim.values.adjustment import left_to_patient
from cleanclaim.values.entry import Entry, Leg

TRANSFER = "transfer"


def left_by(answer: PostedAnswer) -> Decimal:
    """What the answer left to the patient, and denied."""
    return left_to_patient(answer.payment.all_adjustments) + answer.denied


@dataclass(slots=True)
class Left:
    """What the payer at a rank left of an item.

    Attributes:
        patient: what its answers left to the patient, as far as it was not written off. The patient's own payments
            do not lessen what the next payer is asked for.
        payer: what is open in the payer's bucket.
        moved: what a posting rule has moved to the next payer's bucket already.
    """

    patient: Decimal = ZERO
    payer: Decimal = ZERO
    moved: Decimal = ZERO
    held_by_patient: Decimal = ZERO


def left_of(chain: Chain, rank: int) -> Decimal:
    """What the next payer can be asked for."""
    return total(one.patient + one.payer + one.moved for one in _left(chain, rank).values())


def waits_for_what(chain: Chain, answer: PostedAnswer, *, on: date) -> str:
    """What the claim waits for before it goes on; empty where it can."""
    left = _left(chain, chain.rank).values()
    for (
        one
    ) in left:  # what a later payer leaves to the patient beyond what it was asked for is not open
        more = max(ZERO, min(-one.payer, one.patient))
        one.payer, one.patient = one.payer + more, one.patient - more
    return waits_for(
        denials(answer.payment, default_policy(on)),
        left_to_patient=total(one.patient + one.moved for one in left),
        open_with_payer=total(one.payer for one in left),
        denied=answer.denied,
        on=on,
    )


def _left(chain: Chain, rank: int) -> dict[int, Left]:
    """What is left of each item."""
    answers = {one.entry_id for one in chain.answers_at(rank) if one.entry_id}
    payer = RECEIVABLE_BY_BUCKET[bucket_of(rank)].code
    after = RECEIVABLE_BY_BUCKET[bucket_of(rank + 1)].code
    found: dict[int, Left] = defaultdict(Left)
    for entry in entries_of_claim(chain.claim.pk):
        for leg in entry.legs:
            if not leg.item_id:
                continue
            one = found[leg.item_id]
            if leg.account == payer:
                one.payer += leg.amount
            elif leg.account == RECEIVABLE_PATIENT.code:
                one.held_by_patient += leg.amount
                one.patient += leg.amount if entry.id in answers else ZERO
            elif leg.account == after:
                one.moved += leg.amount if entry.id in answers else ZERO
            elif COLUMN_OF[leg.account] == "patient_paid":
                one.held_by_patient += leg.amount
    for one in found.values():
        one.patient = max(ZERO, min(one.patient, one.held_by_patient))
    return dict(found)


def move_money(
    chain: Chain, answer: PostedAnswer, *, from_rank: int, version: int, on: date, by: int | None
) -> int:
    """Move what an answer left to the bucket of the payer that follows; returns the entry's id, 0 for none."""
    source = RECEIVABLE_BY_BUCKET[bucket_of(from_rank)].code
    bucket = bucket_of(from_rank + 1)
    target = RECEIVABLE_BY_BUCKET[bucket].code
    numbers = {one.item_id: one.line_number for one in chain.charges if one.item_id}
    legs: list[Leg] = []
    for item, one in _left(chain, from_rank).items():
        open_ = ZERO if source == target else one.payer
        parts = (
            (target, one.patient + open_),
            (RECEIVABLE_PATIENT.code, -one.patient),
            (source, -open_),
        )
        legs += [
            Leg(account, amount, item, chain.claim.pk, numbers[item], chain.claim.patient_id)
            for account, amount in parts
            if amount
        ]
    if not legs:
        return 0
    key = f"next-payer:{chain.claim.pk}:{version}:{answer.id}:"
    entry = Entry(
        kind=TRANSFER,
        idempotency_key=f"{key}{EntryRow.objects.filter(under(key)).count() + 1}",
        effective_on=answer.paid_on,
        accounting_on=on,
        legs=tuple(legs),
        memo=f"to payer {from_rank + 1} after answer {answer.id}",
    )
    [entry_id] = ledger.post_entries([entry], by=by)
    day = answer.paid_on
    items = dict.fromkeys(leg.item_id for leg in legs)
    ledger.move_items([ledger.BucketMove(one, bucket, day, day, entry_id) for one in items])
    return entry_id


def take_money_back(entry_id: int, *, on: date, by: int | None) -> None:
    """Undo `move_money`: the items go back to where they were, with their old age."""
    moved = EntryRow.objects.get(pk=entry_id)
    ledger.reverse_entry(
        entry_id,
        key=f"undo:{entry_id}",
        effective_on=max(on, moved.effective_on),
        accounting_on=on,
        memo="back from the next payer",
        by=by,
    )


def settle_taken_off(entry_id: int, *, on: date, by: int | None) -> None:
    """After `take_money_back`: what somebody took off while the next payer had it is off where it came from, too.

    Without it the item would be owed in full by one and be in credit with the other. What the payer before had open
    lessens first, then the patient's part.
    """
    moved = EntryRow.objects.get(pk=entry_id)
    legs = legs_of([entry_id]).get(entry_id, ())
    balances = item_balances(sorted({leg.item_id for leg in legs}))
    settled: list[Leg] = []
    for to in legs:
        if to.amount < 0 or to.account == RECEIVABLE_PATIENT.code:
            continue
        short = min(to.amount, max(ZERO, -balances.get((to.item_id, to.account), ZERO)))
        parts = [one for one in legs if one.item_id == to.item_id and one.amount < 0]
        for one in sorted(parts, key=lambda one: one.account == RECEIVABLE_PATIENT.code):
            amount = min(short, -one.amount)
            if amount > 0:
                short -= amount
                settled += [replace(to, amount=amount), replace(one, amount=-amount)]
    if settled:
        entry = Entry(
            kind=TRANSFER,
            idempotency_key=f"undo:{entry_id}:taken-off",
            effective_on=max(on, moved.effective_on),
            accounting_on=on,
            legs=tuple(settled),
            memo="taken off while the next payer had it",
        )
        ledger.post_entries([entry], by=by)
