"""The pre-check list: everything decided and not yet remitted, with what a person should look at."""

from datetime import date

from django.db import connection, transaction
from django.db.models import Q, Sum

from cleanclaim.apps.payer.adjudication.models import CaseDecision
from cleanclaim.apps.payer.adjudication.selectors import plan_options
from cleanclaim.apps.payer.disbursements.models import (
    CheckRun,
    CheckRunLine,
    LineState,
    Payment,
    RunState,
)
from cleanclaim.apps.payer.intake.models import ClaimCase
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO

# What each flag means stands in the README. `c` is the case, `d` the decision, `p` says the payee was paid before.
_FLAGS = """
array_to_string(array_remove(ARRAY[
    CASE WHEN d.kind = 'reversal' THEN 'reversal' END,
    CASE WHEN d.kind = 'override' THEN 'override' END,
    CASE WHEN d.kind = 'decision' AND d.by IS NOT NULL THEN 'examiner' END,
    CASE WHEN d.kind <> 'reversal' AND d.outcome = 'deny' THEN 'denied' END,
    CASE WHEN d.outcome = 'pay' AND d.paid = 0 AND d.paid_to_member = 0 THEN 'zero-paid' END,
    CASE WHEN d.paid > d.charge AND d.charge >= 0 THEN 'above-charge' END,
    CASE WHEN abs(d.paid) >= %(high)s THEN 'high-dollar' END,
    CASE WHEN d.paid_to_member <> 0 THEN 'to-member' END,
    CASE WHEN c.frequency_code IN ('7', '8') THEN 'correction' END,
    CASE WHEN NOT EXISTS (SELECT 1 FROM {payments} p WHERE p.provider_id = d.provider_id)
        THEN 'new-payee' END
], NULL), ',')
"""
_TAKE_UP = (
    "INSERT INTO {lines} (run_id, decision_id, case_id, provider_id, member_id, amount, member_amount, "
    "state, flags, note) SELECT %(run)s, d.id, d.case_id, d.provider_id, d.member_id, d.paid, "
    "d.paid_to_member, 'included', {flags}, '' FROM {decisions} d JOIN {cases} c ON c.id = d.case_id "
    "WHERE d.outcome IN ('pay', 'deny') AND NOT EXISTS (SELECT 1 FROM {lines} l "
    "WHERE l.decision_id = d.id AND (l.state <> 'held' OR l.run_id = %(run)s)) ORDER BY d.id"
)
# Shown as high dollar where the plan names no limit of its own.
HIGH_DOLLAR = 50_000


@transaction.atomic
def prepare_check_run(*, pay_on: date, by: int | None = None) -> CheckRun:
    """The pre-check list for `pay_on`. A run that is prepared already takes up what was decided since."""
    run = CheckRun.objects.select_for_update().filter(state=RunState.PREPARED).first()
    if run is None:
        run = CheckRun.objects.create(pay_on=pay_on, prepared_by=by)
    run.pay_on = pay_on
    _note_preparer(run, by)
    models = {
        "lines": CheckRunLine,
        "decisions": CaseDecision,
        "cases": ClaimCase,
        "payments": Payment,
    }
    names = {key: connection.ops.quote_name(m._meta.db_table) for key, m in models.items()}
    high = plan_options().high_dollar or HIGH_DOLLAR
    with connection.cursor() as cursor:
        sql = _TAKE_UP.format(flags=_FLAGS.format(payments=names["payments"]), **names)
        cursor.execute(sql, {"run": run.pk, "high": high})
    _count(run)
    return run


def _note_preparer(run: CheckRun, by: int | None) -> None:
    if by is not None and by not in run.preparers:
        run.preparers.append(by)
        run.save(update_fields=["preparers"])


def _count(run: CheckRun) -> None:
    """Bring the run's totals up to its included lines."""
    included = run.lines.filter(state=LineState.INCLUDED)
    sums = included.aggregate(amount=Sum("amount"), member_amount=Sum("member_amount"))
    run.line_count = included.count()
    run.amount = sums["amount"] or ZERO
    run.member_amount = sums["member_amount"] or ZERO
    run.save(update_fields=["pay_on", "line_count", "amount", "member_amount"])


@transaction.atomic
def hold_line(line_id: int, *, note: str, by: int | None) -> int:
    """Keep a decision out of the run, and what rests on it: its reversal, and the claim that replaces it.

    Returns how many lines are held. A later run takes them up again.

    Raises:
        StateError: the run is released. InputError: the note is empty.
    """
    if not note.strip():
        raise InputError("note: it is empty, expected why the payment is held")
    line = _open_line(line_id)
    later = Q(case_id=line.case_id, decision_id__gte=line.decision_id) | Q(
        case_id__in=ClaimCase.objects.filter(original_id=line.case_id).values("id")
    )
    held = line.run.lines.filter(later, state=LineState.INCLUDED).update(
        state=LineState.HELD, note=note[:300], held_by=by
    )
    _count(line.run)
    return held


@transaction.atomic
def release_line(line_id: int, *, note: str = "", by: int | None = None) -> None:
    """Take a held decision of this run back in; who does it counts as one who prepared the run.

    Raises:
        StateError: the run is released, or an earlier decision of the same claim is still held.
    """
    line = _open_line(line_id)
    earlier = line.run.lines.filter(
        Q(case_id=line.case_id, decision_id__lt=line.decision_id)
        | Q(
            case_id__in=ClaimCase.objects.filter(id=line.case_id).values("original_id"),
        ),
        state=LineState.HELD,
    )
    if earlier.exists():
        raise StateError("An earlier decision of this claim is held", hint="Take that in first")
    line.state = LineState.INCLUDED
    line.note = note[:300] or line.note
    line.save(update_fields=["state", "note"])
    _note_preparer(line.run, by)
    _count(line.run)


def _open_line(line_id: int) -> CheckRunLine:
    line = CheckRunLine.objects.get(pk=line_id)
    line.run = CheckRun.objects.select_for_update().get(pk=line.run_id)
    if line.run.state != RunState.PREPARED:
        raise StateError(f"check run {line.run_id} is released, expected one that is prepared")
    return line
