"""`cleanclaim proof --day D`: posted = remitted = at the bank, each difference named; as words, JSON or PDF; signed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.deposits.bank_balance import BankBalance
    from cleanclaim.apps.billing.deposits.daily import DayProof

BALANCE_ITEMS = 20  # named in words; JSON has all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which day, where a PDF goes, and who signs."""
    parser.add_argument(
        "--day", type=day, metavar="D", help="the daily proof of a practice, such as 2026-11-30"
    )
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="with --day: write it as PDF too")
    parser.add_argument(
        "--sign",
        action="store_true",
        help="with --day: sign it as prepared; by another person, approve it",
    )
    parser.add_argument("--by", default="", metavar="EMAIL", help="with --sign: who signs")
    parser.add_argument(
        "--reason",
        default="",
        metavar="WORDS",
        help="with --sign: why, where money out is not explained",
    )


def run(args: argparse.Namespace) -> int:
    """Prove one day of one practice, signed first where that is asked; 1 where something is not explained."""
    from cleanclaim.apps.billing.deposits.bank_balance import bank_balance
    from cleanclaim.apps.billing.deposits.daily import (
        prove_day,
        signatures_of,
        signed_data,
        signed_words,
    )
    from cleanclaim.apps.billing.deposits.daily.document import day_pdf
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization

    practice = the_biller(args.organization)
    with tenant(practice):
        if args.sign:
            _sign(args, practice)
        proof = prove_day(args.day)
        signatures = signatures_of(args.day, digests=proof.digests)
        signed = signed_words(signatures)
        balance = bank_balance(args.day)
    if args.pdf is not None:
        name = Organization.objects.get(pk=practice).name
        try:
            args.pdf.write_bytes(day_pdf(proof, organization=name, signed="; ".join(signed)))
        except OSError as error:
            raise InputError(f"{args.pdf}: {error.strerror}") from error
    if args.json:
        told = {
            "signed": signed,
            "signatures": signed_data(signatures),
            "bank_balance": balance and balance.as_answer(),
        }
        print(json.dumps({**proof.as_answer(), **told}, indent=2))
    else:
        print("\n".join([*_lines(proof, signed), *_balance_lines(balance)]))
    return 0 if proof.is_proved else 1


def _sign(args: argparse.Namespace, practice: int) -> None:
    """Sign the figures as they stand now; to approve takes the right to close months."""
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits.daily import prove_day, sign_day
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    if not args.by.strip():
        raise InputError("--by: empty, expected the e-mail address of who signs")
    by = member_at(args.by, organization_id=practice, permission=Permission.REMITTANCES_POST)
    found = prove_day(args.day)
    if found.money_out_open and not args.reason.strip():
        raise InputError(
            f"--reason: empty, but {show(found.money_out_open)} left the bank up to {args.day} and nobody has explained it",
            hint="Explain the open lines, or say why the day is signed all the same",
        )
    row = sign_day(
        args.day,
        by=by,
        organization_name=Organization.objects.get(pk=practice).name,
        reason=args.reason,
        today=timezone.localdate(),
    )
    if row.place == "approved":
        member_at(args.by, organization_id=practice, permission=Permission.PERIODS_CLOSE)


def _lines(proof: DayProof, signed: list[str]) -> Iterator[str]:
    yield f"{proof.day}  remitted {show(proof.remitted)}, posted {show(proof.posted)}, at the bank {show(proof.bank)}"
    yield f"posted: claims {show(proof.claims_paid)}" + "".join(
        f", {reason} {show(amount)}" for reason, amount in proof.adjustments
    )
    for title, items in (
        ("posted less remitted", proof.posted_items),
        ("bank less posted", proof.bank_items),
    ):
        for one in items:
            yield f"{title}: {show(one.amount):>14}  {one.kind}, {one.shown} {one.payer}".rstrip()
    sums = {name.replace("_", " "): show(amount) for name, amount in proof.totals.items()}
    yield "in all: " + ", ".join(f"{name} {amount}" for name, amount in sums.items())
    for kind, amount in proof.books_items:
        yield f"on the ledger's bank account without a bank line: {show(amount)}  {kind}"
    yield (
        f"unidentified {show(proof.unidentified)}, unapplied {show(proof.unapplied_total)}, "
        f"money out not explained {show(proof.money_out_open)}"
    )
    for name, amount in proof.unexplained.items():
        if amount:
            yield f"not explained, {name}: {show(amount)}"
    yield f"difference {show(proof.difference)}; {'; '.join(signed) or 'not signed'}"


def _balance_lines(balance: BankBalance | None) -> Iterator[str]:
    if balance is None:
        return
    yield (
        f"statements say {show(balance.bank)}, books {show(balance.books)}, "
        f"bank less books {show(balance.difference)}"
    )
    for one in balance.apart[:BALANCE_ITEMS]:
        yield f"bank less books: {show(one.amount):>14}  {one.record} {one.pk} of {one.on}, {one.words}".rstrip(
            ", "
        )
    if more := balance.apart[BALANCE_ITEMS:]:
        yield f"bank less books: {show(total(one.amount for one in more)):>14}  {len(more)} more"
    for words, amount in (
        ("before the first line here, or on days without a statement", balance.before),
        ("accounts whose statements say no balance", balance.elsewhere),
    ):
        if amount:
            yield f"bank less books: {show(amount):>14}  {words}"
