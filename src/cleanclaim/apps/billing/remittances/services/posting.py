"""Post a remittance: one database transaction, from the plan that was shown beforehand."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from cleanclaim.apps.billing.claims.services import next_payer
from cleanclaim.apps.billing.remittances import parts, progress, work
from cleanclaim.apps.billing.remittances.bodies import difference_of, head_of, whole
from cleanclaim.apps.billing.remittances.desk_rows import DeskRows
from cleanclaim.apps.billing.remittances.matching import candidates
from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.billing.remittances.payer_rules import RulesOf, payer_rules
from cleanclaim.apps.billing.remittances.plans import (
    RemittancePlan,
    desk_for,
    findings_of,
    plan_head,
    plan_places,
    plan_remittance,
    stop_of,
)
from cleanclaim.apps.billing.remittances.seals import require_same
from cleanclaim.apps.billing.remittances.services.announcing import announce
from cleanclaim.apps.billing.remittances.services.settling import audit_posting, settle_claims
from cleanclaim.apps.billing.remittances.services.steps import Step, Wording
from cleanclaim.apps.billing.remittances.still_open import open_work_of
from cleanclaim.apps.billing.remittances.taken_back import last_taken_back
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.tenancy.alike import equal_values_once
from cleanclaim.apps.shared.tenancy.apart import Apart
from cleanclaim.apps.shared.tenancy.beside import Beside
from cleanclaim.apps.shared.users.models import User
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.kernel.errors import StateError
from cleanclaim.rules.posting import PayerRule, RuleAction

PARTS_LOADED = 2  # before they are planned; each takes some 15 MB
PARTS_PLANNED = 1  # beside the one that is under way
AHEAD = 4  # parts that wait for the database, to be read or to be written
_Task = tuple[parts.Loaded, DeskRows, list[int]]


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
    posting.write(posting.word(plan))
    return posting.finish(plan.findings)


def _post_in_parts(
    row: Remittance, *, posted_on: date, by: int | None, shown: str, not_before: date | None
) -> Posted:
    """As `post_remittance` does it, for more claims than fit into memory.

    Three at work at once: a copy of this process plans the parts, the database writes them, and we carry between them.
    """
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
    posting = _begin(row, posted_on=posted_on, by=by, not_before=not_before)
    ids = iter(ledger.reserve_entries(row.claim_count))
    claim_ids = {one for piece in pieces for one in piece.claim_ids} - {0}
    wording = replace(posting.wording, open_work=open_work_of(claim_ids))
    posting.wording = wording

    def plan_part(task: _Task) -> Step:
        loaded, rows, entry_ids = task
        desk = desk_for(row, loaded.claim_ids, rows, rules=found.rules, posted_on=posted_on)
        with progress.listening():  # who carries tells it: the copy has nobody to tell
            places = plan_places(desk, loaded.matched())
        part = replace(found.plan, adjustment_legs=(), places=places)
        return wording.part_step(part, entry_ids, desk).for_the_way()

    told: list[str] = []
    with Apart(plan_part) as planning, Beside(ahead=AHEAD) as beside:
        beside.do(posting.write, posting.word(found.plan))  # the provider adjustments
        loading = deque(beside.do(_load, row, piece) for piece in pieces[:PARTS_LOADED])
        for place, piece in enumerate(pieces):
            loaded, rows = loading.popleft().result()
            if (after := place + PARTS_LOADED) < len(pieces):
                loading.append(beside.do(_load, row, pieces[after]))
            progress.tell_planned(len(piece.positions))
            planning.give((loaded, rows, list(islice(ids, len(piece.positions)))))
            while planning.waiting > (0 if place + 1 == len(pieces) else PARTS_PLANNED):
                step = planning.take()
                told += step.told
                beside.do(posting.write_part, step)
        beside.wait()
    return posting.finish(found.plan.findings + findings_of(told))


def _load(row: Remittance, piece: parts.Part) -> tuple[parts.Loaded, DeskRows]:
    with equal_values_once():
        loaded = piece.load(row)
        return loaded, loaded.desk_rows(row)


def _stop_in(
    row: Remittance, pieces: Sequence[parts.Part], rules: Sequence[PayerRule], *, posted_on: date
) -> str:
    """Why a rule of the practice stops the whole remittance: nothing may be written before all is planned."""
    for part in pieces:
        loaded, rows = _load(row, part)
        desk = desk_for(row, loaded.claim_ids, rows, rules=rules, posted_on=posted_on)
        if stop := stop_of(plan_places(desk, loaded.matched())):
            return stop
    return ""


def _begin(
    row: Remittance, *, posted_on: date, by: int | None, not_before: date | None
) -> "_Posting":
    # What was taken back counts until that day: posted anew from before it, it would stand twice as of a day between.
    back = last_taken_back(row.pk) if row.posting_round else None
    counts_from = max(day for day in (row.paid_on, back, not_before) if day is not None)
    row.posting_round += 1
    return _Posting(Wording(row, posted_on, by, counts_from))


@dataclass(slots=True)
class _Posting:
    """A remittance that is being posted, whole or part by part, and what has been done so far."""

    wording: Wording
    posted: int = 0
    held: int = 0
    entry_ids: list[int] = field(default_factory=list)
    patients: set[int] = field(default_factory=set)
    states: dict[int, str] = field(default_factory=dict)  # of the claims, before
    rules: RulesOf = field(default_factory=lambda: cache(payer_rules))  # each payer's asked once

    @property
    def row(self) -> Remittance:
        """What is posted."""
        return self.wording.row

    def word(self, plan: RemittancePlan) -> Step:
        """The plan, ready to be written."""
        return self.wording.step(plan, ())

    def write(self, step: Step) -> None:
        """Entries, outcomes, and what becomes of the claims."""
        row, posted_on = self.row, self.wording.posted_on
        ids, _ = ledger.post_prepared(step.entries)
        if step.plan and ids != step.entries.ids:  # a key was known: its first entry stands
            entry_ids = dict(zip(step.entry_ids, ids, strict=True))
            step = self.wording.under(step.plan, step.entries, entry_ids)
        for statement in (step.moves, step.outcomes, step.events):
            statement.run()
        for claim_id, state in step.states.items():
            self.states.setdefault(claim_id, state)
        if step.settled:
            step.settled.write()
            self.patients |= step.settled.patients
        self.patients |= settle_claims(
            step.late,
            trace_number=row.trace_number,
            on=posted_on,
            after=step.after,
            open_work=self.wording.open_work,
            rules=self.rules,
        )
        work.open_unmatched(row, step.held, on=posted_on)
        self.held += len(step.held)
        self.posted += step.count - len(step.held)
        self.entry_ids += ids
        progress.tell_written(row.trace_number, self.posted + self.held, row.claim_count)

    def write_part(self, step: Step) -> None:
        """As `write`, with the entries proved at once: at the end nobody would have anything else to do meanwhile."""
        self.write(step)
        ledger.prove_now()

    def finish(self, findings: Sequence[str]) -> Posted:
        """The remittance is posted."""
        row, posted_on, by = self.row, self.wording.posted_on, self.wording.by
        next_payer.after_answers(self.states, on=posted_on, by=by)
        audit_posting(self.patients, file_id=row.file_id, by=by)
        work.open_findings(row, findings, on=posted_on)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE remittances_remittance SET state = 'posted', hold = '', held_count = %s, "
                "posted_on = %s, posted_at = now(), posted_by = %s, posting_round = %s WHERE id = %s",
                [self.held, posted_on, by, row.posting_round, row.pk],
            )
        if row.state == State.HELD:
            work.close_remittance(row.pk, kinds=(work.UNPOSTED,), outcome="Posted")
        announce(row.pk, on=posted_on)
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
