"""`cleanclaim owes CLAIM`: who owes what of a claim, line by line, and what may be billed to the patient now."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.claims.models import Claim


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which claim, of which practice."""
    parser.add_argument("claim", metavar="CLAIM", help="its control number, or its id")
    parser.add_argument("--organization", metavar="SLUG", help="the practice (slug or id)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the derivation; 0 when all of the patient's part may be billed, 1 when some of it is held."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from cleanclaim.apps.billing.claims.owing import as_object, claim_owed
        from cleanclaim.apps.shared.audit.services import record_audit
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(the_biller(args.organization)):
            claim = _claim(args.claim)
            record_audit("read", patient_ids=[claim.patient_id], by=None, what="who owes")
            found = claim_owed(claim)
            told = as_object(found)
        print(json.dumps(told, indent=2) if args.json else "\n".join(_lines(told)))
    return 1 if found.part.held else 0


def _claim(wanted: str) -> Claim:
    from cleanclaim.apps.billing.claims.models import Claim

    found = list(Claim.objects.filter(control_number=wanted).order_by("id")[:2])
    if not found and wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        found = list(Claim.objects.filter(pk=int(wanted)))
    if len(found) != 1:
        raise InputError(
            f"{'several claims have' if found else 'no claim has'} the control number {wanted!r}",
            hint="Give the claim's id, as its address in the workbench shows it.",
        )
    return found[0]


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [f"claim {told['control_number']}"]
    for line in told["lines"]:
        lines.append(f"  line {line['line']}")
        for step in line["steps"]:
            source = f"  [{step['source']}]" if step["source"] else ""
            lines.append(f"    {step['amount'] or '':>12}  {step['words']}{source}")
    for payer in told["payers"]:
        if payer["disputed"] != "0.00" or payer["denied"] != "0.00":
            lines.append(
                f"  {payer['name']} owes {payer['disputed']} and has denied {payer['denied']}"
            )
    lines.append(
        f"  the patient owes {told['patient_owes']}; {told['billable_now']} may be billed now"
    )
    if told["held"] != "0.00":
        lines.append(f"  {told['held']} is held: {told['held_because']}")
    return lines
