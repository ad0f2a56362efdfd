"""Release a check run: one payment and one 835 per payee, payments to members, the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from cleanclaim.apps.payer.adjudication.models import CaseDecision, DecisionKind
from cleanclaim.apps.payer.disbursements.authority import own_touch_limit
from cleanclaim.apps.payer.disbursements.models import (
    CheckRun,
    CheckRunLine,
    LineState,
    PayeeBalance,
    Payment,
    RunState,
)
from cleanclaim.apps.payer.disbursements.payee import Payee, PayerParty, payees, payer_party
from cleanclaim.apps.payer.disbursements.services.members import pay_members
from cleanclaim.apps.payer.disbursements.work import open_paper
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.exchange.models import Partner
from cleanclaim.apps.shared.exchange.services import Leaving, next_envelopes, queue_files
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.edi import write_835
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.kernel.errors import AboveLimitError, StateError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.adjudication import (
    build_remittance,
    carried_forward,
    reverse,
    to_claim_payment,
)
from cleanclaim.rules.posting import plan_disbursement_legs
from cleanclaim.values.claim import Claim
from cleanclaim.values.codec import from_json
from cleanclaim.values.decision import Decision
from cleanclaim.values.entry import Entry
from cleanclaim.values.remittance import ClaimPayment, Remittance

PAYEES_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Released:
    """What a release paid: payments and dollars to providers, payments and dollars to members, files queued."""

    run_id: int
    payments: int
    amount: Decimal
    member_payments: int
    member_amount: Decimal
    files: int


@dataclass(slots=True)
class _Paid:
    """One payment in the making; `file_id` is its 835's where the payee has a partner."""

    payment_id: int
    payee: Payee
    remittance: Remittance
    carried_in: Decimal
    carried_out: Decimal
    reference_out: str
    file_id: int | None = None


@transaction.atomic
def release_check_run(
    run_id: int,
    *,
    by: int | None = None,
    alone_up_to: Decimal | None = None,
    released_on: date | None = None,
) -> Released:
    """Pay what the run includes. Of two who release at once one wins; the other is told.

    Args:
        alone_up_to: the person's limit, for a run that they prepared, alone or with others; of such a run nobody
            pays more than the limit for work of one's own. None = any amount.
        released_on: today, for people; None where a world runs through days that have passed.

    Raises:
        StateError: the run is released already, or its day of payment has passed.
        AboveLimitError: a second person must release it.
    """
    with without_cycle_collection():
        run = CheckRun.objects.select_for_update().get(pk=run_id)
        _check_release(run, by=by, alone_up_to=alone_up_to, released_on=released_on)
        return _release(run, by=by)


def _check_release(
    run: CheckRun, *, by: int | None, alone_up_to: Decimal | None, released_on: date | None
) -> None:
    if run.state != RunState.PREPARED:
        raise StateError(
            f"check run {run.pk} was released", hint="Look at its payments; nothing was paid twice"
        )
    if released_on is not None and run.pay_on < released_on:
        raise StateError(
            f"check run {run.pk} pays on {run.pay_on}, which has passed: today is {released_on}",
            hint="Prepare it again with a day of payment from today on",
        )
    amount = run.amount + run.member_amount
    is_own = by is None or run.is_prepared_by(by)
    if alone_up_to is None or not is_own:
        return
    limit = own_touch_limit(alone_up_to, on=run.pay_on)
    if amount > limit:
        whose = "your limit" if limit == alone_up_to else "the limit for work of one's own"
        raise AboveLimitError(
            f"{show(amount)} is above {whose} of {show(limit)}, and you prepared the run yourself",
            hint="A second person must release it",
        )


def _release(run: CheckRun, *, by: int | None) -> Released:
    payer = payer_party()
    paid: list[_Paid] = []
    ids = sorted(
        set(run.lines.filter(state=LineState.INCLUDED).values_list("provider_id", flat=True))
    )
    for start in range(0, len(ids), PAYEES_AT_ONCE):
        paid += _pay_some(run, ids[start : start + PAYEES_AT_ONCE], payer, by=by)
    member_payments, member_amount = pay_members(run)
    open_paper([(p.payment_id, p.payee, p.remittance) for p in paid if p.file_id is None], run=run)
    _finish(run, by=by)
    amount = sum((p.remittance.paid for p in paid), ZERO)
    emit("disbursements.run_released", {"run_id": run.pk, "payments": len(paid)})
    files = sum(1 for p in paid if p.file_id)
    return Released(run.pk, len(paid), amount, member_payments, member_amount, files)


def _pay_some(
    run: CheckRun, provider_ids: Sequence[int], payer: PayerParty, *, by: int | None
) -> list[_Paid]:
    known = payees(provider_ids)
    ids = iter(reserve_ids(Payment, len(provider_ids)))
    paid = [
        _pay(run, next(ids), known[provider_id], claims, payer)
        for provider_id, claims in _answers(run, provider_ids)
    ]
    _send(run, paid, by=by)
    _write(run, paid)
    return paid


_BODIES = (
    "SELECT l.provider_id, d.kind, d.body, c.body, c.icn, c.received_on, l.member_id "
    "FROM {lines} l JOIN {decisions} d ON d.id = l.decision_id JOIN {cases} c ON c.id = l.case_id "
    "WHERE l.run_id = %s AND l.state = 'included' AND l.provider_id = ANY(%s) "
    "ORDER BY l.provider_id, l.case_id, l.decision_id"
)


def _answers(
    run: CheckRun, provider_ids: Sequence[int]
) -> Iterator[tuple[int, list[ClaimPayment]]]:
    """Each payee's claims as the 835 tells them, in the order in which they came, whoever decided them first."""
    models = {"lines": CheckRunLine, "decisions": CaseDecision, "cases": ClaimCase}
    names = {key: connection.ops.quote_name(m._meta.db_table) for key, m in models.items()}
    with connection.cursor() as cursor:
        cursor.execute(_BODIES.format(**names), [run.pk, list(provider_ids)])
        rows = cursor.fetchall()
    record_audit(
        "send",
        patient_ids=[row[6] for row in rows],
        by=None,
        what="remittance",
        detail=f"run {run.pk}",
    )
    for provider_id, group in groupby(rows, key=lambda row: row[0]):
        yield provider_id, [_answer(*row[1:6]) for row in group]


def _answer(kind: str, decision: str, claim: str, icn: str, received_on: Any) -> ClaimPayment:
    payment = to_claim_payment(
        from_json(claim, Claim),
        from_json(decision, Decision),
        payer_control_number=icn,
        received_on=received_on,
    )
    return reverse(payment) if kind == DecisionKind.REVERSAL else payment


def _pay(
    run: CheckRun,
    payment_id: int,
    payee: Payee,
    claims: Sequence[ClaimPayment],
    payer: PayerParty,
) -> _Paid:
    remittance = build_remittance(
        payer=payer.payer,
        payee=payee.provider,
        claims=claims,
        trace_number=f"{run.pay_on:%y%j}{payment_id:08d}",
        payer_trace_id=payer.trace_id,
        paid_on=run.pay_on,
        method=payee.method,
        brought_forward=payee.owes,
    )
    remittance = replace(
        remittance,
        technical_contact=payer.contact,
        payee_address=payee.provider.address,
        payer_bank=payer.bank if remittance.method == "ACH" else ("", "", ""),
        payee_bank=payee.bank if remittance.method == "ACH" else ("", "", ""),
    )
    out = carried_forward(remittance)
    return _Paid(
        payment_id=payment_id,
        payee=payee,
        remittance=remittance,
        carried_in=payee.owes.amount if payee.owes else ZERO,
        carried_out=out.amount if out else ZERO,
        reference_out=out.reference if out else "",
    )


def _send(run: CheckRun, paid: Sequence[_Paid], *, by: int | None) -> None:
    """Queue the 835 of each payment whose payee has a partner."""
    partners = Partner.objects.in_bulk({p.payee.partner_id for p in paid if p.payee.partner_id})
    told = [p for p in paid if p.payee.partner_id in partners]
    to = [partners[p.payee.partner_id] for p in told]
    leaving = [
        Leaving(
            write_835([p.remittance], envelope=envelope),
            partner,
            "835",
            f"835-{p.remittance.trace_number}.x12",
        )
        for p, partner, envelope in zip(
            told, to, next_envelopes(to, created_on=run.pay_on), strict=True
        )
    ]
    for p, file in zip(told, queue_files(leaving, created_on=run.pay_on, by=by), strict=True):
        p.file_id = file.pk


_PAYMENT_COLUMNS = (
    "id",
    "run",
    "provider_id",
    "trace_number",
    "method",
    "paid_on",
    "amount",
    "claims_amount",
    "carried_in",
    "carried_out",
    "claim_count",
    "file_id",
    "partner_id",
    "syntax_outcome",
)


def _write(run: CheckRun, paid: Sequence[_Paid]) -> None:
    """The payments' rows, what payees carry, and the ledger."""
    rows = []
    for p in paid:
        remittance = p.remittance
        rows.append(
            (
                p.payment_id,
                run.pk,
                p.payee.id,
                remittance.trace_number,
                remittance.method,
                run.pay_on,
                remittance.paid,
                sum((claim.paid for claim in remittance.claims), ZERO),
                p.carried_in,
                p.carried_out,
                len(remittance.claims),
                p.file_id,
                p.payee.partner_id if p.file_id else None,
                "",
            )
        )
    insert_rows(Payment, _PAYMENT_COLUMNS, rows)
    balances = []
    for p in paid:
        if p.carried_in and p.payee.owes:
            balances.append((p.payee.id, p.payment_id, -p.carried_in, p.payee.owes.reference))
        if p.carried_out:
            balances.append((p.payee.id, p.payment_id, p.carried_out, p.reference_out))
    insert_rows(PayeeBalance, ("provider_id", "payment", "amount", "reference"), balances)
    entries = []
    for p in paid:
        legs = plan_disbursement_legs(p.remittance, payee_id=p.payee.id)
        if legs:
            entries.append(
                Entry(
                    kind="disbursement",
                    idempotency_key=f"payment:{p.payment_id}",
                    effective_on=run.pay_on,
                    accounting_on=run.pay_on,
                    legs=legs,
                    memo=f"Payment {p.remittance.trace_number}",
                )
            )
    if entries:
        post_entries(entries)


_SETTLE_LINES = (
    "UPDATE {lines} AS l SET state = 'paid', payment_id = p.id FROM {payments} p "
    "WHERE l.run_id = %s AND p.run_id = l.run_id AND p.provider_id = l.provider_id "
    "AND l.state = 'included'"
)
_SETTLE_CASES = (
    "UPDATE {cases} AS c SET state = %s FROM {lines} l WHERE l.run_id = %s AND l.state = 'paid' "
    "AND c.id = l.case_id AND c.decision_id = l.decision_id AND c.state = %s"
)


def _finish(run: CheckRun, *, by: int | None) -> None:
    models = {"lines": CheckRunLine, "payments": Payment, "cases": ClaimCase}
    names = {key: connection.ops.quote_name(m._meta.db_table) for key, m in models.items()}
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE_LINES.format(**names), [run.pk])
        cursor.execute(
            _SETTLE_CASES.format(**names),
            [CaseState.PAID.value, run.pk, CaseState.DECIDED.value],
        )
    CheckRun.objects.filter(pk=run.pk).update(
        state=RunState.RELEASED, released_by=by, released_at=Now()
    )
