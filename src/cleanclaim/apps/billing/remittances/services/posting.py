"""Post a remittance: one database transaction, from the plan that was shown beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from cleanclaim.apps.billing.claims import amounts, rows
from cleanclaim.apps.billing.claims import work as claim_work
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import State as ClaimState
from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.bodies import whole
from cleanclaim.apps.billing.remittances.matching import candidates
from cleanclaim.apps.billing.remittances.models import (
    POSTED,
    Outcome,
    Remittance,
    State,
)
from cleanclaim.apps.billing.remittances.plans import (
    Place,
    RemittancePlan,
    plan_remittance,
    unapplied_legs,
)
from cleanclaim.apps.billing.remittances.seals import require_same
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.tenancy.bulk import array_text
from cleanclaim.apps.shared.users.models import User
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.posting import PostingOutcome
from cleanclaim.values.entry import Entry, Leg

OUTCOMES = {
    PostingOutcome.PAID: Outcome.PAID,
    PostingOutcome.PARTIAL: Outcome.PARTIAL,
    PostingOutcome.DENIED: Outcome.DENIED,
    PostingOutcome.REVERSED: Outcome.REVERSED,
    PostingOutcome.MEMO: Outcome.MEMO,
    PostingOutcome.HELD: Outcome.HELD,
}
_CLAIM_STATES = {
    Outcome.PAID: ClaimState.PAID,
    Outcome.PARTIAL: ClaimState.PARTIAL,
    Outcome.DENIED: ClaimState.DENIED,
    Outcome.REVERSED: ClaimState.ACCEPTED,
}
_WORDS = {
    Outcome.PAID: "The payer paid",
    Outcome.PARTIAL: "The payer denied a part and paid",
    Outcome.DENIED: "The payer denied it and paid",
    Outcome.REVERSED: "The payer took its answer back:",
}


@dataclass(frozen=True, slots=True)
class Posted:
    """What posting did. `hold` says why nothing of it was posted; `held` counts claims parked for a person."""

    remittance_id: int
    posted: int
    held: int
    entry_ids: tuple[int, ...]
    hold: str = ""


def simulate_posting(remittance_id: int, *, posted_on: date) -> RemittancePlan:
    """What posting would do, on the ledger as it stands; writes nothing."""
    row = Remittance.objects.get(pk=remittance_id)
    return plan_remittance(row, whole(row), posted_on=posted_on)


@transaction.atomic
def post_remittance(
    remittance_id: int, *, posted_on: date, by: int | None = None, shown: str = ""
) -> Posted:
    """Post every claim payment and provider adjustment of one remittance; all or nothing.

    A payment whose claim cannot be told parks its cash as unapplied and becomes work; it never stops
    the others. A remittance that does not balance is held whole. The ledger's clearing account moves
    by exactly what was paid. `shown` is the seal of the plan that a person saw (see `seals`).

    Raises:
        StateError: it is posted already (the message says by whom and when), the month is closed, or
            posting would no longer do what was shown.
    """
    row = Remittance.objects.select_for_update().get(pk=remittance_id)
    if row.state == State.POSTED:
        raise StateError(_posted_already(row), hint="Reverse it before posting it again.")
    value = whole(row)
    # Claims are locked before their balances are read; others post on them before or after us.
    claims = list(candidates(value.claims).select_for_update())
    ledger.lock_claims(claim.pk for claim in claims)
    plan = plan_remittance(row, value, posted_on=posted_on, claims=claims)
    if shown:
        require_same(shown, plan, payer_id=row.payer_id)
    if plan.hold:
        return _hold(row, plan.hold, on=posted_on)
    row.posting_round += 1
    entry_ids = _post_entries(row, plan, posted_on=posted_on, by=by)
    _keep_outcomes(row, plan, entry_ids)
    settle_claims(
        [place for place in plan.places if place.claim and place.plan.is_answer],
        file_id=row.file_id,
        trace_number=row.trace_number,
        entry_ids=entry_ids,
        on=posted_on,
        by=by,
    )
    work.open_unmatched(row, plan.held, on=posted_on)
    work.open_findings(row, plan.findings, on=posted_on)
    held = len(plan.held)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE remittances_remittance SET state = 'posted', hold = '', held_count = %s, "
            "posted_on = %s, posted_at = now(), posted_by = %s, posting_round = %s WHERE id = %s",
            [held, posted_on, by, row.posting_round, row.pk],
        )
    if row.state == State.HELD:
        work.close_remittance(row.pk, kinds=(work.UNPOSTED,), outcome="Posted")
    return Posted(row.pk, len(plan.places) - held, held, tuple(entry_ids.values()))


def _posted_already(row: Remittance) -> str:
    who = "the system"
    if row.posted_by is not None:
        user = User.objects.filter(pk=row.posted_by).first()
        who = user.name if user else f"user {row.posted_by}"
    at = timezone.localtime(row.posted_at) if row.posted_at else None
    when = f"{at:%Y-%m-%d %H:%M}" if at else str(row.posted_on)
    return f"remittance {row.pk} was posted by {who} at {when}"


def _hold(row: Remittance, reason: str, *, on: date) -> Posted:
    Remittance.objects.filter(pk=row.pk).update(state=State.HELD, hold=reason[:300])
    work.open_hold(row, reason, on=on)
    return Posted(row.pk, 0, 0, (), hold=reason)


def _post_entries(
    row: Remittance, plan: RemittancePlan, *, posted_on: date, by: int | None
) -> dict[int, int]:
    """{position: entry id} of what moved money; position 0 is the provider adjustments."""
    entries: dict[int, Entry] = {}
    if plan.adjustment_legs:
        entries[0] = _entry(row, 0, "provider-adjustment", plan.adjustment_legs, posted_on)
    for place in plan.places:
        if place.plan.is_held:
            legs = unapplied_legs(place.payment, payer_id=row.payer_id, trace=plan.trace)
            kind = "unapplied"
        else:
            legs = place.legs
            kind = "takeback" if place.payment.is_reversal else "payment"
        if legs:
            entries[place.position] = _entry(row, place.position, kind, legs, posted_on)
    ids = ledger.post_entries(list(entries.values()), by=by)
    by_position = dict(zip(entries, ids, strict=True))
    move_buckets(plan.places, by_position, on=row.paid_on)
    return by_position


def _entry(
    row: Remittance, position: int, kind: str, legs: Sequence[Leg], posted_on: date
) -> Entry:
    return Entry(
        kind=kind,
        idempotency_key=f"remittance:{row.pk}:{row.posting_round}:{position}",
        effective_on=row.paid_on,
        accounting_on=posted_on,
        legs=tuple(legs),
        memo=f"remittance {row.pk} trace {row.trace_number}"[:200],
    )


def move_buckets(places: Sequence[Place], entry_ids: dict[int, int], *, on: date) -> None:
    """Record whose an item is now: the patient's once the payer owes nothing, the payer's once it does again."""
    moves = []
    for place in places:
        for item_id, after in place.after.items():
            was, now = _owner(place.before[item_id]), _owner(after)
            if now and was and now != was:
                entry_id = entry_ids.get(place.position)
                moves.append(ledger.BucketMove(item_id, now, on, on, entry_id))
    ledger.move_items(moves)


def _owner(balances: dict[str, Decimal]) -> str:
    """The first bucket that owes something, payers before patients; empty if none does."""
    return next((bucket for bucket in sorted(balances, key=_rank) if balances[bucket] > 0), "")


def _rank(bucket: str) -> tuple[bool, str]:
    return (not bucket.startswith("payer"), bucket)


def _keep_outcomes(row: Remittance, plan: RemittancePlan, entry_ids: dict[int, int]) -> None:
    rows_ = []
    for place in plan.places:
        entry_id, held = entry_ids.get(place.position, 0), place.plan.is_held
        rows_.append(
            (
                place.position,
                OUTCOMES[place.plan.outcome].value,
                place.plan.hold[:300],
                place.claim.pk if place.claim else None,
                place.version,
                place.plan.denied,
                0 if held else entry_id,
                entry_id if held else 0,
            )
        )
    if not rows_:
        return
    names = "position, outcome, hold, claim_id, version, denied, entry_id, unapplied_entry_id"
    sets = ", ".join(f"{name} = w.{name}" for name in names.split(", ")[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE remittances_remittanceclaim AS p SET {sets} FROM unnest("
            "%s::int[], %s::text[], %s::text[], %s::bigint[], %s::int[], %s::numeric[], "
            f"%s::bigint[], %s::bigint[]) AS w({names}) "
            "WHERE p.remittance_id = %s AND p.position = w.position",
            [*(array_text(column) for column in zip(*rows_, strict=True)), row.pk],
        )


def settle_claims(
    places: Sequence[Place],
    *,
    file_id: int,
    trace_number: str,
    entry_ids: dict[int, int],
    on: date,
    by: int | None,
) -> None:
    """After the entries: amounts, states, timelines, work and audit of the claims."""
    if not places:
        return
    claims = {place.claim.pk: place.claim for place in places if place.claim}
    found = amounts.amounts_of(list(claims))
    last = {place.claim.pk: place for place in places if place.claim}
    states = {
        claim_id: claim_state(
            claims[claim_id],
            OUTCOMES[place.plan.outcome],
            found[claim_id],
            left_to_patient=place.plan.patient_amount,
        )
        for claim_id, place in last.items()
    }
    amounts.store(
        found,
        states=states,
        denied=denied_totals(list(claims)),
        payer_control_numbers={
            claim_id: place.payment.payer_control_number[:80]
            for claim_id, place in last.items()
            if not place.payment.is_reversal
        },
    )
    rows.add_events(
        [
            (place.claim.pk, OUTCOMES[place.plan.outcome].value, _words(place, trace_number))
            for place in places
            if place.claim
        ],
        on=on,
        by=by,
        file_id=file_id,
        entry_ids={
            place.claim.pk: entry_ids.get(place.position, 0) for place in places if place.claim
        },
    )
    claim_work.close_answered(list(claims))
    claim_work.open_answers(
        [
            (claims[request.claim_id], request, f"{trace_number}:{place.position}")
            for place in last.values()
            for request in place.plan.work
        ],
        on=on,
    )
    patients = {claim.patient_id for claim in claims.values()}
    record_audit(
        "receive", patient_ids=patients, by=by, what="post remittance", detail=f"file {file_id}"
    )


def claim_state(
    claim: Claim, outcome: Outcome, now: amounts.Amounts, *, left_to_patient: Decimal = ZERO
) -> ClaimState:
    """Where a claim stands after this answer, with these amounts; `left_to_patient` is the answer's own."""
    if outcome is Outcome.REVERSED and claim.frequency_code == "8":
        return ClaimState.VOID
    if outcome is Outcome.PAID and now.open_amount == ZERO and now.patient_owes == ZERO:
        return ClaimState.CLOSED
    if outcome is Outcome.DENIED and (now.paid or now.patient_owes > left_to_patient):
        return ClaimState.PARTIAL  # a correction was denied, and the answer before it stands
    return _CLAIM_STATES[outcome]


def denied_totals(claim_ids: Sequence[int]) -> dict[int, Decimal]:
    """What payers have denied of each claim and not taken back, over all posted answers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT claim_id, sum(denied) FROM remittances_remittanceclaim "
            "WHERE claim_id = ANY(%s) AND outcome = ANY(%s) GROUP BY claim_id",
            [list(claim_ids), POSTED],
        )
        return dict(cursor.fetchall())


def _words(place: Place, trace_number: str) -> str:
    outcome = OUTCOMES[place.plan.outcome]
    parts = [f"{_WORDS[outcome]} {show(place.payment.paid)}"]
    if place.plan.patient_amount:
        parts.append(f"{show(place.plan.patient_amount)} is the patient's")
    if place.plan.denied:
        parts.append(f"{show(place.plan.denied)} denied")
    notes = " ".join(f"{note}." for note in place.plan.notes)
    return f"{', '.join(parts)} (trace {trace_number}). {notes}".strip()
