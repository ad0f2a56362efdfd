"""What a posted answer makes of its claim: amounts, state, timeline, work, audit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.billing.claims import amounts, rows
from cleanclaim.apps.billing.claims import work as claim_work
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import State as ClaimState
from cleanclaim.apps.billing.claims.states import once_settled
from cleanclaim.apps.billing.remittances.laying import Place
from cleanclaim.apps.billing.remittances.mirroring import left_to_patient
from cleanclaim.apps.billing.remittances.models import POSTED, Outcome, Remittance
from cleanclaim.apps.billing.remittances.payer_rules import RulesOf
from cleanclaim.apps.billing.remittances.plans import RemittancePlan
from cleanclaim.apps.billing.remittances.still_open import OpenWork, standing_places, still_open
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.tenancy.arrays import array_text, unnested
from cleanclaim.apps.shared.tenancy.bulk import ReadyStatement
from cleanclaim.apps.shared.work.services import NewWork
from cleanclaim.apps.shared.work.services import open_work as open_items
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.posting import PostingOutcome

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
class Settled:
    """What answers make of their claims, all of it worded, nothing of it written. `patients`: whose they are."""

    amounts: ReadyStatement
    work: tuple[NewWork, ...]
    patients: frozenset[int]

    def write(self) -> None:
        """Keep it. Work of earlier answers is closed before."""
        self.amounts.run()
        open_items(self.work)


def settled(
    places: Sequence[Place],
    *,
    trace_number: str,
    on: date,
    after: Mapping[int, amounts.Amounts],
    denied: Mapping[int, Decimal],
    still_denied: Collection[int] = (),
) -> Settled:
    """What the answers make of their claims.

    Args:
        after: the amounts of the claims once they are posted.
        denied: what payers have denied in all, these answers included, by claim.
        still_denied: claims of which an earlier answer's denial stays.
    """
    claims = {place.claim.id: place.claim for place in places if place.claim}
    last = {place.claim.id: place for place in places if place.claim}
    standing = standing_places(places)
    refused = {place.claim.id for place in standing if place.claim and place.plan.denied > 0}
    states = {
        claim_id: claim_state(
            claims[claim_id],
            _outcome(place, after[claim_id]),
            after[claim_id],
            left_to_patient=_left_to_patient(place),
            is_denied=claim_id in refused or claim_id in still_denied,
        )
        for claim_id, place in last.items()
    }
    kept = amounts.storing(
        {claim_id: after[claim_id] for claim_id in claims},
        states=states,
        denied=denied,
        payer_control_numbers={
            claim_id: place.payment.payer_control_number[:80]
            for claim_id, place in last.items()
            if not place.payment.is_reversal
            # A former payer's later word does not change the number that the present one knows it by.
            and place.version == claims[claim_id].version
        },
    )
    work = claim_work.work_of_answers(
        [
            (claims[request.claim_id], request, f"{trace_number}:{place.position}")
            for place in standing
            if place.claim
            for request in place.plan.work
            if request.kind != "credit" or _stays_in_credit(request.item_id, places)
        ],
        on=on,
    )
    patients = frozenset(claim.patient_id for claim in claims.values())
    return Settled(kept, tuple(work), patients)


def settle_claims(
    places: Sequence[Place],
    *,
    trace_number: str,
    on: date,
    after: Mapping[int, amounts.Amounts] | None = None,
    open_work: OpenWork | None = None,
    rules: RulesOf | None = None,
) -> frozenset[int]:
    """After the entries: amounts, states and work of the claims; whose they are, for the audit.

    Args:
        after: the amounts of the claims now, where the caller knows them; else the legs are asked.
        open_work, rules: as `still_open` takes them.
    """
    claim_ids = list(dict.fromkeys(place.claim.id for place in places if place.claim))
    if not claim_ids:
        return frozenset()
    earlier = still_open(standing_places(places), known=open_work, rules=rules)
    found = settled(
        places,
        trace_number=trace_number,
        on=on,
        after=amounts.amounts_of(claim_ids) if after is None else after,
        denied=denied_totals(claim_ids),
        still_denied=earlier.denied,
    )
    if earlier.is_any:
        claim_work.close_answered(claim_ids, but_for=earlier.keys)
    found.write()
    return found.patients


def _outcome(place: Place, now: amounts.Amounts) -> Outcome:
    """What tells where the claim stands: of a reversal, the payer's answer that stands beside the one that it takes back."""
    if place.stands is None:
        return OUTCOMES[place.plan.outcome]
    return beside_reversal(Outcome(place.stands.outcome), now)


def beside_reversal(outcome: Outcome, now: amounts.Amounts) -> Outcome:
    """What tells where a claim stands after a reversal, where another answer of its payer stands.

    One that paid does not say that what was taken back is answered: the payer is waited for while anything is open there.
    """
    waits = outcome is Outcome.PAID and now.open_amount > ZERO
    return Outcome.REVERSED if waits else outcome


def _left_to_patient(place: Place) -> Decimal:
    if place.stands is None:
        return place.plan.patient_amount
    return left_to_patient(place.stands.posted())


def outcomes_update(
    row: Remittance, plan: RemittancePlan, entry_ids: dict[int, int]
) -> ReadyStatement:
    """What became of each payment of the plan, on its row."""
    rows_ = []
    for place in plan.places:
        entry_id, held = entry_ids.get(place.position, 0), place.plan.is_held
        rows_.append(
            (
                place.position,
                OUTCOMES[place.plan.outcome].value,
                place.plan.hold[:300],
                place.claim.id if place.claim else None,
                place.version,
                place.plan.denied,
                0 if held else entry_id,
                entry_id if held else 0,
            )
        )
    if not rows_:
        return ReadyStatement("", [])
    names = "position, outcome, hold, claim_id, version, denied, entry_id, unapplied_entry_id"
    sets = ", ".join(f"{name} = w.{name}" for name in names.split(", ")[1:])
    kinds = ("int", "text", "text", "bigint", "int", "numeric", "bigint", "bigint")
    sql = (
        f"UPDATE remittances_remittanceclaim AS p SET {sets} "
        f"FROM (SELECT {', '.join(map(unnested, kinds))}) AS w({names}) "
        # Between: else each part of a large payment reads all of its places.
        "WHERE p.remittance_id = %s AND p.position BETWEEN %s AND %s AND p.position = w.position"
    )
    columns = list(zip(*rows_, strict=True))
    narrowed = (row.pk, min(columns[0]), max(columns[0]))
    return ReadyStatement(sql, [*map(array_text, columns), *narrowed])


def _stays_in_credit(item_id: int, places: Sequence[Place]) -> bool:
    """Whether an item is in credit after all of a payment: a correction may stand before the reversal that it follows."""
    after = next(place.after[item_id] for place in reversed(places) if item_id in place.after)
    return any(amount < 0 for amount in after.values())


def answer_events(
    places: Sequence[Place],
    *,
    file_id: int,
    trace_number: str,
    entry_ids: dict[int, int],
    on: date,
    by: int | None,
) -> ReadyStatement:
    """What each answer adds to its claim's timeline."""
    told = [(place, place.claim.id) for place in places if place.claim]
    return rows.events_insertion(
        [
            (claim_id, OUTCOMES[place.plan.outcome].value, _words(place, trace_number))
            for place, claim_id in told
        ],
        on=on,
        by=by,
        file_id=file_id,
        entry_ids=[entry_ids.get(place.position, 0) for place, _ in told],
    )


def audit_posting(patient_ids: Collection[int], *, file_id: int, by: int | None) -> None:
    """One event per patient on whose claims something was posted."""
    record_audit(
        "receive", patient_ids=patient_ids, by=by, what="post remittance", detail=f"file {file_id}"
    )


def claim_state(
    claim: Claim,
    outcome: Outcome,
    now: amounts.Amounts,
    *,
    left_to_patient: Decimal = ZERO,
    is_denied: bool = False,
) -> ClaimState:
    """Where a claim stands after this answer, with these amounts; `left_to_patient` is the answer's own.

    `is_denied`: something of it is denied still, by this answer or by one that it says nothing of.
    """
    found = _state_of(claim, outcome, now, left_to_patient=left_to_patient, is_denied=is_denied)
    return once_settled(found, has_rest=now.has_rest)


def _state_of(
    claim: Claim,
    outcome: Outcome,
    now: amounts.Amounts,
    *,
    left_to_patient: Decimal,
    is_denied: bool,
) -> ClaimState:
    if outcome is Outcome.REVERSED and claim.frequency_code == "8":
        return ClaimState.VOID
    if outcome is Outcome.PAID and is_denied:
        return ClaimState.PARTIAL
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
            "WHERE claim_id = ANY(%s::bigint[]) AND outcome = ANY(%s) GROUP BY claim_id",
            [array_text(claim_ids), POSTED],
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
