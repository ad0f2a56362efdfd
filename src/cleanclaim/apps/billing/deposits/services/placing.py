"""Place money that a bank line brought: on remittances, on batches, or with another entity.

A placement moves unidentified cash of the line to where it belongs, so that the end is the same whichever came first, the
money or the remittance. One person or program places at a time.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.billing.deposits.copies import copy_ids
from cleanclaim.apps.billing.deposits.models import (
    BankLine,
    BatchKind,
    BatchState,
    Deposit,
    DepositBatch,
    DepositPart,
    LineState,
)
from cleanclaim.apps.billing.deposits.selectors import (
    MONEY_IN,
    approved_since,
    awaited_deposits,
    batch_total,
    match_of,
    to_value,
    waiting_lines,
)
from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.billing.remittances.plans import trace_of
from cleanclaim.apps.shared.ledger.selectors.periods import is_closed
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.tenancy.bulk import reserve_ids
from cleanclaim.apps.shared.users.access import refuse_above
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, fits_ledger, show, total
from cleanclaim.rules.reconciliation import MatchState, match_traces
from cleanclaim.values.accounts import (
    BANK_FEES,
    CARD_CLEARING,
    CARD_FEES,
    DEPOSITS_IN_TRANSIT,
    DUE_FROM_ENTITY,
    DUE_TO_ENTITY,
    REMIT_CLEARING,
    UNIDENTIFIED_CASH,
)
from cleanclaim.values.entry import Entry, Leg

ACCOUNT = "account"  # how a deposit came about that another desk's account took
TRANSFER = "transfer"  # and one that a line of money out of another own account meets
KEPT_BACK = (CARD_FEES.code, BANK_FEES.code)  # where a settlement that came short may go


@transaction.atomic
def place_waiting(*, on: date, by: int | None = None) -> list[int]:
    """Place every waiting line whose trace names remittances of just its amount; returns the deposits' ids.

    What a person undid is not placed again by itself.
    """
    lock_placing()
    lines = [row for row in waiting_lines() if row.left == row.amount]
    expected = awaited_deposits() if lines else []
    if not expected:
        return []
    undone = set(
        DepositPart.objects.filter(stands=False, deposit__line__in=lines).values_list(
            "deposit__line_id", "remittance_id"
        )
    )
    placed = []
    matches = match_traces([to_value(row) for row in lines], expected)
    for row, match in zip(lines, matches, strict=True):
        if match is None or match.state is not MatchState.MATCHED:
            continue
        if undone.isdisjoint((row.pk, key) for key in match.keys):
            placed.append(
                _place(
                    row, remittance_ids=match.keys, how="trace", reasons=match.reasons, on=on, by=by
                )
            )
    return placed


def place_after_remittances(payload: dict[str, Any]) -> None:
    """Handle `remittances.received`: money that came before its remittance finds it."""
    place_waiting(on=timezone.localdate())


@transaction.atomic
def place_likely(line_ids: Sequence[int], *, on: date, by: int) -> tuple[list[int], list[int]]:
    """Accept the match or the likely candidate of each line; the deposits' ids, and the lines that have none."""
    lock_placing()
    placed, left = [], []
    expected = awaited_deposits()
    for row in BankLine.objects.filter(pk__in=list(line_ids)).order_by("id"):
        is_open = row.kind == MONEY_IN and row.state == LineState.OPEN
        match = match_of(row, expected) if is_open else None
        likely = match.likely if match else None
        keys = match.keys if match and match.state is MatchState.MATCHED else ()
        if keys or likely:
            reasons = match.reasons if keys and match else likely.reasons if likely else ()
            keys = keys or (likely.keys if likely else ())
            try:
                with transaction.atomic():  # one that is refused leaves the others placed
                    found = _place(
                        row, remittance_ids=keys, how="hand", reasons=reasons, on=on, by=by
                    )
            except StateError:
                left.append(row.pk)
            else:
                placed.append(found)
                expected = [one for one in expected if one.key not in keys]
        else:
            left.append(row.pk)
    return placed, left


@transaction.atomic
def place_line(
    line_id: int,
    *,
    remittance_ids: Collection[int] = (),
    batch_ids: Collection[int] = (),
    on: date,
    by: int | None,
    kept_back: str = "",
    limit: Decimal | None = None,
) -> int:
    """Place what is left of a line on these remittances and batches; the rest of it stays unidentified.

    Args:
        kept_back: the account for what the bank kept back where they come to more than the line has left.
        limit: the most that the person may say was kept back.

    Returns:
        The deposit's id.

    Raises:
        InputError: nothing is named, or they come to more than is left and no account is named for the difference.
        StateError: one of them is at the bank already, or nothing of the line is left.
        PermissionRefusedError: more was kept back than the person may say.
    """
    lock_placing()
    row = BankLine.objects.get(pk=line_id)
    return _place(
        row,
        remittance_ids=remittance_ids,
        batch_ids=batch_ids,
        how="hand",
        reasons=("chosen by a person",),
        on=on,
        by=by,
        kept_back=kept_back,
        limit=limit,
    )


@transaction.atomic
def place_with_entity(
    line_id: int,
    *,
    entity: str,
    amount: Decimal,
    on: date,
    by: int | None,
) -> int:
    """Hand a part of a line to another entity: we owe it, and it has the cash as its own unidentified.

    Raises:
        InputError: no entity, or not an amount of what is left.
    """
    lock_placing()
    row = BankLine.objects.get(pk=line_id)
    _check_is_open(row)
    entity = entity.strip()[:40]
    if not entity:
        raise InputError(f"bank line {line_id}: no entity, expected whose the money is")
    if not fits_ledger(amount) or not ZERO < amount <= row.left:
        raise InputError(
            f"bank line {line_id}: {amount}, expected an amount up to {show(row.left)}"
        )
    legs = (
        Leg(UNIDENTIFIED_CASH.code, amount, trace=row.trace),
        Leg(DUE_TO_ENTITY.code, -amount, trace=row.trace),
        Leg(DUE_FROM_ENTITY.code, amount, trace=row.trace, entity=entity),
        Leg(UNIDENTIFIED_CASH.code, -amount, trace=row.trace, entity=entity),
    )
    return _keep(
        row, legs, amount=amount, how="entity", reasons=(f"for {entity}",), counts_on=row.books_on,
        on=on, by=by, entity=entity,
    )  # fmt: skip


@transaction.atomic
def place_on_account(
    line_id: int,
    *,
    leg: Leg,
    amount: Decimal,
    words: str,
    on: date,
    by: int | None,
    how: str = ACCOUNT,
) -> int:
    """Place an amount of a line on what another desk knows (a refund that came back). Returns the entry's id.

    Args:
        leg: of the other desk's account, `amount` as a credit.

    Raises:
        StateError: it is money out, or less of it is left.
    """
    lock_placing()
    row = BankLine.objects.get(pk=line_id)
    _check_is_open(row)
    if not ZERO < amount <= row.left:
        raise StateError(
            f"bank line {line_id}: {show(amount)} to place, {show(row.left)} is left",
            hint="Somebody may have placed it meanwhile. Look at the line again.",
        )
    legs = (Leg(UNIDENTIFIED_CASH.code, amount, trace=row.trace), leg)
    deposit_id = _keep(
        row, legs, amount=amount, how=how, reasons=(words,), counts_on=row.books_on, on=on, by=by
    )  # fmt: skip
    return int(Deposit.objects.values_list("entry_id", flat=True).get(pk=deposit_id))


def lock_placing() -> None:
    """One at a time: what is awaited must not change between looking and placing."""
    lock_names(["deposits"])


def _check_is_open(row: BankLine) -> None:
    if row.kind != MONEY_IN:
        raise StateError(f"bank line {row.pk} is money that left the account")
    if row.left <= ZERO:
        raise StateError(
            f"bank line {row.pk}: all of it is placed", hint="Undo its deposit to place it anew."
        )


def _place(
    row: BankLine,
    *,
    remittance_ids: Collection[int] = (),
    batch_ids: Collection[int] = (),
    how: str,
    reasons: Sequence[str],
    on: date,
    by: int | None,
    kept_back: str = "",
    limit: Decimal | None = None,
) -> int:
    _check_is_open(row)
    remittances = awaited_by_id(remittance_ids)
    batches = _closed(batch_ids)
    parts = [(one.pk, None, one.paid) for one in remittances]
    parts += [(None, one.pk, batch_total(one)) for one in batches]
    if not parts:
        raise InputError(f"bank line {row.pk}: nothing is named that it pays")
    wanted = total(amount for *_, amount in parts)
    amount = min(wanted, row.left)
    short = wanted - amount
    if short and kept_back not in KEPT_BACK:
        raise InputError(
            f"bank line {row.pk}: {show(row.left)} is left, what you chose comes to {show(wanted)}",
            hint="Choose less, or say what the bank kept back.",
        )
    if limit is not None:
        refuse_above(limit, short)
    legs = [Leg(UNIDENTIFIED_CASH.code, amount, trace=row.trace)]
    if short:
        legs.append(Leg(kept_back, short, trace=row.trace))
    legs += [
        Leg(REMIT_CLEARING.code, -one.paid, payer_id=one.payer_id, trace=trace_of(one))
        for one in remittances
    ]
    legs += [
        Leg(transit_account(one), -batch_total(one), trace=f"batch {one.pk}") for one in batches
    ]
    days = [row.books_on, *(one.received_on for one in remittances)]
    days += [one.closed_on for one in batches if one.closed_on]
    deposit_id = _keep(
        row, legs, amount=amount, how=how, reasons=reasons, counts_on=max(days), on=on, by=by,
        short=short, short_account=kept_back if short else "",
    )  # fmt: skip
    DepositPart.objects.bulk_create(
        DepositPart(
            deposit_id=deposit_id, remittance_id=remittance_id, batch_id=batch_id, amount=each
        )
        for remittance_id, batch_id, each in parts
    )
    DepositBatch.objects.filter(pk__in=list(batch_ids)).update(state=BatchState.DEPOSITED)
    return deposit_id


def transit_account(batch: DepositBatch) -> str:
    """Where a batch's receipts stand until the bank has them."""
    return (CARD_CLEARING if batch.kind == BatchKind.CARD else DEPOSITS_IN_TRANSIT).code


def awaited_by_id(ids: Collection[int]) -> list[Remittance]:
    """These remittances, each of which awaits money.

    Raises:
        InputError: one is not there.
        StateError: one is paid already, was taken back, pays nothing, or is a copy of a stopped payment.
    """
    rows = list(Remittance.objects.defer("body").filter(pk__in=list(ids)).order_by("id"))
    copied = set(copy_ids())
    if missing := set(ids) - {row.pk for row in rows}:
        raise InputError(f"remittance {min(missing)}: not found")
    taken = DepositPart.objects.filter(remittance_id__in=list(ids), stands=True).first()
    if taken:
        raise StateError(
            f"remittance {taken.remittance_id} was paid by deposit {taken.deposit_id}",
            hint="Undo that deposit first.",
        )
    for row in rows:
        if row.paid <= ZERO or row.state == State.REVERSED:
            raise StateError(f"remittance {row.pk} awaits no money")
        if row.pk in copied:
            raise StateError(
                f"remittance {row.pk} is a copy of a payment that was reissued",
                hint="Place the money on the payment that was stopped.",
            )
    return rows


def _closed(ids: Collection[int]) -> list[DepositBatch]:
    rows = list(DepositBatch.objects.filter(pk__in=list(ids)).order_by("id"))
    if missing := set(ids) - {row.pk for row in rows}:
        raise InputError(f"batch {min(missing)}: not found")
    for row in rows:
        if row.state != BatchState.CLOSED:
            raise StateError(f"batch {row.pk} is {BatchState(row.state).label.lower()}")
    return rows


def _keep(
    row: BankLine,
    legs: Sequence[Leg],
    *,
    amount: Decimal,
    how: str,
    reasons: Sequence[str],
    counts_on: date,
    on: date,
    by: int | None,
    **more: Any,
) -> int:
    """Post the entry and keep the deposit. It counts from when both sides were known, never before an undoing.

    Where the month is closed, or a day that it would change is approved, it counts on the day on which it is made.
    """
    [deposit_id] = reserve_ids(Deposit, 1)
    undone = [one.undone_on for one in Deposit.objects.filter(line=row) if one.undone_on]
    counts_on = max([counts_on, *undone])
    if is_closed(counts_on) or approved_since(counts_on):
        counts_on = max(counts_on, on)
    entry = Entry(
        "deposit",
        f"bank-deposit:{deposit_id}",
        row.booked_on,
        counts_on,
        tuple(legs),
        memo=f"deposit {deposit_id} of bank {row.booked_on}, {row.place}"[:200],
    )
    [entry_id] = post_entries([entry], by=by)
    Deposit.objects.create(
        pk=deposit_id,
        line=row,
        amount=amount,
        how=how,
        reasons="; ".join(reasons)[:500],
        counts_on=counts_on,
        entry_id=entry_id,
        by=by,
        **more,
    )
    set_left(row, row.left - amount)
    return deposit_id


def set_left(row: BankLine, left: Decimal) -> None:
    """Keep what of a line is not placed; nothing left is placed."""
    row.left = left
    row.state = LineState.OPEN if left else LineState.PLACED
    row.save(update_fields=["left", "state"])
