"""Ask for an adjustment, approve or refuse it, withdraw it, undo it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from cleanclaim.apps.billing.adjustments import work
from cleanclaim.apps.billing.adjustments.authority import authority_of, require_second_person
from cleanclaim.apps.billing.adjustments.models import Adjustment, AdjustmentLine, Kind, State
from cleanclaim.apps.billing.adjustments.reasons import Reason, reason
from cleanclaim.apps.billing.adjustments.services import moves
from cleanclaim.apps.billing.adjustments.services.holds import refuse_held
from cleanclaim.apps.billing.adjustments.services.together import approved_before, moved_alone
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, is_whole_cents, total

MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Move:
    """`amount` dollars off (above zero) the item's `account`; a correction puts them on with a minus."""

    item_id: int
    account: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for. `note` says why in their words; `documents` names what proves it."""

    reason: str
    moves: tuple[Move, ...]
    note: str
    documents: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def request_adjustment(asked: Request, *, on: date, by: int) -> Adjustment:
    """Post it at once where the person may move that much alone, else let it wait for a second person.

    What a person posts alone on one account counts together for some days (`together.py`), in requests of that account
    and of several, so that a large amount is not let through in pieces; so does what they post alone in one day on
    several accounts at once.

    Raises:
        InputError: no reason of this code, no note, no document where one is needed, a wrong amount.
        StateError: an item has less than is to be taken off, or the account is with legal.
        PermissionRefusedError: the person may not adjust accounts.
    """
    why = reason(asked.reason, on=on)
    _check_words(asked, why)
    lines = lines_of_moves(asked.moves, why)
    return place(
        why, lines, note=asked.note, documents=asked.documents, evidence=asked.evidence,
        amount=total(abs(line.amount) for line in lines), on=on, by=by,
    )  # fmt: skip


def place(
    why: Reason,
    lines: Sequence[AdjustmentLine],
    *,
    note: str,
    on: date,
    by: int,
    amount: Decimal,
    documents: str = "",
    evidence: dict[str, Any] | None = None,
    original_entry_id: int = 0,
) -> Adjustment:
    """Keep the request with its lines; post it where one person may, else open the approval as work."""
    who = authority_of(by, Permission.ACCOUNTS_ADJUST)
    patients = {line.patient_id for line in lines}
    refuse_held(patients, why)
    # Two requests of one person at the same moment must each see what the other moves alone.
    lock_names([f"adjustments alone {by}"])
    moves.lock_of(lines)
    moves.check_lines(why.kind, lines)
    row = Adjustment(
        kind=why.kind,
        reason=why.code,
        patient_id=patients.pop() if len(patients) == 1 else 0,
        amount=amount,
        line_count=len(lines),
        note=note.strip()[:300],
        documents=documents.strip()[:300],
        evidence={**(evidence or {}), "rule": why.edition},
        original_entry_id=original_entry_id,
        requested_by=by,
        requested_on=on,
    )
    limit = why.alone_limit(who.limit)
    alone = amount + moved_alone(row, lines, on=on) <= limit
    if alone:
        row.state, row.posted_on = State.POSTED, on
        row.alone_limit = limit  # type: ignore[assignment]
    row.save()
    names = ("item_id", "claim_id", "patient_id", "line_number", "account", "counter", "amount")
    rows = [(row.pk, *(getattr(line, name) for name in names)) for line in lines]
    insert_rows(AdjustmentLine, ("adjustment", *names), rows)
    lines = lines_of(row)
    if alone:
        moves.post_lines(row, lines, words=_words(why), on=on, by=by)
        work.settle(row, lines)
    else:
        work.open_approval(row, why.words, on=on)
    return row


@transaction.atomic
def approve_adjustment(adjustment_id: int, *, on: date, by: int) -> Adjustment:
    """Post a waiting request as a second person whose limit covers it.

    Raises:
        StateError: it waits no more, an item has changed since, or the account is with legal.
        PermissionRefusedError: the person asked for it themselves, or their limit is below it, with what they let through
            for the same person on the same account before.
    """
    row = _waiting(adjustment_id)
    who = authority_of(by, Permission.ACCOUNTS_ADJUST)
    lines = lines_of(row)
    # Two approvals of one person at the same moment must each see what the other lets through.
    lock_names([f"adjustments approved {by}"])
    before, since = approved_before(row, lines, on=on, by=by)
    require_second_person(
        who, first=row.requested_by, amount=row.amount, what=_name(row), before=before, since=since
    )
    why = reason(row.reason, on=row.requested_on)
    refuse_held({line.patient_id for line in lines}, why)
    moves.lock_of(lines)
    row.state, row.approved_by, row.posted_on = State.POSTED, by, on
    row.save()
    if row.kind == Kind.REAPPLY:
        from cleanclaim.apps.billing.adjustments.services.reapplying import check_original

        check_original(row.original_entry_id, lines)
    if "up_to" in row.evidence:
        from cleanclaim.apps.billing.adjustments.services.small_balance import check_still_small

        check_still_small(row, lines, on=on)
    moves.post_lines(row, lines, words=_words(why), on=on, by=by)
    work.close_approval(row, outcome="Approved and posted")
    work.settle(row, lines)
    return row


@transaction.atomic
def refuse_adjustment(adjustment_id: int, *, words: str, on: date, by: int) -> Adjustment:
    """Say no to a waiting request, with the reason that its maker reads.

    Raises:
        InputError: no reason.
        StateError: it waits no more.
        PermissionRefusedError: the person asked for it themselves (they withdraw it).
    """
    row = _waiting(adjustment_id)
    who = authority_of(by, Permission.ACCOUNTS_ADJUST)
    require_second_person(who, first=row.requested_by, amount=ZERO, what=_name(row))
    return _close(row, State.REFUSED, words=_given(words, "why it is refused"), on=on, by=by)


@transaction.atomic
def withdraw_adjustment(adjustment_id: int, *, words: str = "", on: date, by: int) -> Adjustment:
    """Take one's own waiting request back.

    Raises:
        StateError: it waits no more, or somebody else asked for it.
    """
    row = _waiting(adjustment_id)
    if row.requested_by != by:
        raise StateError(f"{_name(row)} is somebody else's", hint="Refuse it with a reason instead")
    return _close(row, State.WITHDRAWN, words=words.strip()[:300], on=on, by=by)


@transaction.atomic
def undo_adjustment(adjustment_id: int, *, words: str, on: date, by: int) -> Adjustment:
    """Reverse every entry of a posted request; the history keeps both.

    Who posted it alone may undo it; what a second person approved needs a limit that covers it.

    Raises:
        InputError: no reason.
        StateError: it is not posted, or money has moved on an item since.
        PermissionRefusedError: above the person's limit.
    """
    row = Adjustment.objects.select_for_update().get(pk=adjustment_id)
    if row.state != State.POSTED:
        raise StateError(
            f"{_name(row)} is {State(row.state).label.lower()}, not posted",
            hint="Only what was posted is undone. Reload the request.",
        )
    who = authority_of(by, Permission.ACCOUNTS_ADJUST)
    if row.approved_by is not None or row.requested_by != by:
        require_second_person(who, first=0, amount=row.amount, what=f"undoing {_name(row)}")
    given = _given(words, "why it is undone")
    lines = lines_of(row)
    moves.lock_of(lines)
    why = reason(row.reason, on=row.requested_on)
    on = max(on, row.posted_on or on)
    moves.take_back(row, lines, words=f"{_words(why)} undone", on=on, by=by)
    work.unsettle(row, on=on)
    return _close(row, State.UNDONE, words=given, on=on, by=by)


def lines_of(row: Adjustment) -> list[AdjustmentLine]:
    """The request's lines in their order."""
    return list(AdjustmentLine.objects.filter(adjustment=row).order_by("id"))


def _check_words(asked: Request, why: Reason) -> None:
    if not asked.note.strip():
        raise InputError(
            f"{why.words}: the note is empty, expected why the amount is moved",
            hint="Say why; who approves reads it.",
        )
    if why.needs_documents and not asked.documents.strip():
        raise InputError(
            f"{why.words}: no document, expected the one that proves it",
            hint="Name the application, letter or order.",
        )
    if not 0 < len(asked.moves) <= MOST_LINES:
        raise InputError(
            f"{why.words}: {len(asked.moves)} lines, expected 1 to {MOST_LINES}",
            hint="Choose items, or send several requests.",
        )
    if why.code == "bad_debt" and not {"days", "letters", "calls"} <= set(asked.evidence):
        raise InputError(
            "bad debt: no evidence", hint="Recommend it with the letters sent and the calls made"
        )
    signs = {move.amount > 0 for move in asked.moves}
    if why.kind in (Kind.REAPPLY, Kind.RECOVERY):
        raise InputError(
            f"reason {why.code}: it has a page of its own, expected a transfer, write-off or correction",
            hint="Re-apply the payment from the account's ledger, or book the recovery there.",
        )
    if why.kind != Kind.CORRECTION and signs != {True}:
        low = next(move for move in asked.moves if move.amount <= 0)
        raise InputError(
            f"{why.words}: item {low.item_id}, amount {low.amount}, expected amounts above zero",
            hint="What was reduced too much is put on again by a correction.",
        )


def _with_items(wanted: Sequence[Move]) -> list[tuple[Move, Item]]:
    items = Item.objects.in_bulk([move.item_id for move in wanted])
    for move in wanted:
        if move.item_id not in items:
            raise InputError(
                f"item {move.item_id}: not found, expected an open item of this practice",
                hint="Choose the item on the account's page.",
            )
        if not move.amount or not is_whole_cents(move.amount):
            raise InputError(
                f"item {move.item_id}: amount {move.amount}, expected whole cents, not 0.00",
                hint="Give dollars like 12.50.",
            )
    return [(move, items[move.item_id]) for move in wanted]


def lines_of_moves(asked: Sequence[Move], why: Reason) -> list[AdjustmentLine]:
    """The moves as lines.

    Raises:
        InputError: an item is not there, or the reason takes nothing from where a move is.
    """
    return [_line(move, why) for move in _with_items(asked)]


def _line(given: tuple[Move, Item], why: Reason) -> AdjustmentLine:
    move, item = given
    line = new_line(item, move.account, why.account, -move.amount)
    if move.account not in why.accounts:
        raise InputError(
            f"{moves.line_words(line)}: {why.words!r} cannot be taken from {moves.place_words(move.account)}",
            hint=f"It is taken from {', '.join(moves.place_words(one) for one in sorted(why.accounts))}.",
        )
    return line


def new_line(item: Item, account: str, counter: str, amount: Decimal) -> AdjustmentLine:
    """A line on the item; `amount` as `account` takes it."""
    return AdjustmentLine(
        item_id=item.pk,
        claim_id=item.claim_id,
        patient_id=item.patient_id,
        line_number=item.line_number,
        account=account,
        counter=counter,
        amount=amount,
    )


def _waiting(adjustment_id: int) -> Adjustment:
    row = Adjustment.objects.select_for_update().get(pk=adjustment_id)
    if row.state != State.WAITING:
        raise StateError(
            f"{_name(row)} is {State(row.state).label.lower()} already",
            hint="Somebody was quicker. Reload the list.",
        )
    return row


def _close(row: Adjustment, state: State, *, words: str, on: date, by: int) -> Adjustment:
    row.state, row.closed_by, row.closed_on, row.closed_words = state, by, on, words
    row.save()
    work.close_approval(row, outcome=str(state.label))
    return row


def _given(words: str, expected: str) -> str:
    if not words.strip():
        raise InputError(
            f"reason: it is empty, expected {expected}", hint="Say why; who asked for it reads it."
        )
    return words.strip()[:300]


def _name(row: Adjustment) -> str:
    return f"adjustment {row.pk}"


def _words(why: Reason) -> str:
    kind = Kind(why.kind).label
    return f"{kind}, {why.words[0].lower()}{why.words[1:]}"
