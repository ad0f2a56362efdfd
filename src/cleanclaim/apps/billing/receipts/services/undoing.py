"""Take the return of a receipt back that was wrong: the money had not come back, or that of another receipt had.

return undone   the return's own entries reversed on their own days; what it took back is booked again from the day on which
                it was taken back, so that what is owed as of any day is as if it had never come back

What was known before stays known: the entries of the return stand in the books beside those that undo them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.receipts.banked import lock_bank, reopen_at_bank
from cleanclaim.apps.billing.receipts.models import (
    Application,
    Receipt,
    State,
    UndoneReturn,
)
from cleanclaim.apps.billing.receipts.selectors import owed_by, short_of, trace_of
from cleanclaim.apps.billing.receipts.services.booking import claims_of, lock_claims, settle
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.convert import entry_values
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.users.access import refuse_above
from cleanclaim.apps.shared.work.services import close_key
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.values.accounts import PATIENT_PREPAYMENT, RECEIVABLE_PATIENT
from cleanclaim.values.entry import Entry


@transaction.atomic
def undo_return(
    receipt_id: int, *, reason: str, on: date, by: int | None, limit: Decimal | None = None
) -> Receipt:
    """Take a return back: the receipt is kept, and pays what it paid before; the bank's line of it is open again.

    Raises:
        InputError: no reason.
        StateError: it did not come back, or what it paid is paid or moved otherwise by now; the message says which.
        PermissionRefusedError: the fee that is taken back with it is above the person's limit.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise InputError(
            f"receipt {receipt_id}: no reason, expected why its return is taken back",
            hint="Say what was wrong; it stands with the receipt.",
        )
    lock_bank()
    row = _returned(receipt_id)
    if limit is not None:
        refuse_above(limit, row.fee, what="fee")

    reopen_at_bank(_of_return(row), reason, on, by)
    lock_claims([*claims_of(row), row.claim_id])
    taken_back = _taken_back(row)
    _refuse_moved(row, [entry for entry, _ in taken_back.values()])
    for entry_id in _of_return(row):
        entry = EntryRow.objects.get(pk=entry_id)
        ledger.reverse_entry(
            entry_id, key=f"receipt:{row.pk}:return-undone:{entry_id}", effective_on=entry.effective_on,
            accounting_on=max(on, entry.accounting_on), memo=f"return of receipt {row.pk} undone", by=by,
        )  # fmt: skip
    again = _book_again(row, taken_back, on=on, by=by)
    UndoneReturn.objects.create(
        receipt=row, kind=row.return_kind, fee=row.fee, returned_on=row.ended_on, returned_by=row.ended_by,
        returned_reason=row.reason, end_entry_id=row.end_entry_id, undone_on=on, undone_by=by, reason=reason,
        again_entry_id=again,
    )  # fmt: skip
    close_key(row.return_work, outcome="Its return is taken back")
    row.state, row.again_entry_id = State.KEPT, again
    row.return_kind, row.fee, row.reason, row.end_entry_id = "", ZERO, "", 0
    row.ended_on = row.ended_by = None
    row.save()
    settle(row, claims_of(row), by=by)
    return row


def _returned(receipt_id: int) -> Receipt:
    row = Receipt.objects.select_for_update().get(pk=receipt_id)
    if row.state != State.RETURNED:
        raise StateError(
            f"receipt {receipt_id} is {State(row.state).label.lower()}, expected one that came back",
            hint="Nothing was changed. Reload the receipt.",
        )
    lock_names([f"receipts {row.patient_id}"])
    return row


def _of_return(row: Receipt) -> list[int]:
    """The entries that took the money off the bank's account: the return's, where the bank had had it, and its fee."""
    keys = [f"receipt:{row.pk}:returned{row.round}", f"receipt:{row.pk}:fee{row.round}"]
    found = EntryRow.objects.filter(idempotency_key__in=keys)
    return list(found.order_by("id").values_list("pk", flat=True))


def _taken_back(row: Receipt) -> dict[int, tuple[Entry, date]]:
    """{entry that the return reversed: (it, from when on it counts again)}: the receipt's own first, then what was applied."""
    applied = row.applications.order_by("id").values_list("entry_id", flat=True)
    keys = {f"receipt:{row.pk}:unapply:{entry_id}" for entry_id in applied}
    # What an earlier round booked again has the same application under an entry of its own.
    before = {f"receipt:{row.pk}:again:{entry_id}": entry_id for entry_id in applied}
    done = EntryRow.objects.filter(idempotency_key__in=list(before))
    settled = {before[key] for key in done.values_list("idempotency_key", flat=True)}
    found = EntryRow.objects.filter(idempotency_key__in=list(keys)) | EntryRow.objects.filter(
        reverses=row.standing_entry_id
    )
    days = dict(found.values_list("reverses_id", "effective_on"))
    wanted = [pk for pk in (row.standing_entry_id, *applied) if pk in days and pk not in settled]
    entries = entry_values(wanted)
    return {pk: (entries[pk], days[pk]) for pk in wanted}


def _refuse_moved(row: Receipt, entries: Sequence[Entry]) -> None:
    """Raise where what these entries pay is not owed any more: it would be paid twice.

    Raises:
        StateError: an item owes less, or what the patient was given back of another receipt is made good.
    """
    wanted: dict[tuple[int, int, int], Decimal] = defaultdict(lambda: ZERO)
    good: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for leg in (leg for entry in entries for leg in entry.legs):
        if leg.account == RECEIVABLE_PATIENT.code:
            wanted[leg.item_id, leg.claim_id, leg.line_number] -= leg.amount
        elif leg.account == PATIENT_PREPAYMENT.code and leg.trace != trace_of(row.pk):
            good[leg.trace] -= leg.amount
    owed = {one.item_id: one.amount for one in owed_by(row.patient_id)}
    for (item_id, claim_id, line_number), amount in wanted.items():
        if amount > (there := owed.get(item_id, ZERO)):
            raise StateError(
                f"receipt {row.pk}: it paid {show(amount)} of claim {claim_id}, line {line_number}, of which the "
                f"patient owes {show(there)} by now",
                hint="It was paid or moved since. Take that back first: look at the patient's account.",
            )
    short = {trace: amount for _, trace, amount in short_of(row.patient_id)}
    for trace, amount in good.items():
        if amount > (there := short.get(trace, ZERO)):
            raise StateError(
                f"receipt {row.pk}: it made good {show(amount)} of {trace}, of which {show(there)} is owed by now",
                hint="Another payment made it good since. Take that one back first.",
            )


def _book_again(
    row: Receipt, taken_back: dict[int, tuple[Entry, date]], *, on: date, by: int | None
) -> int:
    """Book each of them anew from its day on; returns the entry of the receipt itself."""
    books = EntryRow.objects.filter(reverses__in=list(taken_back)).values_list("accounting_on")
    day = max([on, *(one for (one,) in books)])
    entries = [
        replace(entry, idempotency_key=f"receipt:{row.pk}:again:{pk}", effective_on=since, accounting_on=day)
        for pk, (entry, since) in taken_back.items()
    ]  # fmt: skip
    ids = dict(zip(taken_back, ledger.post_entries(entries, by=by), strict=True))
    kept = {
        one.entry_id: one for one in Application.objects.filter(receipt=row, entry_id__in=list(ids))
    }
    Application.objects.bulk_create(
        Application(receipt=row, amount=one.amount, entry_id=ids[pk], applied_on=taken_back[pk][1], applied_by=by)
        for pk, one in sorted(kept.items())
    )  # fmt: skip
    return ids[row.standing_entry_id]
