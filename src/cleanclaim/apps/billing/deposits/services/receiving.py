"""Take a bank's file in: its lines once, their money booked on arrival, and what names a remittance placed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.billing.deposits.debits import matches_of
from cleanclaim.apps.billing.deposits.models import BankFile, BankLine, BankStatement, LineState
from cleanclaim.apps.billing.deposits.selectors import MONEY_IN
from cleanclaim.apps.billing.deposits.services.explaining import settle_named
from cleanclaim.apps.billing.deposits.services.placing import place_waiting
from cleanclaim.apps.billing.deposits.services.recognising import (
    Equal,
    account_as_kept,
    decide,
    line_as_kept,
    line_digests,
    recognise,
)
from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.exchange.services import keep_plain_file
from cleanclaim.apps.shared.exchange.services.rows import clean_name
from cleanclaim.apps.shared.ledger.selectors.periods import is_closed
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.edi.bank import Columns, read_bank_file
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import LIMIT, ZERO, fits_ledger
from cleanclaim.kernel.words import counted
from cleanclaim.rules.reconciliation import Debit, MatchState, debit_kind
from cleanclaim.values import bank as values
from cleanclaim.values.accounts import BANK, BANK_FEES, UNIDENTIFIED_CASH
from cleanclaim.values.entry import Entry, Leg

FIRST_DAY = date(2014, 1, 1)  # from which on the rules of reconciliation are known
HANDFUL = 1000  # rows in a statement: it takes 65,535 values at most
MOST_AHEAD = timedelta(days=31)  # no bank books further ahead: such a day is a slip of the pen


@dataclass(frozen=True, slots=True)
class ReceivedStatement:
    """What a bank's file brought: new lines, lines known from earlier files, deposits placed at once, money out explained."""

    bank_file_id: int
    file_id: int
    line_ids: tuple[int, ...]
    repeated: int
    deposit_ids: tuple[int, ...]
    settled_ids: tuple[int, ...] = ()


def read_statement(
    data: bytes,
    *,
    name: str = "statement",
    columns: Columns | None = None,
    received_on: date | None = None,
) -> values.BankFile:
    """The file's statements, if it can be used whole. `received_on` is today where it is not said.

    Raises:
        InputError: it is no bank's file, a total does not agree, it is not in US dollars, or a day or an amount is none
            that books can have.
    """
    file = read_bank_file(data, columns)
    if file.problems:
        first = file.problems[0]
        raise InputError(
            f"{name}: {counted(len(file.problems), 'problem')}, nothing of it was taken in; "
            f"{first.place}: {first.message}",
            hint="Ask the bank for the file again.",
        )
    if foreign := sorted({one.currency for one in file.statements} - {"USD"}):
        raise InputError(f"{name}: a statement in {', '.join(foreign)}: expected US dollars")
    lines = [one for statement in file.statements for one in statement.lines]
    if unfit := [one for one in lines if not fits_ledger(one.amount)]:
        raise InputError(f"{name}, {unfit[0].place}: {unfit[0].amount}: expected whole cents")
    for statement in file.statements:
        for balance in (statement.opening, statement.closing):
            if balance is not None and not fits_ledger(balance):
                raise InputError(
                    f"{name}, balance {balance} of {statement.booked_on}: expected whole cents below {LIMIT:,}"
                )
    last = (received_on or timezone.localdate()) + MOST_AHEAD
    if far := [one for one in lines if not FIRST_DAY <= one.booked_on <= last]:
        raise InputError(
            f"{name}, {far[0].place}: booked on {far[0].booked_on}: expected a day from {FIRST_DAY} to {last}"
        )
    return file


@transaction.atomic
def receive_statement(
    data: bytes,
    *,
    name: str,
    received_on: date,
    by: int | None = None,
    columns: Columns | None = None,
    equal: Equal = Equal.ASK,
) -> ReceivedStatement:
    """Keep the file and its lines, book every line's money, and place what names its remittance.

    Money in goes to unidentified cash first, under the line's own trace; fees of the bank to their expense. Other money
    out is settled where the bank names the entry's number, else it stays an open line. A line that came in an earlier file, of whatever form, is recognised and not taken again.

    Args:
        equal: what to do with lines that agree with earlier ones in account, day and amount only.

    Raises:
        InputError: the file cannot be used (see `read_statement`); nothing was kept.
        StateError: the same file came before (the message names it), or a line may have come before and nobody has
            said whether it did.
    """
    name = clean_name(name)
    file = read_statement(data, name=name, columns=columns, received_on=received_on)
    receipt = keep_plain_file(data, kind=Kind.BANK, name=name, received_on=received_on, by=by)
    if not receipt.is_accepted:
        raise StateError(receipt.message.rstrip("."))
    lock_names(["bank lines"])  # two files of one day must see each other's lines
    known = decide(file, recognise(file), equal=equal, name=name)
    digests = line_digests(file)
    bank_file = BankFile.objects.create(
        file_id=receipt.file_id,
        name=name,
        form=file.form,
        line_count=len(digests),
        repeated_count=sum(known),
        received_on=received_on,
        by=by,
    )
    rows = _keep_lines(bank_file, file, digests, known, received_on=received_on)
    _keep_open_what_is_booked(rows)
    _book_arrivals(rows, by=by)
    placed = place_waiting(on=received_on, by=by)
    settled = settle_named(on=received_on, by=by)
    return ReceivedStatement(
        bank_file.pk,
        receipt.file_id,
        tuple(row.pk for row in rows),
        sum(known),
        tuple(placed),
        tuple(settled),
    )


def _keep_lines(
    bank_file: BankFile,
    file: values.BankFile,
    digests: Sequence[str],
    known: Sequence[bool],
    *,
    received_on: date,
) -> list[BankLine]:
    rows: list[BankLine] = []
    position = 0
    for statement in file.statements:
        kept = BankStatement.objects.create(
            bank_file=bank_file,
            account=account_as_kept(statement.account),
            booked_on=statement.booked_on,
            opening=statement.opening,
            closing=statement.closing,
        )
        for one in statement.lines:
            position += 1
            if not known[position - 1] and one.amount:
                digest = digests[position - 1]
                rows.append(_line(kept, one, digest, position=position, received_on=received_on))
    return BankLine.objects.bulk_create(rows, batch_size=HANDFUL)


def _line(
    statement: BankStatement, one: values.BankLine, digest: str, *, position: int, received_on: date
) -> BankLine:
    one = line_as_kept(one)
    kind, reason, state, left = MONEY_IN, "", LineState.OPEN, one.amount
    if one.amount < 0:
        sign = debit_kind(one, on=one.booked_on)
        kind, reason = sign.kind.value, sign.reason
        if sign.kind is Debit.FEE:
            state, left = LineState.FEE, ZERO
    return BankLine(
        statement=statement,
        position=position,
        place=one.place[:40],
        account=statement.account,
        amount=one.amount,
        left=left,
        booked_on=one.booked_on,
        # A line that comes after its month was closed counts on the day that it came.
        books_on=received_on if is_closed(one.booked_on) else one.booked_on,
        code=one.code,
        trace_number=one.trace_number,
        payer_trace_id=one.payer_trace_id,
        references=list(one.references),
        text=one.text,
        digest=digest,
        kind=kind,
        state=state,
        reason=reason,
    )


def _keep_open_what_is_booked(rows: Sequence[BankLine]) -> None:
    """What looks like a fee, but is named by the number of a desk's entry of its amount, is that entry's money."""
    fees = [row for row in rows if row.state == LineState.FEE]
    named = [row for row, match in matches_of(fees) if match.state is MatchState.MATCHED]
    for row in named:
        row.kind, row.state, row.left = Debit.OTHER.value, LineState.OPEN, row.amount
    BankLine.objects.bulk_update(named, ["kind", "state", "left"], batch_size=HANDFUL)


def _book_arrivals(rows: Sequence[BankLine], *, by: int | None) -> None:
    booked = [row for row in rows if row.kind in (MONEY_IN, Debit.FEE)]
    entry_ids = post_entries([_arrival(row) for row in booked], by=by) if booked else []
    for row, entry_id in zip(booked, entry_ids, strict=True):
        row.entry_id = entry_id
    BankLine.objects.bulk_update(booked, ["entry_id"], batch_size=HANDFUL)


def _arrival(row: BankLine) -> Entry:
    other = UNIDENTIFIED_CASH if row.kind == MONEY_IN else BANK_FEES
    return Entry(
        "bank-receipt" if row.kind == MONEY_IN else "bank-fee",
        f"bank-line:{row.pk}",
        row.booked_on,
        row.books_on,
        (
            Leg(BANK.code, row.amount, trace=row.trace),
            Leg(other.code, -row.amount, trace=row.trace),
        ),
        memo=f"bank {row.booked_on}, {row.place}"[:200],
    )
