"""Payments to members who kept their benefits."""

from decimal import Decimal

from django.db import connection

from cleanclaim.apps.payer.disbursements.models import CheckRun, CheckRunLine, MemberPayment
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import MEMBER_PAYABLE, PAYMENTS_OUTSTANDING
from cleanclaim.values.entry import Entry, Leg

# All lines of these members that were ever remitted or are now, less all that was ever sent to them.
_OWED = (
    "SELECT member_id, sum(amount) FROM ("
    "SELECT member_id, member_amount AS amount FROM {lines} WHERE member_amount <> 0 AND "
    "(state = 'paid' OR (state = 'included' AND run_id = %(run)s)) AND member_id = ANY(%(members)s) "
    "UNION ALL SELECT member_id, -amount FROM {payments} WHERE member_id = ANY(%(members)s)"
    ") AS moves GROUP BY member_id HAVING sum(amount) > 0 ORDER BY member_id"
)


def pay_members(run: CheckRun) -> tuple[int, Decimal]:
    """Pay each member of the run what the plan owes them by now; how many, and how much."""
    lines = run.lines.filter(state="included").exclude(member_amount=0)
    members = sorted(set(lines.values_list("member_id", flat=True)))
    if not members:
        return 0, ZERO
    tables = {"lines": CheckRunLine, "payments": MemberPayment}
    names = {key: connection.ops.quote_name(m._meta.db_table) for key, m in tables.items()}
    with connection.cursor() as cursor:
        cursor.execute(_OWED.format(**names), {"run": run.pk, "members": members})
        owed = cursor.fetchall()
    rows = [
        (row_id, run.pk, member_id, amount, f"M{row_id:09d}", run.pay_on)
        for row_id, (member_id, amount) in zip(
            reserve_ids(MemberPayment, len(owed)), owed, strict=True
        )
    ]
    columns = ("id", "run", "member_id", "amount", "check_number", "paid_on")
    insert_rows(MemberPayment, columns, rows)
    if rows:
        post_entries([_entry(run, row[0], row[2], row[3], row[4]) for row in rows])
    return len(rows), total(row[3] for row in rows)


def _entry(
    run: CheckRun, payment_id: int, member_id: int, amount: Decimal, check_number: str
) -> Entry:
    legs = (
        Leg(MEMBER_PAYABLE.code, amount, patient_id=member_id, trace=check_number),
        Leg(PAYMENTS_OUTSTANDING.code, -amount, patient_id=member_id, trace=check_number),
    )
    return Entry(
        kind="disbursement",
        idempotency_key=f"member-payment:{payment_id}",
        effective_on=run.pay_on,
        accounting_on=run.pay_on,
        legs=legs,
        memo=f"Payment {check_number} to a member",
    )
