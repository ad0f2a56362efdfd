"""`cleanclaim reconcile FILE`: a bank statement (BAI2, camt.053, CSV) against the remittances whose money is awaited.

`cleanclaim reconcile --undo DEPOSIT --reason WORDS` takes a placement back.
`cleanclaim reconcile --out` lists money out that nothing explains; `--settle LINE --by EMAIL` explains one, `--reopen LINE` takes that back.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanclaim.edi.bank import Columns, read_bank_file
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli import money_out
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.deposits.models import BankLine as BankRow
    from cleanclaim.rules.reconciliation import BatchCandidate, Expected, Match
    from cleanclaim.values.bank import BankLine

SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, whose remittances, and whether to book what matches."""
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="a BAI2, camt.053 or CSV statement"
    )
    parser.add_argument("--organization", metavar="SLUG", help="the practice (slug or id)")
    parser.add_argument(
        "--columns",
        metavar="NAME=HEADING,...",
        help="of a CSV table: day, amount or credit and debit, text, reference, trace, account",
    )
    parser.add_argument(
        "--post",
        action="store_true",
        help="take the file in: book all money that came, and place what matches",
    )
    parser.add_argument(
        "--equal",
        choices=("ask", "known", "new"),
        default="ask",
        help="lines that agree with earlier ones in account, day and amount only (default: refuse and ask)",
    )
    parser.add_argument(
        "--undo", type=int, metavar="DEPOSIT", help="take a placement back; needs --reason"
    )
    parser.add_argument("--reason", default="", metavar="WORDS", help="why it is undone")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    money_out.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Say what each movement pays; 0 when all money in is matched and no remittance waits, else 1."""
    from cleanclaim.project.setup import open_django

    _one_act(args)
    if money_out.is_asked(args):
        with open_django(args.home, role="worker", must_exist=True):
            return money_out.run(args)
    if args.undo is not None:
        with open_django(args.home, role="worker", must_exist=True):
            return _undo(args)
    if args.file is None:
        raise InputError("no FILE, expected a bank statement")
    try:
        data = args.file.read_bytes()
    except OSError as error:
        raise InputError(f"{args.file}: {error.strerror}") from error
    columns = _columns(args.columns)
    for one in read_bank_file(data, columns).problems[:SHOWN]:
        print(f"{args.file}, {one.place}: {one.message}", file=sys.stderr)
    with open_django(args.home, role="worker", must_exist=True):
        found = _reconcile(data, columns, args)
    if args.json:
        print(json.dumps(_as_object(found), indent=2))
    else:
        print("\n".join(_lines(found, args)))
    return 0 if _is_complete(found) else 1


def _one_act(args: argparse.Namespace) -> None:
    """A second act beside the first would be left undone without a word."""
    asked = {
        "FILE": args.file,
        "--undo": args.undo,
        "--settle": args.settle,
        "--reopen": args.reopen,
        "--out": args.out or None,
    }
    if len(acts := [name for name, value in asked.items() if value is not None]) > 1:
        raise InputError(f"{' and '.join(acts)}: expected one of them at a time")
    if args.post and args.file is None:
        raise InputError("--post: expected a FILE to take in")


@dataclass(frozen=True)
class Found:
    """What the file's movements pay; `known` are those that came in an earlier file, `booked` deposits placed."""

    lines: list[BankLine]
    expected: list[Expected]
    matches: list[Match]
    known: list[BankRow]
    booked: list[int]
    batches: dict[
        int, list[BatchCandidate]
    ]  # by place among the lines: what it may be, where no remittance is


def _columns(text: str | None) -> Columns | None:
    if text is None:
        return None
    pairs = [pair.partition("=")[::2] for pair in text.split(",")]
    names = [name for name, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise InputError(f"--columns: {twice} stands twice, expected it once")
    unknown = [name for name in names if name not in Columns.__slots__]
    if unknown or "day" not in dict(pairs):
        wrong = repr(unknown[0]) if unknown else "no day"
        raise InputError(
            f"--columns: {wrong}: expected day=..., and of {', '.join(Columns.__slots__[1:])}"
        )
    return Columns(**dict(pairs))


def _reconcile(data: bytes, columns: Columns | None, args: argparse.Namespace) -> Found:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits import services
    from cleanclaim.apps.billing.deposits.models import BankLine, Deposit
    from cleanclaim.apps.billing.deposits.selectors import awaited_deposits
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.rules.reconciliation import Known, match_deposits

    file = services.read_statement(data, name=str(args.file), columns=columns)
    every = [line for statement in file.statements for line in statement.lines]
    with tenant(the_biller(args.organization)):
        told = services.recognise(file)
        ids = [one.earlier for one in told if one.known is Known.KNOWN]
        known = list(BankLine.objects.filter(pk__in=ids).order_by("id"))
        lines = [
            line for one, line in zip(told, every, strict=True) if one.known is not Known.KNOWN
        ]
        expected = awaited_deposits()
        matches = match_deposits(lines, expected)
        batches = _batches_of(lines, matches)
        booked: list[int] = []
        if args.post:
            received = services.receive_statement(
                data,
                name=args.file.name,
                received_on=timezone.localdate(),
                columns=columns,
                equal=services.Equal(args.equal),
            )
            placed = Deposit.objects.filter(pk__in=received.deposit_ids).order_by("id")
            booked = list(placed.values_list("entry_id", flat=True))
    return Found(lines, expected, matches, known, booked, batches)


def _batches_of(
    lines: Sequence[BankLine], matches: Iterable[Match]
) -> dict[int, list[BatchCandidate]]:
    """Which lockbox, counter and card batches the lines may be that no remittance explains."""
    from cleanclaim.apps.billing.deposits.selectors import awaited_batch_values
    from cleanclaim.rules.reconciliation import propose_batches

    waiting = awaited_batch_values()
    asked = [one.line for one in matches if one.state not in ("matched", "out")] if waiting else []
    return {
        place: propose_batches(lines[place], waiting, left=lines[place].amount) for place in asked
    }


def _undo(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits.models import Deposit
    from cleanclaim.apps.billing.deposits.services import undo_deposit
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(the_biller(args.organization)):
        if not Deposit.objects.filter(pk=args.undo).exists():
            raise InputError(f"deposit {args.undo}: not found")
        entry = undo_deposit(args.undo, reason=args.reason, on=timezone.localdate(), by=None)
    print(f"deposit {args.undo} is undone by entry {entry}; its money is unidentified again")
    return 0


def _is_complete(found: Found) -> bool:
    from cleanclaim.rules.reconciliation import awaited

    done = ("matched", "out")
    is_matched = all(match.state in done for match in found.matches)
    is_matched &= all(row.state != "open" for row in found.known)
    return is_matched and not awaited(found.expected, found.matches)


def _as_object(found: Found) -> dict[str, Any]:
    from cleanclaim.rules.reconciliation import awaited

    lines, expected, matches = found.lines, found.expected, found.matches
    by_key = {one.key: one for one in expected}
    return {
        "movements": [
            {
                "place": lines[match.line].place,
                "booked_on": lines[match.line].booked_on.isoformat(),
                "amount": f"{lines[match.line].amount:.2f}",
                "state": match.state.value,
                "traces": [by_key[key].trace_number for key in match.keys],
                "reasons": list(match.reasons),
                "candidates": [
                    {
                        "trace": ", ".join(by_key[key].trace_number for key in one.keys),
                        "score": one.score,
                        "reasons": list(one.reasons),
                    }
                    for one in match.candidates
                ],
                "batches": [
                    {"batches": list(one.keys), "score": one.score, "reasons": list(one.reasons)}
                    for one in found.batches.get(match.line, ())
                ],
            }
            for match in matches
        ],
        "awaited": [
            {
                "trace": one.trace_number,
                "payer": one.payer_name,
                "paid": f"{one.paid:.2f}",
                "paid_on": one.paid_on.isoformat(),
            }
            for one in awaited(expected, matches)
        ],
        "known": [{"line": row.pk, "place": row.place, "state": row.state} for row in found.known],
        "entries": found.booked,
    }


def _lines(found: Found, args: argparse.Namespace) -> Iterator[str]:
    from cleanclaim.rules.reconciliation import awaited

    lines, expected, matches = found.lines, found.expected, found.matches
    by_key = {one.key: one for one in expected}
    for match in matches:
        line = lines[match.line]
        yield f"{line.place:<22} {line.booked_on}  {show(line.amount):>14}  {match.state.value:<8} {'; '.join(match.reasons)}"
        for one in match.candidates:
            traces = ", ".join(by_key[key].trace_number for key in one.keys)
            yield f"{'':<40} maybe trace {traces} ({one.score}): {', '.join(one.reasons)}"
        for batch in found.batches.get(match.line, ()):
            numbers = ", ".join(map(str, batch.keys))
            yield f"{'':<40} maybe batch {numbers} ({batch.score}): {', '.join(batch.reasons)}"
    for row in found.known:
        yield f"{row.place:<22} {row.booked_on}  {show(row.amount):>14}  known    came in an earlier file, {row.state}"
    waiting = awaited(expected, matches)
    for left in waiting[:SHOWN]:
        yield f"awaited: trace {left.trace_number} of {left.payer_name}, {show(left.paid)} of {left.paid_on}"
    if len(waiting) > SHOWN:
        yield f"awaited: {len(waiting) - SHOWN} more; --json names all"
    matched = sum(match.state == "matched" for match in matches)
    arrived = total(line.amount for line in lines if line.amount > 0) or ZERO
    done = (
        f"{show(arrived)} of money in booked, {counted(len(found.booked), 'deposit')} placed"
        if args.post
        else "nothing booked (--post books all money in, and places what matches)"
    )
    awaiting = f"money awaited of {counted(len(waiting), 'remittance')}"
    yield f"{counted(len(matches), 'movement')}, {matched} matched; {awaiting}; {done}"
