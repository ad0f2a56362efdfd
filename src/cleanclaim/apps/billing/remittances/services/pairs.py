"""A payment that waits as cash, and the payer's reversal of it: one settles the other, and nothing comes on the claim.

settled    Dr unapplied cash, under the payment's trace    Cr unapplied cash, under the reversal's

So it is where a person has put a correction in the place of an answer (`applying.apply_instead`), and the payer takes
that answer back in a later payment.
"""

from datetime import date

from django.db import transaction
from django.db.models import F

from cleanclaim.apps.billing.claims import rows
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.bodies import payments_of
from cleanclaim.apps.billing.remittances.guards import require_parked
from cleanclaim.apps.billing.remittances.models import (
    Outcome,
    Remittance,
    RemittanceClaim,
    State,
)
from cleanclaim.apps.billing.remittances.plans import plan_place, trace_of
from cleanclaim.apps.billing.remittances.services.announcing import announce
from cleanclaim.apps.billing.remittances.services.settling import audit_posting
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.accounts import UNAPPLIED_CASH
from cleanclaim.values.entry import Entry, Leg

Side = tuple[Remittance, RemittanceClaim]


@transaction.atomic
def settle_reversal(remittance_id: int, position: int, *, on: date, by: int | None) -> int:
    """Settle a held reversal with the held payment that it takes back. Returns the entry's id, or 0 where none was paid.

    Raises:
        StateError: it is not held, or takes back no held payment; or the cash of that was used elsewhere.
    """
    name = f"payment {position} of remittance {remittance_id}"
    place = RemittanceClaim.objects.get(remittance_id=remittance_id, position=position)
    claim = Claim.objects.filter(pk=place.claim_id).first()
    other_id = _other_of(place, claim, on=on)
    if claim is None or not other_id:
        raise StateError(f"{name} takes back no payment that is held here")
    back, paid = _locked(
        place.pk, other_id
    )  # before the claim, as whoever posts them or takes them back
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if back[1].claim_id != claim.pk or _other_of(back[1], claim, on=on) != other_id:
        raise StateError(f"{name} changed meanwhile")
    require_parked(paid[0], paid[1].paid)
    entry_id = 0
    if paid[1].paid:
        entry_id = _post(back, paid, on=on, by=by)
    for own, other in ((back, paid), (paid, back)):
        RemittanceClaim.objects.filter(pk=own[1].pk).update(
            outcome=Outcome.SETTLED,
            hold=f"settled with {_name(other)}"[:300],
            beside_id=other[1].pk,
            entry_id=entry_id if own is back else 0,
        )
        _count(own[0], -1)
        work.close_place(own[0].pk, own[1].position, outcome=f"Settled with {_name(other)}")
    _tell(claim, f"{_name(paid)} is settled with its reversal, {_name(back)}", back, paid, on, by)
    return entry_id


@transaction.atomic
def unsettle_reversal(
    remittance_id: int, position: int, *, reason: str, on: date, by: int | None
) -> int:
    """Take it back: both are held again. `position`: of either. Returns the reversal's id, or 0.

    Raises:
        InputError: no reason.
        StateError: it is not settled with another, or the month of `on` is closed.
    """
    name = f"payment {position} of remittance {remittance_id}"
    if not reason.strip():
        raise InputError(f"{name}: no reason, expected why the two are held again")
    place = RemittanceClaim.objects.get(remittance_id=remittance_id, position=position)
    if place.outcome != Outcome.SETTLED or place.beside_id is None:
        raise StateError(f"{name} is not settled with another one")
    one, other = _locked(place.pk, place.beside_id)
    entry_id = one[1].entry_id or other[1].entry_id
    reversal_id = 0
    if entry_id:
        counts_from = EntryRow.objects.values_list("effective_on", flat=True).get(pk=entry_id)
        reversal_id = ledger.reverse_entry(
            entry_id, key=f"undo:{entry_id}", effective_on=max(on, counts_from), accounting_on=on,
            memo=f"{name} held again: {reason.strip()}"[:200], by=by,
        )  # fmt: skip
    words = f"held again: {reason.strip()}"
    for row, own in (one, other):
        RemittanceClaim.objects.filter(pk=own.pk).update(
            outcome=Outcome.HELD, hold=words[:300], beside_id=None, entry_id=0
        )
        _count(row, 1)
        work.open_taken_back(row, own.position, own.control_number, own.paid, words=words, on=on)
    claim = Claim.objects.get(pk=place.claim_id)
    _tell(claim, f"{_name(one)} and {_name(other)} are {words}", one, other, on, by)
    return reversal_id


def _other_of(place: RemittanceClaim, claim: Claim | None, *, on: date) -> int:
    """The row of the held payment that a held reversal takes back; 0 where there is none."""
    row = Remittance.objects.get(pk=place.remittance_id)
    if claim is None or place.outcome != Outcome.HELD or row.state != State.POSTED:
        return 0
    [payment] = payments_of(row.pk, place.position, place.position)
    found = plan_place(row, payment, claim, position=place.position, posted_on=on).settles
    return found.place_id if found else 0


def _locked(first_id: int, second_id: int) -> tuple[Side, Side]:
    """Both with their remittances, those locked in the order of their ids, and as they are now.

    Raises:
        StateError: they changed meanwhile.
    """
    ids = (first_id, second_id)
    before = RemittanceClaim.objects.in_bulk(ids)
    wanted = sorted({one.remittance_id for one in before.values()})
    locked = Remittance.objects.select_for_update().filter(is_one_of("id", wanted)).order_by("id")
    remittances = {row.pk: row for row in locked}
    now = RemittanceClaim.objects.in_bulk(ids)
    for pk in ids:
        row = remittances[now[pk].remittance_id]
        if now[pk].outcome != before[pk].outcome or row.state != State.POSTED:
            raise StateError(f"payment {now[pk].position} of remittance {row.pk} changed meanwhile")
    first, second = (now[pk] for pk in ids)
    return (remittances[first.remittance_id], first), (remittances[second.remittance_id], second)


def _post(back: Side, paid: Side, *, on: date, by: int | None) -> int:
    amount, key = paid[1].paid, f"settled:{back[1].pk}"
    payer = paid[0].payer_id
    legs = (
        Leg(UNAPPLIED_CASH.code, amount, payer_id=payer, reason="settled", trace=trace_of(paid[0])),
        Leg(UNAPPLIED_CASH.code, -amount, payer_id=payer, reason="settled", trace=trace_of(back[0])),
    )  # fmt: skip
    used = EntryRow.objects.filter(under(f"{key}:")).count()
    counts_from = max(on, back[0].paid_on, paid[0].paid_on)
    [entry_id] = ledger.post_entries(
        [
            Entry(
                kind="unapplied",
                idempotency_key=f"{key}:{used + 1}",
                effective_on=counts_from,
                accounting_on=on,
                legs=legs,
                memo=f"{_name(paid)} settled with {_name(back)}"[:200],
            )
        ],
        by=by,
    )
    return entry_id


def _count(row: Remittance, held: int) -> None:
    Remittance.objects.filter(pk=row.pk).update(
        held_count=F("held_count") + held, hand_count=F("hand_count") + 1
    )


def _name(side: Side) -> str:
    return f"payment {side[1].position} of trace {side[0].trace_number}"


def _tell(claim: Claim, words: str, one: Side, other: Side, on: date, by: int | None) -> None:
    words = words[:1].upper() + words[1:]
    rows.add_events([(claim.pk, "settled", words)], on=on, by=by, file_id=one[0].file_id)
    audit_posting([claim.patient_id], file_id=one[0].file_id, by=by)
    for remittance_id in {one[0].pk, other[0].pk}:
        announce(remittance_id, on=on)
