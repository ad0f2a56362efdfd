"""Take a decision back: amounts negated, accumulators and units given back, the ledger entry reversed."""

from datetime import date

from django.db import connection

from cleanclaim.apps.payer.adjudication.gather import Case, read_cases
from cleanclaim.apps.payer.adjudication.models import CaseDecision, DecisionKind
from cleanclaim.apps.payer.adjudication.services.writing import last_numbers
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.payer.members.models import AccumulatorEntry, AuthorizationUse
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger.services import reverse_entry
from cleanclaim.kernel.errors import StateError
from cleanclaim.values.claim import Frequency


def standing_versions(case: Case) -> list[Case]:
    """The earlier versions of a correction's claim whose decisions stand, locked, newest first.

    A claim's versions hang together by the claim that each names. More than one may stand: a correction that
    could not be worked leaves its original as it is, and the next one takes both back.
    """
    table = connection.ops.quote_name(ClaimCase._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS.format(table=table), [case.id])
        ids = [row[0] for row in cursor.fetchall()]
    condition = "id = ANY(%s) AND id < %s AND state = ANY(%s) AND decision_id IS NOT NULL "
    condition += "AND frequency_code <> %s ORDER BY id DESC FOR UPDATE"
    states = [CaseState.DECIDED.value, CaseState.PAID.value]
    return read_cases(condition, [ids, case.id, states, Frequency.VOID.value])


_VERSIONS = (
    "WITH RECURSIVE older(id, original_id) AS (SELECT id, original_id FROM {table} WHERE id = %s "
    "UNION SELECT c.id, c.original_id FROM {table} c JOIN older o ON c.id = o.original_id), "
    "versions(id) AS (SELECT id FROM older "
    "UNION SELECT c.id FROM {table} c JOIN versions v ON c.original_id = v.id) "
    "SELECT id FROM versions"
)


def reverse_decision(
    case: Case,
    *,
    decided_on: date,
    state: CaseState,
    by: int | None = None,
    note: str = "",
    authority: str = "",
) -> CaseDecision:
    """Take back the case's decision and leave the case in `state`.

    Raises:
        StateError: nothing is decided, or it was taken back before.
    """
    stands = CaseDecision.objects.filter(pk=case.decision_id).exclude(outcome="pend").first()
    if stands is None or stands.kind == DecisionKind.REVERSAL:
        raise StateError(f"claim {case.icn}: there is no decision to take back")
    if CaseDecision.objects.filter(reverses_id=stands.pk).exists():
        raise StateError(f"claim {case.icn}: its decision was taken back before")
    row = _add_reversal(case, stands, decided_on=decided_on, by=by, note=note, authority=authority)
    _give_back(AccumulatorEntry, _USE_BACK, stands.pk, row.pk, decided_on)
    _give_back(AuthorizationUse, _UNITS_BACK, stands.pk, row.pk, decided_on)
    ClaimCase.objects.filter(pk=case.id).update(
        state=state, decision_id=row.pk, allowed=0, paid=0, patient_owes=0, paid_to_member=0
    )
    record_audit("change", patient_ids=[case.member_id], by=by, what="claim decision reversed")
    return row


def _add_reversal(
    case: Case, stands: CaseDecision, *, decided_on: date, by: int | None, note: str, authority: str
) -> CaseDecision:
    entry_id = None
    if stands.entry_id is not None:
        entry_id = reverse_entry(
            stands.entry_id,
            key=f"decision-reversal:{stands.pk}",
            effective_on=decided_on,
            accounting_on=decided_on,
            memo=f"Claim {case.icn} taken back",
            by=by,
        )
    return CaseDecision.objects.create(
        case_id=case.id,
        number=last_numbers([case.id])[case.id] + 1,
        kind=DecisionKind.REVERSAL,
        outcome=stands.outcome,
        decided_on=decided_on,
        editions=stands.editions,
        charge=-stands.charge,
        allowed=-stands.allowed,
        paid=-stands.paid,
        patient_owes=-stands.patient_owes,
        paid_to_member=-stands.paid_to_member,
        body=stands.body,
        context="",
        provider_id=stands.provider_id,
        member_id=stands.member_id,
        reverses_id=stands.pk,
        entry_id=entry_id,
        by=by,
        note=note,
        authority=authority,
    )


_USE_BACK = (
    "INSERT INTO {table} (member_id, family_id, plan_id, year, kind, scope, amount, case_id, "
    "decision_id, recorded_on, note) SELECT member_id, family_id, plan_id, year, kind, "
    "scope, -amount, case_id, %s, %s, 'taken back' FROM {table} WHERE decision_id = %s"
)
_UNITS_BACK = (
    "INSERT INTO {table} (authorization_id, case_id, decision_id, line_number, units, used_on) "
    "SELECT authorization_id, case_id, %s, line_number, -units, %s FROM {table} WHERE decision_id = %s"
)


def _give_back(
    model: type[AccumulatorEntry] | type[AuthorizationUse],
    sql: str,
    decision_id: int,
    reversal_id: int,
    on: date,
) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(sql.format(table=table), [reversal_id, on, decision_id])
