"""`cleanclaim reconcile FILE`: a bank statement (BAI2, camt.053, CSV) against the remittances whose money is awaited."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanclaim.edi.bank import Columns, read_bank_file
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.organizations import the_practice

if TYPE_CHECKING:
    from cleanclaim.rules.reconciliation import Expected, Match
    from cleanclaim.values.bank import BankFile, BankLine

SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, whose remittances, and whether to book what matches."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a BAI2, camt.053 or CSV statement")
    parser.add_argument("--organization", metavar="SLUG", help="the practice (slug or id)")
    parser.add_argument(
        "--columns",
        metavar="NAME=HEADING,...",
        help="of a CSV table: day, amount or credit and debit, text, reference, trace, account",
    )
    parser.add_argument(
        "--post", action="store_true", help="book the deposits that match: bank against clearing"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Say what each movement pays; 0 when all money in is matched and no remittance waits, else 1."""
    from cleanclaim.project.setup import open_django

    try:
        file = read_bank_file(args.file.read_bytes(), _columns(args.columns))
    except OSError as error:
        raise InputError(f"{args.file}: {error.strerror}") from error
    if file.problems:
        for one in file.problems[:SHOWN]:
            print(f"{args.file}, {one.place}: {one.message}", file=sys.stderr)
        raise InputError(
            f"{args.file}: {counted(len(file.problems), 'problem')}: nothing of it was compared",
            hint="Ask the bank for the file again",
        )
    if foreign := sorted({one.currency for one in file.statements} - {"USD"}):
        raise InputError(f"{args.file}: a statement in {', '.join(foreign)}: expected US dollars")
    with open_django(args.home, role="worker", must_exist=True):
        lines, expected, matches, booked = _reconcile(file, args)
    if args.json:
        print(json.dumps(_as_object(lines, expected, matches, booked), indent=2))
    else:
        print("\n".join(_lines(lines, expected, matches, booked, args)))
    return 0 if _is_complete(expected, matches) else 1


def _columns(text: str | None) -> Columns | None:
    if text is None:
        return None
    pairs = [pair.partition("=")[::2] for pair in text.split(",")]
    unknown = [name for name, _ in pairs if name not in Columns.__slots__]
    if unknown or "day" not in dict(pairs):
        wrong = repr(unknown[0]) if unknown else "no day"
        raise InputError(
            f"--columns: {wrong}: expected day=..., and of {', '.join(Columns.__slots__[1:])}"
        )
    return Columns(**dict(pairs))


def _reconcile(
    file: BankFile, args: argparse.Namespace
) -> tuple[list[BankLine], list[Expected], list[Match], list[int]]:
    from cleanclaim.apps.billing.remittances.deposits import awaited_deposits, book_deposits
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.rules.reconciliation import match_deposits

    lines = [line for statement in file.statements for line in statement.lines]
    with tenant(the_practice(args.organization)):
        expected = awaited_deposits()
        matches = match_deposits(lines, expected)
        booked = book_deposits(lines, matches) if args.post else []
    return lines, expected, matches, booked


def _is_complete(expected: list[Expected], matches: list[Match]) -> bool:
    from cleanclaim.rules.reconciliation import awaited

    done = ("matched", "out")
    return all(match.state in done for match in matches) and not awaited(expected, matches)


def _as_object(
    lines: list[BankLine], expected: list[Expected], matches: list[Match], booked: list[int]
) -> dict[str, Any]:
    from cleanclaim.rules.reconciliation import awaited

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
                        "trace": by_key[one.key].trace_number,
                        "score": one.score,
                        "reasons": list(one.reasons),
                    }
                    for one in match.candidates
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
        "entries": booked,
    }


def _lines(
    lines: list[BankLine], expected: list[Expected], matches: list[Match], booked: list[int],
    args: argparse.Namespace,
) -> Iterator[str]:  # fmt: skip
    from cleanclaim.rules.reconciliation import awaited

    by_key = {one.key: one for one in expected}
    for match in matches:
        line = lines[match.line]
        yield f"{line.place:<22} {line.booked_on}  {show(line.amount):>14}  {match.state.value:<8} {'; '.join(match.reasons)}"
        for one in match.candidates:
            yield f"{'':<40} maybe trace {by_key[one.key].trace_number} ({one.score}): {', '.join(one.reasons)}"
    waiting = awaited(expected, matches)
    for left in waiting[:SHOWN]:
        yield f"awaited: trace {left.trace_number} of {left.payer_name}, {show(left.paid)} of {left.paid_on}"
    if len(waiting) > SHOWN:
        yield f"awaited: {len(waiting) - SHOWN} more; --json names all"
    matched = sum(match.state == "matched" for match in matches)
    done = (
        f"{counted(len(booked), 'deposit')} booked"
        if args.post
        else "nothing booked (--post books what matches)"
    )
    awaiting = f"money awaited of {counted(len(waiting), 'remittance')}"
    yield f"{counted(len(matches), 'movement')}, {matched} matched; {awaiting}; {done}"
