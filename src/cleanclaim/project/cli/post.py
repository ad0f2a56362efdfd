"""`cleanclaim post FILE…`: 835 remittances onto a practice's open claims, each payment in its own transaction."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.organizations import the_biller

TELLS_FROM = 2_001  # claims; smaller payments are one part, and done before anybody would wonder

if TYPE_CHECKING:
    from cleanclaim.apps.billing.remittances.reports import ClaimReport, FileReport, PaymentReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which files, whose claims, and whether to look only."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="835 files")
    parser.add_argument("--organization", metavar="SLUG", help="the practice (slug or id)")
    parser.add_argument(
        "--simulate",
        action="store_true",
        help="show every entry that would be made, and every exception; keep nothing",
    )
    parser.add_argument(
        "--posted-on", type=day, metavar="DAY", help="day of the books (default: today)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Post, or simulate; 0 when all is posted, 1 when something is held, refused or out of balance."""
    from cleanclaim.project.setup import open_django

    contents = [(path, _read(path)) for path in args.files]
    with open_django(args.home, role="worker", must_exist=True):
        from django.utils import timezone

        from cleanclaim.apps.billing.remittances import progress
        from cleanclaim.apps.billing.remittances.reports import as_object
        from cleanclaim.apps.billing.remittances.services.intake import (
            Incoming,
            post_files,
            simulate_files,
        )

        organization_id = the_biller(args.organization)
        posted_on = args.posted_on or timezone.localdate()
        files = [Incoming(path.name, data) for path, data in contents]
        work = simulate_files if args.simulate else post_files
        with progress.listening(_show_progress):
            reports = work(organization_id, files, posted_on=posted_on)
        if args.json:
            print(json.dumps(as_object(reports, is_simulated=args.simulate), indent=2))
        else:
            print("\n".join(_lines(reports, is_simulated=args.simulate)))
    return 0 if all(one.is_clean for one in reports) else 1


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise InputError(f"{path}: is a folder, expected a file", hint="Name its files")
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _show_progress(trace: str, done: int, of: int) -> None:
    """One line a part of a large payment, beside the output; Ctrl-C takes the payment in hand back whole."""
    if of >= TELLS_FROM:
        print(f"trace {trace}: {done:,} of {of:,} claims", file=sys.stderr, flush=True)


def _lines(reports: list[FileReport], *, is_simulated: bool) -> Iterator[str]:
    for report in reports:
        yield f"{report.name}{f': {report.message}' if report.message else ''}"
        for fault in report.faults:
            yield f"  refused  {fault}"
        for payment in report.payments:
            yield from _payment_lines(payment)
    payments = [one for report in reports for one in report.payments]
    states = {state: sum(one.state == state for one in payments) for state in _STATES}
    told = ", ".join(f"{count} {state}" for state, count in states.items() if count)
    held = sum(bool(claim.hold) for one in payments for claim in one.claims)
    done = "; simulated, nothing is kept" if is_simulated else ""
    yield f"{counted(len(payments), 'payment')}: {told or 'none'}; {counted(held, 'claim')} held{done}"


_STATES = ("posted", "held", "refused", "already")


def _payment_lines(one: PaymentReport) -> Iterator[str]:
    yield f"  {one.state:<8} trace {one.trace}  {one.payer}  {show(one.paid)}{f'  {one.hold}' if one.hold else ''}"
    for claim in one.claims:
        yield from _claim_lines(claim)
    for reason, reference, amount, account in one.provider_adjustments:
        yield f"    PLB {reason} {reference}  {show(amount)}  {account or 'no account'}"
    for finding in one.findings:
        yield f"    look: {finding}"
    for leg in one.legs:
        where = f"claim {leg.claim_id} line {leg.line_number}" if leg.claim_id else ""
        yield f"      {leg.account:<28}{show(leg.amount):>14}  {where}  {leg.reason}".rstrip()
    for account, amount in () if one.legs else one.entries:
        yield f"      {account:<28}{show(amount):>14}"
    if one.difference:
        yield f"    out of balance by {show(one.difference)}"


def _claim_lines(claim: ClaimReport) -> Iterator[str]:
    parts = [f"paid {show(claim.paid)}"]
    parts += [
        f"{name} {show(amount)}"
        for name, amount in (
            ("contractual", claim.contractual),
            ("other", claim.other),
            ("patient", claim.patient),
            ("denied", claim.denied),
        )
        if amount
    ]
    yield f"    {claim.outcome:<8} {claim.control_number}  {', '.join(parts)}"
    if claim.crossed_over_to:
        yield f"      crossed over to {claim.crossed_over_to}"
    if claim.hold:
        yield f"      held: {claim.hold}"
    for one in claim.candidates:
        yield f"      maybe claim {one.control_number} ({one.score}): {', '.join(one.reasons)}"
    for note in claim.notes:
        yield f"      {note}"
