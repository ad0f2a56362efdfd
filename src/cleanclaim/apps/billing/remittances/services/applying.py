"""Finish a held payment by hand: on a claim that a person names, beside an answer that stands there, or in its place."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction
from django.db.models import F, Max, Q

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.services import next_payer
from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.again import Again
from cleanclaim.apps.billing.remittances.bodies import payments_of
from cleanclaim.apps.billing.remittances.guards import require_parked
from cleanclaim.apps.billing.remittances.laying import Place
from cleanclaim.apps.billing.remittances.models import (
    POSTED,
    Outcome,
    Remittance,
    RemittanceClaim,
    State,
)
from cleanclaim.apps.billing.remittances.plans import fitted, plan_place
from cleanclaim.apps.billing.remittances.services.announcing import announce
from cleanclaim.apps.billing.remittances.services.moving import bucket_moves
from cleanclaim.apps.billing.remittances.services.reversing import next_key, reverse_place
from cleanclaim.apps.billing.remittances.services.settling import (
    OUTCOMES,
    answer_events,
    audit_posting,
    settle_claims,
)
from cleanclaim.apps.billing.remittances.taken_back import last_taken_back
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.entry import Entry


@transaction.atomic
def apply_held(
    remittance_id: int, position: int, *, claim_id: int, on: date, by: int | None
) -> int:
    """Post a held payment on the claim that a person names; its parked cash is used. Returns the entry's id or 0.

    Raises:
        StateError: the payment is not held, it does not fit this claim either, its payer has answered these lines
            before, or its cash was used elsewhere.
    """
    row, place_row = _held(remittance_id, position)
    claim = _locked(claim_id)
    place = _plan(row, place_row, claim, on=on)
    if place.again is not None:
        raise StateError(
            f"claim {claim_id}: {place.again.words}",
            hint="Post it beside that answer, or in its place.",
        )
    return _apply(row, place_row, place, on=on, by=by)


@transaction.atomic
def apply_beside(
    remittance_id: int, position: int, *, claim_id: int, on: date, by: int | None
) -> int:
    """Post a held payment as a further one beside its payer's answer that stands: its cash becomes a credit there.

    What the answer reduced and left to the patient stands already, and is not posted once more. Returns the entry's id.

    Raises:
        StateError: as of `apply_held`, or no answer of its payer stands in its way.
    """
    row, place_row = _held(remittance_id, position)
    claim = _locked(claim_id)
    before = _in_the_way(_plan(row, place_row, claim, on=on))
    place = _plan(row, place_row, claim, on=on, is_further=True)
    return _apply(row, place_row, place, on=on, by=by, beside=before.answers[-1].place_id)


@transaction.atomic
def apply_instead(
    remittance_id: int, position: int, *, claim_id: int, reason: str, on: date, by: int | None
) -> int:
    """Take its payer's answers back that stand in a held payment's way, and post it; one act. Returns the entry's id or 0.

    The cash of what was taken back waits as unapplied under its own trace, until the payer takes it or it is refunded.
    One answer counts until the other does: not before today, nor before the payer's day of the new one where that is
    still to come.

    Raises:
        InputError: no reason.
        StateError: as of `apply_held` and `reverse_place`, or no answer of its payer stands in its way.
    """
    if not reason.strip():
        raise InputError(
            f"payment {position} of remittance {remittance_id}: no reason, expected why it replaces the answer"
        )
    row, place_row = _held(remittance_id, position, others=_answered_by(remittance_id, claim_id))
    claim = _locked(claim_id)
    before = _in_the_way(_plan(row, place_row, claim, on=on))
    # From then on the one counts and the others no more: as of a day between, neither both would stand nor none.
    day = max(on, _applies_from(row, place_row))
    words = f"replaced by payment {position} of trace {row.trace_number}: {reason.strip()}"
    for replaced in _newest_first(answer.place_id for answer in before.answers):
        reverse_place(
            replaced.remittance_id,
            replaced.position,
            on=on,
            reason=words[:280],
            by=by,
            not_before=day,
        )
    place = _plan(row, place_row, _locked(claim_id), on=on)
    _require_free(place)
    return _apply(row, place_row, place, on=on, by=by, not_before=day)


def _newest_first(place_ids: Iterable[int]) -> list[RemittanceClaim]:
    """The rows of answers, newest first: one that was posted beside another one goes before that."""
    rows = list(RemittanceClaim.objects.filter(is_one_of("id", sorted(place_ids))))
    ordered: list[RemittanceClaim] = []
    while rows:
        stood_on = {row.beside_id for row in rows}
        last = max(rows, key=lambda row: (row.pk not in stood_on, row.entry_id, row.pk))
        ordered.append(last)
        rows.remove(last)
    return ordered


def _answered_by(remittance_id: int, claim_id: int) -> set[int]:
    """Ids of the remittances by which the payer of this one has answered a claim."""
    payer_id = Remittance.objects.values_list("payer_id", flat=True).get(pk=remittance_id)
    answers = RemittanceClaim.objects.filter(claim_id=claim_id, outcome__in=POSTED)
    return set(
        answers.filter(remittance__payer_id=payer_id).values_list("remittance_id", flat=True)
    )


def _held(
    remittance_id: int, position: int, *, others: Collection[int] = ()
) -> tuple[Remittance, RemittanceClaim]:
    """Locked, with the other remittances that may be taken back: whoever takes those back locks them before the claim."""
    ids = sorted({remittance_id, *others})
    rows = Remittance.objects.select_for_update().filter(is_one_of("id", ids)).order_by("id")
    row = {one.pk: one for one in rows}[remittance_id]
    place_row = RemittanceClaim.objects.get(remittance=row, position=position)
    if row.state != State.POSTED or place_row.outcome != Outcome.HELD:
        raise StateError(f"payment {position} of remittance {remittance_id} is not held")
    return row, place_row


def _locked(claim_id: int) -> Claim:
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    ledger.lock_claims([claim_id])
    return claim


def _plan(
    row: Remittance,
    place_row: RemittanceClaim,
    claim: Claim,
    *,
    on: date,
    is_further: bool = False,
) -> Place:
    position = place_row.position
    [payment] = payments_of(row.pk, position, position)
    place = plan_place(row, payment, claim, position=position, posted_on=on, is_further=is_further)
    if place.again is None and place.plan.is_held:
        raise StateError(f"payment {position} does not fit claim {claim.pk}: {place.plan.hold}")
    return place


def _in_the_way(place: Place) -> Again:
    if place.again is None:
        raise StateError(
            f"payment {place.position}: no answer of its payer stands in its way",
            hint="Apply it to the claim.",
        )
    return place.again


def _require_free(place: Place) -> None:
    if place.again is not None:
        raise StateError(f"payment {place.position}: {place.again.words}")


def _apply(
    row: Remittance,
    place_row: RemittanceClaim,
    place: Place,
    *,
    on: date,
    by: int | None,
    not_before: date | None = None,
    beside: int | None = None,
) -> int:
    """Post what was planned; `beside`: the row of the answer that it is a further payment to."""
    position, claim = place_row.position, place.claim
    assert claim is not None
    require_parked(row, place_row.paid)
    entry_id, counts_from = 0, _applies_from(row, place_row)
    if not_before is None:
        not_before = _answer_ended_on(row, place)
    if not_before is not None:
        counts_from = max(counts_from, not_before)
    if place.plan.legs:
        entry = Entry(
            kind="takeback" if place.payment.is_reversal else "payment",
            idempotency_key=next_key(row, position, "applied"),
            effective_on=counts_from,
            accounting_on=on,
            legs=fitted(place.plan.legs),
            memo=f"remittance {row.pk} payment {position} applied by hand",
        )
        [entry_id] = ledger.post_entries([entry], by=by)
        ledger.move_items(bucket_moves([place], {position: entry_id}, on=counts_from))
    RemittanceClaim.objects.filter(pk=place_row.pk).update(
        outcome=OUTCOMES[place.plan.outcome],
        hold="",
        claim_id=claim.pk,
        version=place.version,
        denied=place.plan.denied,
        entry_id=entry_id,
        beside_id=beside,
    )
    Remittance.objects.filter(pk=row.pk).update(
        held_count=F("held_count") - 1, hand_count=F("hand_count") + 1
    )
    events = answer_events(
        [place],
        file_id=row.file_id,
        trace_number=row.trace_number,
        entry_ids={position: entry_id},
        on=on,
        by=by,
    )
    events.run()
    patients = settle_claims([place], trace_number=row.trace_number, on=on)
    next_payer.after_answers({claim.pk: claim.state}, on=on, by=by)
    audit_posting(patients, file_id=row.file_id, by=by)
    work.close_place(row.pk, position, outcome=f"Applied to claim {claim.pk}")
    announce(row.pk, on=on)
    return entry_id


def _applies_from(row: Remittance, place: RemittanceClaim) -> date:
    """From which day a held payment counts on its claim: the payer's, or that on which it was last taken back.

    As of a day between, it would else stand there twice. Its parked cash counts from that day too.
    """
    key = f"remittance:{row.pk}:{row.posting_round}:{place.position}"
    of_place = Q(reverses__idempotency_key=key) | under(f"{key}:", "reverses__idempotency_key")
    last = EntryRow.objects.filter(of_place).aggregate(last=Max("effective_on"))["last"]
    parked = EntryRow.objects.filter(pk=place.unapplied_entry_id).aggregate(
        day=Max("effective_on")
    )["day"]
    if not place.unapplied_entry_id and row.posting_round > 1:  # it paid nothing
        parked = last_taken_back(row.pk)
    return max(row.paid_on, last or row.paid_on, parked or row.paid_on)


def _answer_ended_on(row: Remittance, place: Place) -> date | None:
    """The last day on which an answer of this payer to the same lines ended, by its reversal or by a person's hand.

    As of a day before, that one stands: a payment applied after it would stand beside it.
    """
    if place.claim is None or place.payment.is_reversal:
        return None
    reversals = RemittanceClaim.objects.filter(
        claim_id=place.claim.pk, outcome=Outcome.REVERSED, remittance__payer_id=row.payer_id
    ).exclude(entry_id=0)
    by_payer = list(reversals.values_list("entry_id", flat=True))
    legs = LegRow.objects.filter(
        is_one_of("item_id", sorted({leg.item_id for leg in place.plan.legs})),
        claim_id=place.claim.pk,
        payer_id=row.payer_id,
    )
    ended = Q(entry__reverses__kind="payment") | Q(is_one_of("entry_id", by_payer))
    found: date | None = legs.filter(ended).aggregate(last=Max("entry__effective_on"))["last"]
    return found
