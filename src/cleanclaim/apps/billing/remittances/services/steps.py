"""What a plan becomes in the database: worded first, where the database does not wait for it, and then written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.claims.amounts import Amounts, amounts_after
from cleanclaim.apps.billing.remittances.laying import Desk, Place
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.plans import RemittancePlan, told_of, unapplied_legs
from cleanclaim.apps.billing.remittances.services.moving import bucket_moves
from cleanclaim.apps.billing.remittances.services.settling import (
    Settled,
    answer_events,
    outcomes_update,
    settled,
)
from cleanclaim.apps.billing.remittances.still_open import OpenWork
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.tenancy.bulk import ReadyStatement
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.entry import Entry, Leg


@dataclass(frozen=True, slots=True)
class Step:
    """What a plan becomes, all of it worded, nothing of it written.

    `late` are answers whose claims are settled after the entries, by what the database then says, with `after` as far
    as it is known; `settled` what is known of the others beforehand. `states` are the claims' before. `told` is what
    somebody should look at.
    """

    plan: RemittancePlan | None  # None: it was worded apart, and only this came back
    entry_ids: dict[int, int]  # by position; 0 is the provider adjustments
    entries: ledger.Prepared
    moves: ReadyStatement
    outcomes: ReadyStatement
    events: ReadyStatement
    count: int
    held: tuple[Place, ...]
    states: dict[int, str]
    late: tuple[Place, ...]
    after: dict[int, Amounts] | None = None
    settled: Settled | None = None
    told: tuple[str, ...] = ()

    def for_the_way(self) -> "Step":
        """Without what only wording it anew would need: half of its size."""
        return replace(self, plan=None, entries=self.entries.of_new())


@dataclass(frozen=True, slots=True)
class Wording:
    """How the plans of one posting are worded. `counts_from`: the payer's day, or when what this takes the place of was taken back."""

    row: Remittance
    posted_on: date
    by: int | None
    counts_from: date
    open_work: OpenWork | None = None  # on the claims, where it was asked for all of them at once

    def step(self, plan: RemittancePlan, ids: Sequence[int]) -> Step:
        """The plan worded; its claims are settled when it is written.

        Args:
            ids: reserved for its entries; more than are needed may be given, fewer are filled up.
        """
        entries = self._entries(plan)
        ids = list(ids[: len(entries)])
        ids += ledger.reserve_entries(len(entries) - len(ids))
        prepared = ledger.prepare(list(entries.values()), by=self.by, ids=ids)
        return self.under(plan, prepared, dict(zip(entries, ids, strict=True)))

    def part_step(self, plan: RemittancePlan, ids: Sequence[int], desk: Desk) -> Step:
        """As `step`, for claims that are locked: what becomes of those without open work is known beforehand."""
        step = self.step(plan, ids)
        answers, known = step.late, self.open_work or {}
        late = tuple(place for place in answers if place.claim and known.get(place.claim.id))
        early = [place for place in answers if place.claim and not known.get(place.claim.id)]
        claims = {place.claim.id: place.claim for place in answers if place.claim}
        legs = (leg for entry in step.entries.entries for leg in entry.legs)
        after = amounts_after(claims.values(), legs, in_credit=desk.in_credit())
        found = settled(
            early,
            trace_number=self.row.trace_number,
            on=self.posted_on,
            after=after,
            denied=_denied(early, desk.standing.denied),
        )
        late_ids = {place.claim.id for place in late if place.claim}
        return replace(
            step,
            late=late,
            after={claim_id: after[claim_id] for claim_id in late_ids},
            settled=found,
            told=tuple(told_of(plan.places, on=self.posted_on)),
        )

    def under(
        self, plan: RemittancePlan, entries: ledger.Prepared, entry_ids: dict[int, int]
    ) -> Step:
        """The plan worded with these ids of its entries."""
        row = self.row
        answers = tuple(place for place in plan.places if place.claim and place.plan.is_answer)
        states: dict[int, str] = {}
        for place in answers:
            if place.claim:
                states.setdefault(place.claim.id, place.claim.state)
        return Step(
            plan,
            entry_ids,
            entries,
            moves=ledger.moves_insertion(bucket_moves(plan.places, entry_ids, on=self.counts_from)),
            outcomes=outcomes_update(row, plan, entry_ids),
            events=answer_events(
                answers,
                file_id=row.file_id,
                trace_number=row.trace_number,
                entry_ids=entry_ids,
                on=self.posted_on,
                by=self.by,
            ),
            count=len(plan.places),
            held=plan.held,
            states=states,
            late=answers,
        )

    def _entries(self, plan: RemittancePlan) -> dict[int, Entry]:
        """{position: entry} of what moves money; position 0 is the provider adjustments."""
        entries: dict[int, Entry] = {}
        if plan.adjustment_legs:
            entries[0] = self._entry(0, "provider-adjustment", plan.adjustment_legs)
        for place in plan.places:
            if place.plan.is_held:
                legs = unapplied_legs(place.payment, payer_id=self.row.payer_id, trace=plan.trace)
                kind = "unapplied"
            else:
                legs = place.legs
                kind = "takeback" if place.payment.is_reversal else "payment"
            if legs:
                entries[place.position] = self._entry(place.position, kind, legs)
        return entries

    def _entry(self, position: int, kind: str, legs: Sequence[Leg]) -> Entry:
        row = self.row
        return Entry(
            kind=kind,
            idempotency_key=f"remittance:{row.pk}:{row.posting_round}:{position}",
            effective_on=self.counts_from,
            accounting_on=self.posted_on,
            legs=tuple(legs),
            memo=f"remittance {row.pk} trace {row.trace_number}"[:200],
        )


def _denied(places: Sequence[Place], before: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """What payers have denied of each claim in all, these answers included."""
    found: dict[int, Decimal] = {}
    for place in places:
        if place.claim:
            claim_id = place.claim.id
            found[claim_id] = found.get(claim_id, before.get(claim_id, ZERO)) + place.plan.denied
    return found
