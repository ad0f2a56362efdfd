"""Say what money out was: an entry that a desk booked, an act that a desk does now, or a fee of the bank; and take that back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cleanclaim.apps.billing.deposits import debits
from cleanclaim.apps.billing.deposits.debit_sources import Act, source_named, source_of
from cleanclaim.apps.billing.deposits.models import (
    BankLine,
    DaySignature,
    Explanation,
    LineState,
)
from cleanclaim.apps.billing.deposits.selectors import MONEY_IN, open_debits, to_value
from cleanclaim.apps.billing.deposits.services.placing import lock_placing
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.apps.shared.ledger.selectors.periods import is_closed
from cleanclaim.apps.shared.ledger.services import post_entries, reverse_entry
from cleanclaim.apps.shared.users.access import refuse_above
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.reconciliation import MatchState, debit_kind, looked_at_from
from cleanclaim.values.accounts import BANK, BANK_FEES
from cleanclaim.values.entry import Entry, Leg

BY_NUMBER, BY_HAND = "number", "hand"
MOST_AT_ONCE = 500  # as many as a file of refunds pays in one sum


@transaction.atomic
def settle_line(
    line_id: int, *, entry_ids: Collection[int], on: date, by: int | None, reason: str = ""
) -> None:
    """Say that entries which desks booked explain a line of money out; together they are just its amount.

    Raises:
        InputError: none is named, too many are, or one took no money off the bank's account.
        StateError: the line is explained or is money in, an entry explains another line or was taken back, or they
            come to another amount.
    """
    lock_placing()
    row = _open_line(line_id)
    _settle(row, entry_ids, how=BY_HAND, reasons=(reason or "chosen by a person",), on=on, by=by)


@transaction.atomic
def settle_named(*, on: date, by: int | None = None) -> list[int]:
    """Settle each open line of which the bank names the entries by number, to the cent, and no others fit as well.

    What a person undid is not settled again by itself, nor looked at when it is long ago. Returns the lines' ids.
    """
    lock_placing()
    lately = open_debits().filter(booked_on__gte=looked_at_from(on=on))
    undone = set(Explanation.objects.filter(stands=False).values_list("line_id", "entry_id"))
    done = []
    for row, match in debits.matches_of(list(lately)):
        if match.state is MatchState.MATCHED and undone.isdisjoint(
            (row.pk, key) for key in match.keys
        ):
            _settle(row, match.keys, how=BY_NUMBER, reasons=match.reasons, on=on, by=by)
            done.append(row.pk)
    return done


@transaction.atomic
def settle_likely(line_ids: Sequence[int], *, on: date, by: int) -> tuple[list[int], list[int]]:
    """Accept what the bank names or what is far ahead, of each line; the lines settled, and those left."""
    lock_placing()
    done, left = [], []
    for row in open_debits().filter(pk__in=list(line_ids)):
        [(_, match)] = debits.matches_of([row])
        if likely := debits.likely_of(match):
            _settle(row, likely.keys, how=BY_HAND, reasons=likely.reasons, on=on, by=by)
            done.append(row.pk)
        else:
            left.append(row.pk)
    return done, left


@transaction.atomic
def settle_by_act(
    line_id: int, *, desk: str, act: Act, on: date, by: int, limit: Decimal | None = None
) -> None:
    """Have a desk book what the line was (a receipt's return, a refund that cleared), and settle it by those entries.

    Raises:
        InputError: no such desk, or what it was told is wrong.
        StateError: the line is explained already, the desk refuses, or what it booked is not the line's amount.
        PermissionRefusedError: the desk does not let the person, or the fee is above the person's limit.
    """
    source = source_named(desk)
    lock_placing()
    row = _open_line(line_id)
    if limit is not None:
        refuse_above(limit, act.fee, what="fee")
    act = replace(act, paid=-row.amount - act.fee, account=row.account)
    entry_ids = source.carry_out(act, _books_on(row, on), by)
    words = (f"booked for this line: {source.title.lower()}",)
    _settle(row, entry_ids, how=BY_HAND, reasons=words, on=on, by=by, made_here=True)


@transaction.atomic
def book_bank_fee(line_id: int, *, on: date, by: int, limit: Decimal | None = None) -> int:
    """Book an open line of money out as a fee of the bank; returns the entry's id.

    Raises:
        StateError: the line is explained already, or is money in.
        PermissionRefusedError: it is above the person's limit.
    """
    lock_placing()
    row = _open_line(line_id)
    if limit is not None:
        refuse_above(limit, row.amount)
    day = _books_on(row, on)
    number = Explanation.objects.filter(line=row, made_here=True).count() + 1
    entry = Entry(
        "bank-fee",
        f"bank-fee:{row.pk}:{number}",
        row.booked_on,
        day,
        (
            Leg(BANK_FEES.code, -row.amount, trace=row.trace),
            Leg(BANK.code, row.amount, trace=row.trace),
        ),
        memo=f"bank {row.booked_on}, {row.place}"[:200],
    )
    [entry_id] = post_entries([entry], by=by)
    words = ("a fee of the bank",)
    _settle(row, [entry_id], how=BY_HAND, reasons=words, on=on, by=by, made_here=True)
    return entry_id


@transaction.atomic
def undo_settled(
    line_id: int, *, reason: str, on: date, by: int | None, limit: Decimal | None = None
) -> list[int]:
    """Take back what was said of money out: it is open again, as the bank's words have it. Returns the reversals of fees that were booked for it.

    An entry of a desk stands as it did: it is that desk's to take back, and may explain a line again.

    Raises:
        InputError: no reason.
        StateError: the line is not explained, or the accounting month of `on` is closed.
        PermissionRefusedError: a fee would be taken back that is above the person's limit.
    """
    if not reason.strip():
        raise InputError(f"bank line {line_id}: no reason, expected why it is undone")
    lock_placing()
    row = BankLine.objects.select_for_update().get(pk=line_id)
    standing = list(Explanation.objects.filter(line=row, stands=True).order_by("id"))
    if not standing and not debits.is_fee_by_rule(row):
        raise StateError(f"bank line {line_id}: nothing explains it")
    takes_fee_back = not standing or any(
        one.made_here and _is_fee(row, one.entry_id) for one in standing
    )
    if limit is not None and takes_fee_back:
        refuse_above(limit, row.amount)
    reversals = [_take_fee_back(row, row.entry_id, on=on, by=by)] if not standing else []
    for one in standing:
        if one.made_here and _is_fee(row, one.entry_id):
            one.reversal_id = _take_fee_back(row, one.entry_id, on=on, by=by)
            reversals.append(one.reversal_id)
        one.stands, one.undone_on, one.undone_by = False, max(on, one.counts_on), by
        one.undone_at, one.undone_reason = timezone.now(), reason.strip()[:200]
        one.save()
    row.state, row.left = LineState.OPEN, row.amount
    row.reason = debit_kind(to_value(row), on=row.booked_on).reason
    row.save(update_fields=["state", "left", "reason"])
    return reversals


@transaction.atomic
def reopen_explained(
    entry_ids: Collection[int], *, reason: str, on: date, by: int | None
) -> list[int]:
    """Open the lines again that these entries explain, before their desk takes them back; the lines' ids.

    A line that several entries explain is open again as a whole.
    """
    lock_placing()
    found = Explanation.objects.filter(entry_id__in=list(entry_ids), stands=True)
    line_ids = sorted(set(found.values_list("line_id", flat=True)))
    for line_id in line_ids:
        undo_settled(line_id, reason=reason, on=on, by=by)
    return line_ids


@transaction.atomic
def take_act_back(
    line_id: int,
    *,
    reason: str,
    on: date,
    by: int,
    may: Callable[[Permission], None],
    limit: Decimal | None = None,
) -> None:
    """Take back what was said of money out, and with it what a desk booked for it: as if nobody had said it.

    Args:
        may: raises where the person has not the permission of the desk.

    Raises:
        InputError: no reason.
        StateError: nothing explains the line, or its desk refuses, for the money moved on.
        PermissionRefusedError: the person may not, or a fee is above their limit.
    """
    lock_placing()
    booked = Explanation.objects.filter(line=line_id, stands=True, made_here=True)
    if limit is not None:
        for fee in _fees_of(booked):
            refuse_above(limit, fee, what="fee")
    for entry_id in booked.order_by("id").values_list("entry_id", flat=True):
        source = source_of(entry_id)
        if source and booked.filter(entry_id=entry_id).exists():  # the first takes its fee with it
            may(source.permission)
            source.take_back(entry_id, reason, on, by)
    if BankLine.objects.get(pk=line_id).state != LineState.OPEN:
        undo_settled(line_id, reason=reason, on=on, by=by, limit=limit)


def _fees_of(booked: QuerySet[Explanation]) -> list[Decimal]:
    """What of these is a fee, of the bank's own or of what a desk booked."""
    fees = EntryRow.objects.filter(
        kind="bank-fee", id__in=list(booked.values_list("entry_id", flat=True))
    )
    ids = list(fees.values_list("id", flat=True))
    return list(booked.filter(entry_id__in=ids).values_list("amount", flat=True))


def _open_line(line_id: int) -> BankLine:
    row = BankLine.objects.select_for_update().get(pk=line_id)
    if row.kind == MONEY_IN:
        raise StateError(f"bank line {line_id} is money that came in")
    if row.state != LineState.OPEN:
        raise StateError(
            f"bank line {line_id} is {LineState(row.state).label.lower()}",
            hint="Undo that to say otherwise.",
        )
    return row


def _settle(
    row: BankLine,
    entry_ids: Collection[int],
    *,
    how: str,
    reasons: Sequence[str],
    on: date,
    by: int | None,
    made_here: bool = False,
) -> None:
    ids = sorted(set(entry_ids))
    if not 0 < len(ids) <= MOST_AT_ONCE:
        raise InputError(f"bank line {row.pk}: {len(ids)} entries, expected 1 to {MOST_AT_ONCE}")
    amounts = {one: _left_by(one) for one in ids}
    _refuse_used(ids)
    if (found := total(amounts.values())) != -row.amount:
        raise StateError(
            f"bank line {row.pk}: {show(-row.amount)} left the account, the entries come to {show(found)}",
            hint="Choose entries that add up to the line.",
        )
    counts_on = _counts_on(row, ids, on)
    Explanation.objects.bulk_create(
        Explanation(
            line=row,
            entry_id=one,
            amount=amount,
            made_here=made_here,
            how=how,
            reasons="; ".join(reasons)[:500],
            counts_on=counts_on,
            by=by,
        )
        for one, amount in amounts.items()
    )
    row.state, row.left, row.reason = LineState.SETTLED, ZERO, "; ".join(reasons)[:300]
    row.entry_id = row.entry_id or ids[0]
    row.save(update_fields=["state", "left", "entry_id", "reason"])


def _left_by(entry_id: int) -> Decimal:
    """What left the bank's account by an entry that stands."""
    legs = LegRow.objects.filter(entry=entry_id, account=BANK.code, entity="")
    amount = -total(legs.values_list("amount", flat=True))
    if amount <= ZERO:
        raise InputError(f"entry {entry_id} took no money off the bank's account")
    back = EntryRow.objects.filter(reverses=entry_id).first()
    entry = EntryRow.objects.get(pk=entry_id)
    if back or entry.reverses_id or entry.idempotency_key.startswith("bank-line:"):
        words = f"was taken back by entry {back.pk}" if back else "is no desk's entry of money out"
        raise StateError(f"entry {entry_id} {words}")
    return amount


def _refuse_used(ids: Sequence[int]) -> None:
    """One entry explains one line: money that left once is on the bank's statement once."""
    used = Explanation.objects.filter(entry_id__in=ids, stands=True).first()
    if used:
        raise StateError(
            f"entry {used.entry_id} explains bank line {used.line_id}",
            hint="The bank may have charged it twice. Undo that line first if this one is meant.",
        )


def _books_on(row: BankLine, on: date) -> date:
    """The bank's day, unless its month is closed or somebody has signed its proof."""
    is_signed = DaySignature.objects.filter(day=row.books_on).exists()
    return on if is_signed or is_closed(row.books_on) else row.books_on


def _counts_on(row: BankLine, ids: Sequence[int], on: date) -> date:
    """From when both sides were known, never before an undoing; a signed day's figures stay what they were."""
    undone = Explanation.objects.filter(line=row, stands=False).values_list("undone_on", flat=True)
    days = EntryRow.objects.filter(pk__in=ids).values_list("accounting_on", flat=True)
    day = max([row.books_on, *days, *(one for one in undone if one)])
    is_signed = DaySignature.objects.filter(day=day).exists()
    return max(day, on) if is_signed else day


def _is_fee(row: BankLine, entry_id: int) -> bool:
    return EntryRow.objects.filter(under(f"bank-fee:{row.pk}:"), pk=entry_id).exists()


def _take_fee_back(row: BankLine, entry_id: int, *, on: date, by: int | None) -> int:
    entry = EntryRow.objects.get(pk=entry_id)
    return reverse_entry(
        entry_id,
        key=f"bank-fee-undone:{entry_id}",
        effective_on=max(on, entry.effective_on),
        accounting_on=max(on, entry.accounting_on),
        memo=f"fee of bank line {row.pk} undone"[:200],
        by=by,
    )
