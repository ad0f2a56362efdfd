"""`cleanclaim proof`: everything computed again from the legs; 0.00 or what does not agree.

With `--day` the daily proof of a practice: see `day_proof`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.project.cli import day_proof
from cleanclaim.project.cli.organizations import organizations

if TYPE_CHECKING:
    from cleanclaim.apps.shared.ledger.selectors import Proof
    from cleanclaim.apps.shared.tenancy.models import Organization

SHOWN_DIFFERENCES = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which organization, and in which form."""
    parser.add_argument("--organization", metavar="SLUG", help="only this one (slug or id)")
    day_proof.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Prove every organization's ledger; 1 when one of them is not 0.00."""
    from cleanclaim.project.setup import open_django

    if args.day is None and args.pdf is not None:
        raise InputError("--pdf without --day, expected the day that it shows")
    if args.day is None and args.sign:
        raise InputError("--sign without --day, expected the day that is signed")
    if not args.sign and (args.by or args.reason):
        raise InputError("--by or --reason without --sign, expected them with it")
    with open_django(args.home, role="worker", must_exist=True):
        if args.day is not None:
            return day_proof.run(args)
        proofs = list(_proofs(args.organization))
    if args.json:
        print(json.dumps(_as_object(proofs), indent=2))
    else:
        print("\n".join(_lines(proofs)))
    return 0 if all(proof.balanced for _, proof in proofs) else 1


def _proofs(wanted: str | None) -> Iterator[tuple[Organization, Proof]]:
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    for organization in organizations(wanted):
        with tenant(organization.pk):
            yield organization, prove()


def _as_object(proofs: list[tuple[Organization, Proof]]) -> dict[str, Any]:
    return {
        "balanced": all(proof.balanced for _, proof in proofs),
        "difference": f"{sum((proof.difference for _, proof in proofs), ZERO):.2f}",
        "organizations": [
            {
                "organization": organization.slug,
                "balanced": proof.balanced,
                "difference": f"{proof.difference:.2f}",
                "entries": proof.entries,
                "legs": proof.legs,
                "items": proof.items,
                "debit": f"{proof.debit:.2f}",
                "credit": f"{proof.credit:.2f}",
                "differences": [
                    {
                        "check": one.check,
                        "subject": one.subject,
                        "expected": f"{one.expected:.2f}",
                        "found": f"{one.found:.2f}",
                    }
                    for one in proof.differences
                ],
            }
            for organization, proof in proofs
        ],
    }


def _lines(proofs: list[tuple[Organization, Proof]]) -> Iterator[str]:
    if not proofs:
        yield "This home has no organizations yet: nothing to prove."
        return
    width = max(len("organization"), *(len(organization.slug) for organization, _ in proofs))
    yield f"{'organization':<{width}}  {'entries':>9}  {'debits':>16}  {'credits':>16}  difference"
    for organization, proof in proofs:
        yield (
            f"{organization.slug:<{width}}  {proof.entries:>9,}  {show(proof.debit):>16}  "
            f"{show(proof.credit):>16}  {show(proof.difference):>10}"
        )
    for organization, proof in proofs:
        for one in proof.differences[:SHOWN_DIFFERENCES]:
            yield (
                f"{organization.slug}: {one.check}: {one.subject}: expected "
                f"{show(one.expected)}, found {show(one.found)}"
            )
        if (more := len(proof.differences) - SHOWN_DIFFERENCES) > 0:
            yield f"{organization.slug}: {more} more differences; --json lists all"
