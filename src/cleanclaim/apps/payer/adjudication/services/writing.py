"""Write a batch of decisions: rows, accumulators, authorized units, ledger entries, work, audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection

from cleanclaim.apps.payer.adjudication.contexts import Seen
from cleanclaim.apps.payer.adjudication.gather import Batch, Case
from cleanclaim.apps.payer.adjudication.models import CaseDecision, DecisionKind
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.payer.members.models import AuthorizationUse
from cleanclaim.apps.payer.members.services import Use, record_use
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.posting import plan_decision_legs
from cleanclaim.values.codec import to_json
from cleanclaim.values.decision import Decision, Outcome
from cleanclaim.values.entry import Entry

PEND_WORK = "pended_claim"
CASE_SUBJECT = "case"
# The law is keyed by the day of receipt.
DECIDE_WITHIN = Path(__file__).parents[1] / "parameters" / "decide_within_days.yaml"


@dataclass(frozen=True, slots=True)
class Decided:
    """A case with its decision, before it is written. `plan_id` is whose accumulators it moves."""

    case: Case
    decision: Decision
    seen: Seen
    plan_id: int
    kind: DecisionKind = DecisionKind.DECISION
    by: int | None = None
    note: str = ""
    authority: str = ""


_COLUMNS = (
    "id",
    "case_id",
    "number",
    "kind",
    "outcome",
    "decided_on",
    "editions",
    "charge",
    "allowed",
    "paid",
    "patient_owes",
    "paid_to_member",
    "body",
    "context",
    "provider_id",
    "member_id",
    "entry_id",
    "by",
    "note",
    "authority",
)


def write_decisions(decided: Sequence[Decided], batch: Batch) -> list[int]:
    """Write the decisions and all that follows from them; returns the decisions' ids in order."""
    if not decided:
        return []
    ids = reserve_ids(CaseDecision, len(decided))
    entries = _post(decided, ids)
    numbers = last_numbers([d.case.id for d in decided if d.case.decision_id])
    rows = [
        _row(d, row_id, numbers.get(d.case.id, 0) + 1, entries.get(row_id))
        for d, row_id in zip(decided, ids, strict=True)
    ]
    insert_rows(CaseDecision, _COLUMNS, rows)
    by_day: dict[Any, list[Use]] = {}
    for d, row_id in zip(decided, ids, strict=True):
        uses = by_day.setdefault(d.decision.decided_on, [])
        uses.extend(uses_of(d.decision, d.case, batch, plan_id=d.plan_id, decision_id=row_id))
    for day, uses in by_day.items():
        record_use(uses, recorded_on=day)
    _use_authorizations(decided, ids, batch)
    _move_cases(decided, ids)
    _tell_people(decided)
    return ids


def last_numbers(case_ids: Sequence[int]) -> dict[int, int]:
    """The highest decision number of each case that has one."""
    if not case_ids:
        return {}
    table = connection.ops.quote_name(CaseDecision._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT case_id, max(number) FROM {table} WHERE case_id = ANY(%s) GROUP BY 1",
            [list(case_ids)],
        )
        return dict(cursor.fetchall())


def _post(decided: Sequence[Decided], ids: Sequence[int]) -> dict[int, int]:
    """Post the decisions that move money; the entry's id by the decision's."""
    entries, owners = [], []
    for d, row_id in zip(decided, ids, strict=True):
        legs = plan_decision_legs(d.decision, claim_id=d.case.id, patient_id=d.case.member_id)
        if legs:
            entries.append(
                Entry(
                    kind="decision",
                    idempotency_key=f"decision:{row_id}",
                    effective_on=d.decision.decided_on,
                    accounting_on=d.decision.decided_on,
                    legs=legs,
                    memo=f"Claim {d.case.icn} decided",
                )
            )
            owners.append(row_id)
    if not entries:
        return {}
    return dict(zip(owners, post_entries(entries), strict=True))


def _row(d: Decided, row_id: int, number: int, entry_id: int | None) -> tuple[Any, ...]:
    decision = d.decision
    return (
        row_id,
        d.case.id,
        number,
        d.kind.value,
        decision.outcome.value,
        decision.decided_on,
        "; ".join(decision.editions)[:400],
        d.case.claim.charge,
        decision.allowed,
        decision.paid,
        decision.patient_responsibility,
        decision.paid_to_member,
        to_json(decision).decode(),
        to_json(d.seen).decode(),
        d.case.provider_id,
        d.case.member_id,
        entry_id,
        d.by,
        d.note[:500],
        d.authority[:40],
    )


def uses_of(
    decision: Decision, case: Case, batch: Batch, *, plan_id: int, decision_id: int
) -> list[Use]:
    """The decision's accumulator changes as rows to append: one per kind, scope and year, lines summed.

    The lines' own parts stand in the decision's body.
    """
    sums: dict[tuple[int, str, str], Decimal] = {}
    for change in decision.accumulators:
        key = (change.year, change.kind, change.scope)
        sums[key] = sums.get(key, ZERO) + change.amount
    family_id = batch.people[case.member_id].family_id
    return [
        Use(case.member_id, family_id, plan_id, *key, amount, case.id, decision_id)
        for key, amount in sums.items()
    ]


def _use_authorizations(decided: Sequence[Decided], ids: Sequence[int], batch: Batch) -> None:
    rows = []
    for d, row_id in zip(decided, ids, strict=True):
        for use in d.decision.authorizations:
            row = next(
                a.id
                for a in batch.care[d.case.member_id]
                if (a.number, a.codes) == (use.number, use.codes)
            )
            rows.append((row, d.case.id, row_id, use.line_number, use.units, d.decision.decided_on))
    names = ("authorization", "case_id", "decision_id", "line_number", "units", "used_on")
    insert_rows(AuthorizationUse, names, rows)


_MOVE = (
    "UPDATE {table} AS c SET state = n.state, decision_id = n.decision_id, outcome = n.outcome, "
    "allowed = n.allowed, paid = n.paid, patient_owes = n.patient_owes, "
    "paid_to_member = n.paid_to_member, denied_lines = n.denied_lines, pend_queue = n.queue, "
    "pend_reason = n.reason FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], "
    "%s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::text[], %s::text[], %s::text[]) "
    "AS n(id, state, decision_id, outcome, allowed, paid, patient_owes, paid_to_member, denied_lines, "
    "queue, reason) WHERE c.id = n.id"
)


def _move_cases(decided: Sequence[Decided], ids: Sequence[int]) -> None:
    rows = []
    for d, row_id in zip(decided, ids, strict=True):
        decision = d.decision
        is_pended = decision.outcome is Outcome.PEND
        denied = [str(x.number) for x in decision.lines if x.outcome is Outcome.DENY]
        first = decision.pends[0] if decision.pends else None
        zero = Decimal(0) if is_pended else None
        rows.append(
            (
                d.case.id,
                CaseState.PENDED.value if is_pended else CaseState.DECIDED.value,
                row_id,
                decision.outcome.value,
                decision.allowed if zero is None else zero,
                decision.paid if zero is None else zero,
                decision.patient_responsibility if zero is None else zero,
                decision.paid_to_member if zero is None else zero,
                ",".join(denied)[:300],
                first.queue[:40] if first else "",
                first.words[:300] if first else "",
            )
        )
    table = connection.ops.quote_name(ClaimCase._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE.format(table=table), [list(c) for c in zip(*rows, strict=True)])


def _tell_people(decided: Sequence[Decided]) -> None:
    """Open work for what pends, close it for what no longer does, and write the audit."""
    pended = [d for d in decided if d.decision.outcome is Outcome.PEND]
    if pended:
        open_work([_work(d) for d in pended])
    close_work(
        PEND_WORK,
        subject_kind=CASE_SUBJECT,
        subject_ids=[
            d.case.id
            for d in decided
            if d.case.state == CaseState.PENDED and d.decision.outcome is not Outcome.PEND
        ],
        outcome="Decided",
    )
    record_audit(
        "change",
        patient_ids=[d.case.member_id for d in decided],
        by=decided[0].by,
        what="claim decided",
    )


def _work(d: Decided) -> NewWork:
    reason = d.decision.pends[0]
    days = parameter(DECIDE_WITHIN).value(on=d.case.received_on)
    return NewWork(
        kind=PEND_WORK,
        subject_kind=CASE_SUBJECT,
        subject_id=d.case.id,
        patient_id=d.case.member_id,
        title=f"Pended claim {d.case.icn}: {reason.queue}",
        reason=reason.words,
        opened_on=d.decision.decided_on,
        due_on=d.case.received_on + timedelta(days=days),
        amount=d.case.claim.charge,
        # It may pend again, for another reason, after a person finished the first item.
        dedupe_key=f"{PEND_WORK}:{d.case.id}:{reason.code}",
    )
