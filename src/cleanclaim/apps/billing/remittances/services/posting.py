"""Post a remittance: one database transaction, from the plan that was shown beforehand."""

from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from cleanclaim.apps.billing.claims.amounts import Amounts, amounts_after
from cleanclaim.apps.billing.claims.services import next_payer
from cleanclaim.apps.billing.remittances import parts, progress, work
from cleanclaim.apps.billing.remittances.bodies import difference_of, head_of, whole
from cleanclaim.apps.billing.remittances.laying import DeskRows, Place
from cleanclaim.apps.billing.remittances.matching import candidates
from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.billing.remittances.plans import (
    RemittancePlan,
    desk_for,
    findings_of,
    plan_head,
    plan_places,
    plan_remittance,
    stop_of,
    told_of,
    unapplied_legs,
)
from cleanclaim.apps.billing.remittances.seals import require_same
from cleanclaim.apps.billing.remittances.services.announcing import announce
from cleanclaim.apps.billing.remittances.services.moving import bucket_moves
from cleanclaim.apps.billing.remittances.services.settling import (
    answer_events,
    audit_posting,
    outcomes_update,
    settle_claims,
)
from cleanclaim.apps.billing.remittances.still_open import OpenWork, open_work_of
from cleanclaim.apps.billing.remittances.taken_back import last_taken_back
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.tenancy.beside import Beside
from cleanclaim.apps.shared.tenancy.bulk import ReadyStatement
from cleanclaim.apps.shared.users.models import User
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.kernel.errors import StateError
from cleanclaim.rules.posting import PayerRule, RuleAction
from cleanclaim.values.entry import Entry, Leg

PARTS_LOADED = 2  # before they are planned; each takes some 15 MB
AHEAD = 4  # parts that wait for the database, to be read or to be written


@dataclass(frozen=True, slots=True)
class Posted:
    """What posting did. `hold` says why nothing of it was posted; `held` counts claims parked for a person.

    `findings` did not stop it, but somebody should look.
    """

    remittance_id: int
    posted: int
    held: int
    entry_ids: tuple[int, ...]
    hold: str = ""
    findings: tuple[str, ...] = ()


def simulate_posting(remittance_id: int, *, posted_on: date) -> RemittancePlan:
    """What posting would do, on the ledger as it stands; writes nothing."""
    row = Remittance.objects.get(pk=remittance_id)
    return plan_remittance(row, whole(row), posted_on=posted_on)


@without_cycle_collection()
@transaction.atomic
def post_remittance(
    remittance_id: int,
    *,
    posted_on: date,
    by: int | None = None,
    shown: str = "",
    not_before: date | None = None,
) -> Posted:
    """Post every claim payment and provider adjustment of one remittance; all or nothing.

    A payment whose claim cannot be told parks its cash as unapplied and becomes work; it never stops
    the others. A remittance that does not balance is held whole. The ledger's clearing account moves
    by exactly what was paid. `shown` is the seal of the plan that a person saw (see `seals`), `not_before` the day
    from which the entries count at the earliest, where they take the place of others that were taken back on it.

    Raises:
        StateError: it is posted already (the message says by whom and when), the month is closed, or
            posting would no longer do what was shown.
    """
    row = Remittance.objects.select_for_update().get(pk=remittance_id)
    if row.state == State.POSTED:
        raise StateError(_posted_already(row), hint="Reverse it before posting it again.")
    if row.claim_count > parts.PLACES_AT_ONCE:
        return _post_in_parts(row, posted_on=posted_on, by=by, shown=shown, not_before=not_before)
    value = whole(row)
    # Claims are locked before their balances are read; others post on them before or after us.
    claims = list(candidates(value.claims).select_for_update())
    ledger.lock_claims(claim.pk for claim in claims)
    plan = plan_remittance(row, value, posted_on=posted_on, claims=claims)
    if shown:
        require_same(shown, plan, payer_id=row.payer_id)
    if plan.hold:
        return _hold(row, plan.hold, on=posted_on)
    posting = _begin(row, posted_on=posted_on, by=by, not_before=not_before)
    posting.write(posting.prepare(plan))
    return posting.finish(plan.findings)


def _post_in_parts(
    row: Remittance, *, posted_on: date, by: int | None, shown: str, not_before: date | None
) -> Posted:
    """As `post_remittance` does it, for more claims than fit into memory; the database writes while we plan."""
    head = head_of(row)
    parts.lock_all(row)
    ledger.lock_all_claims()
    if shown:
        plan = plan_remittance(row, whole(row), posted_on=posted_on)
        require_same(shown, plan, payer_id=row.payer_id)
    found = plan_head(row, head, posted_on=posted_on, difference=difference_of(row, head))
    pieces = parts.parts_of(row)
    hold = found.plan.hold
    if not hold and any(rule.action is RuleAction.HOLD for rule in found.rules):
        hold = _stop_in(row, pieces, found.rules, posted_on=posted_on)
    if hold:
        return _hold(row, hold, on=posted_on)
    count = row.claim_count + 1
    posting = _begin(row, posted_on=posted_on, by=by, not_before=not_before, entries=count)
    posting.open_work = open_work_of({one for piece in pieces for one in piece.claim_ids} - {0})
    told: list[str] = []
    with Beside(ahead=AHEAD) as beside:

        def load(piece: parts.Part) -> Future[tuple[parts.Loaded, DeskRows]]:
            return beside.do(_load, row, piece)

        beside.do(posting.write, posting.prepare(found.plan))  # the provider adjustments
        loading = deque(map(load, pieces[:PARTS_LOADED]))
        for after in (*pieces[PARTS_LOADED:], *[None] * PARTS_LOADED):
            if not loading:
                break
            loaded, rows = loading.popleft().result()
            if after is not None:
                loading.append(load(after))
            desk = desk_for(
                row, loaded.claim_ids, rules=found.rules, posted_on=posted_on, rows=rows
            )
            places = plan_places(desk, loaded.matched())
            told += told_of(places)
            part = replace(found.plan, adjustment_legs=(), places=places)
            beside.do(posting.write_part, posting.prepare(part, in_credit=desk.in_credit()))
        beside.wait()
    return posting.finish(found.plan.findings + findings_of(told))


def _load(row: Remittance, piece: parts.Part) -> tuple[parts.Loaded, DeskRows]:
    loaded = piece.load(row)
    return loaded, DeskRows.of(loaded.claim_ids)


def _stop_in(
    row: Remittance, pieces: Sequence[parts.Part], rules: Sequence[PayerRule], *, posted_on: date
) -> str:
    """Why a rule of the practice stops the whole remittance: nothing may be written before all is planned."""
    for part in pieces:
        loaded, rows = _load(row, part)
        desk = desk_for(row, loaded.claim_ids, rules=rules, posted_on=posted_on, rows=rows)
        if stop := stop_of(plan_places(desk, loaded.matched())):
            return stop
    return ""


def _begin(
    row: Remittance,
    *,
    posted_on: date,
    by: int | None,
    not_before: date | None,
    entries: int = 0,
) -> "_Posting":
    # What was taken back counts until that day: posted anew from before it, it would stand twice as of a day between.
    back = last_taken_back(row.pk) if row.posting_round else None
    counts_from = max(day for day in (row.paid_on, back, not_before) if day is not None)
    row.posting_round += 1
    return _Posting(row, posted_on, by, counts_from, ids=ledger.reserve_entries(entries))


@dataclass(frozen=True, slots=True)
class _Step:
    """What a plan becomes in the database, all of it worded, nothing of it written."""

    plan: RemittancePlan
    answers: Sequence[Place]
    entry_ids: dict[int, int]  # by position; 0 is the provider adjustments
    entries: ledger.Prepared
    moves: ReadyStatement
    outcomes: ReadyStatement
    events: ReadyStatement
    after: dict[int, Amounts] | None = (
        None  # what the answers make of their claims, where it is known
    )


@dataclass(slots=True)
class _Posting:
    """A remittance that is being posted, whole or part by part, and what has been done so far.

    One thread may prepare steps while another writes the ones before them.
    """

    row: Remittance
    posted_on: date
    by: int | None
    counts_from: date  # the payer's day, or when what this takes the place of was taken back
    ids: list[int]  # of entries to come, reserved
    posted: int = 0
    held: int = 0
    entry_ids: list[int] = field(default_factory=list)
    patients: set[int] = field(default_factory=set)
    states: dict[int, str] = field(default_factory=dict)  # of the claims, before
    open_work: OpenWork | None = None  # on the claims, where it was asked for all of them at once

    def prepare(self, plan: RemittancePlan, *, in_credit: Collection[int] | None = None) -> _Step:
        """All that can be done before the database is asked.

        Args:
            in_credit: the claims that the plan leaves with an item below zero; None: the legs are asked afterwards.
        """
        entries = _entries(self.row, plan, posted_on=self.posted_on, counts_from=self.counts_from)
        ids, self.ids = self.ids[: len(entries)], self.ids[len(entries) :]
        if len(ids) < len(entries):
            ids = ledger.reserve_entries(len(entries))
        prepared = ledger.prepare(list(entries.values()), by=self.by, ids=ids)
        step = self._word(plan, prepared, dict(zip(entries, ids, strict=True)))
        if in_credit is None:
            return step
        claims = {place.claim.pk: place.claim for place in step.answers if place.claim}
        legs = (leg for entry in entries.values() for leg in entry.legs)
        return replace(step, after=amounts_after(claims.values(), legs, in_credit=in_credit))

    def _word(
        self, plan: RemittancePlan, entries: ledger.Prepared, entry_ids: dict[int, int]
    ) -> _Step:
        row = self.row
        answers = [place for place in plan.places if place.claim and place.plan.is_answer]
        return _Step(
            plan,
            answers,
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
        )

    def write(self, step: _Step) -> None:
        """Entries, outcomes, and what becomes of the claims."""
        row, posted_on = self.row, self.posted_on
        ids, _ = ledger.post_prepared(step.entries)
        if ids != step.entries.ids:  # a key was known: its first entry stands
            step = self._word(step.plan, step.entries, dict(zip(step.entry_ids, ids, strict=True)))
        step.moves.run()
        _keep_outcomes(step.outcomes)
        for place in step.answers:
            if place.claim:
                self.states.setdefault(place.claim.pk, place.claim.state)
        self.patients |= settle_claims(
            step.answers,
            trace_number=row.trace_number,
            events=step.events,
            on=posted_on,
            after=step.after,
            open_work=self.open_work,
        )
        held = step.plan.held
        work.open_unmatched(row, held, on=posted_on)
        self.held += len(held)
        self.posted += len(step.plan.places) - len(held)
        self.entry_ids += ids
        progress.tell_written(row.trace_number, self.posted + self.held, row.claim_count)

    def write_part(self, step: _Step) -> None:
        """As `write`, with the entries proved at once: at the end nobody would have anything else to do meanwhile."""
        self.write(step)
        ledger.prove_now()

    def finish(self, findings: Sequence[str]) -> Posted:
        """The remittance is posted."""
        row = self.row
        next_payer.after_answers(self.states, on=self.posted_on, by=self.by)
        audit_posting(self.patients, file_id=row.file_id, by=self.by)
        work.open_findings(row, findings, on=self.posted_on)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE remittances_remittance SET state = 'posted', hold = '', held_count = %s, "
                "posted_on = %s, posted_at = now(), posted_by = %s, posting_round = %s WHERE id = %s",
                [self.held, self.posted_on, self.by, row.posting_round, row.pk],
            )
        if row.state == State.HELD:
            work.close_remittance(row.pk, kinds=(work.UNPOSTED,), outcome="Posted")
        announce(row.pk, on=self.posted_on)
        return Posted(
            row.pk, self.posted, self.held, tuple(self.entry_ids), findings=tuple(findings)
        )


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


def _entries(
    row: Remittance, plan: RemittancePlan, *, posted_on: date, counts_from: date
) -> dict[int, Entry]:
    """{position: entry} of what moves money; position 0 is the provider adjustments."""
    entries: dict[int, Entry] = {}
    if plan.adjustment_legs:
        entries[0] = _entry(
            row, 0, "provider-adjustment", plan.adjustment_legs, posted_on, counts_from
        )
    for place in plan.places:
        if place.plan.is_held:
            legs = unapplied_legs(place.payment, payer_id=row.payer_id, trace=plan.trace)
            kind = "unapplied"
        else:
            legs = place.legs
            kind = "takeback" if place.payment.is_reversal else "payment"
        if legs:
            entries[place.position] = _entry(
                row, place.position, kind, legs, posted_on, counts_from
            )
    return entries


def _entry(
    row: Remittance,
    position: int,
    kind: str,
    legs: Sequence[Leg],
    posted_on: date,
    counts_from: date,
) -> Entry:
    return Entry(
        kind=kind,
        idempotency_key=f"remittance:{row.pk}:{row.posting_round}:{position}",
        effective_on=counts_from,
        accounting_on=posted_on,
        legs=tuple(legs),
        memo=f"remittance {row.pk} trace {row.trace_number}"[:200],
    )


def _keep_outcomes(outcomes: ReadyStatement) -> None:
    outcomes.run()
