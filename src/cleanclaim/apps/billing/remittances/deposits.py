"""The money of remittances at the bank: what is awaited, and booking what has come.

A posted 835 debits remittance clearing under its trace; the deposit credits it there again, so that a trace at zero has its
money. Each runs in the caller's tenant block and is all or nothing.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.billing.remittances.plans import trace_of
from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.kernel.money import total
from cleanclaim.rules.reconciliation import Expected, Match, MatchState
from cleanclaim.values.accounts import BANK, REMIT_CLEARING
from cleanclaim.values.bank import BankLine
from cleanclaim.values.entry import Entry, Leg

# A refund leaves the bank under the trace of the cash that it gives back: it is no deposit, and touches no clearing.
_AT_BANK = (
    "leg.account = %s AND leg.trace <> '' AND EXISTS (SELECT 1 FROM ledger_leg AS other "
    "WHERE other.entry_id = leg.entry_id AND other.account = %s)"
)


def awaited_deposits() -> list[Expected]:
    """Remittances whose money has not been booked at the bank, oldest first; those taken back are not awaited."""
    booked = {
        trace
        for trace, _ in sum_legs(
            ("trace",), where=_AT_BANK, parameters=(BANK.code, REMIT_CLEARING.code)
        )
    }
    rows = Remittance.objects.defer("body").filter(paid__gt=0).exclude(state=State.REVERSED)
    return [
        Expected(
            row.pk, row.trace_number, row.payer_trace_id, row.payer_name, row.paid, row.paid_on
        )
        for row in rows.order_by("id")
        if trace_of(row) not in booked
    ]


@transaction.atomic
def book_deposits(
    lines: Sequence[BankLine], matches: Sequence[Match], *, by: int | None = None
) -> list[int]:
    """Book the money of every matched movement: bank against clearing, one entry a remittance; again is nothing.

    Returns:
        The entries' ids, in order.

    Raises:
        StateError: the accounting month of a movement is closed.
    """
    wanted = {key for match in matches if match.state is MatchState.MATCHED for key in match.keys}
    rows = {row.pk: row for row in Remittance.objects.defer("body").filter(pk__in=wanted)}
    entries = [
        _deposit(rows[key], lines[match.line])
        for match in matches
        if match.state is MatchState.MATCHED
        for key in match.keys
    ]
    return post_entries(entries, by=by) if entries else []


def _deposit(row: Remittance, line: BankLine) -> Entry:
    trace = trace_of(row)
    return Entry(
        "deposit",
        f"deposit:{row.pk}",
        line.booked_on,
        line.booked_on,
        (
            Leg(BANK.code, row.paid, payer_id=row.payer_id, trace=trace),
            Leg(REMIT_CLEARING.code, -row.paid, payer_id=row.payer_id, trace=trace),
        ),
        memo=f"bank {line.booked_on}, {line.place}"[:200],
    )


def cash_of_remittances() -> Decimal:
    """What remittances have paid, whether their deposit was booked or is awaited."""
    found = sum_legs(
        ("account",),
        where=f"leg.account = %s OR ({_AT_BANK})",
        parameters=(REMIT_CLEARING.code, BANK.code, REMIT_CLEARING.code),
    )
    return total(amount for _, amount in found)
