"""`cleanclaim credits`: what is owed back, to whom, why and by when, as of any day."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from cleanclaim.kernel.money import show, total
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.organizations import billers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which day, whose, in which form."""
    parser.add_argument("--as-of", type=day, metavar="DAY", help="as they counted then (today)")
    parser.add_argument(
        "--organization", metavar="SLUG", help="only this practice or pharmacy (slug or id)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print every credit and every case; 1 where a case is overdue on the day."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from django.utils import timezone

        on = args.as_of or timezone.localdate()
        found = [_of(one.pk, one.slug, on) for one in billers(args.organization)]
    if args.json:
        print(json.dumps({"as_of": on.isoformat(), "organizations": found}, indent=2))
    else:
        print("\n".join(line for one in found for line in _lines(one)))
    return 1 if any(case["overdue"] for one in found for case in one["cases"]) else 0


def _of(organization_id: int, slug: str, on: date) -> dict[str, Any]:
    from cleanclaim.apps.billing.adjustments.cases import cases_on
    from cleanclaim.apps.billing.adjustments.credits import credits
    from cleanclaim.apps.shared.tenancy.context import tenant

    waiting = ("identified", "waiting", "approved")
    with tenant(organization_id):
        rows = credits(on=on)
        listed = [row for row in cases_on(on) if row.state in waiting]
    return {
        "organization": slug,
        "credits": [
            {
                "key": row.key,
                "account": row.account,
                "item": row.item_id or None,
                "claim": row.control_number,
                "cause": row.verdict.cause.value,
                "why": row.verdict.words,
                "proof": list(row.verdict.proof),
                "owed_to": row.verdict.owner.value or None,
                "owner": row.owner_name if row.verdict.owner == "payer" else row.owner_id or None,
                "program": row.program,
                "waits_for": row.waits_for,
                "since": row.since.isoformat(),
                "credit": f"{row.amount:.2f}",
                "to_give_back": f"{row.to_give_back:.2f}",
            }
            for row in rows
        ],
        "cases": [
            {
                "refund": row.pk,
                "state": row.state,
                "cause": row.cause,
                "owed_to": row.owner,
                "amount": f"{row.amount:.2f}",
                "identified_on": row.identified_on.isoformat(),
                "due_on": row.due_on.isoformat(),
                "citation": row.citation,
                "overdue": row.due_on < on,
            }
            for row in listed
        ],
        "total": f"{total(row.amount for row in rows if not row.waits_for):.2f}",
    }


def _lines(one: dict[str, Any]) -> Iterator[str]:
    from decimal import Decimal

    yield f"{one['organization']}: {counted(sum(not row['waits_for'] for row in one['credits']), 'credit')} not identified, {one['total']}"
    for row in one["credits"]:
        owner = row["owner"] or "nobody known"
        yield (
            f"  {show(Decimal(row['credit'])):>12}  {row['cause']:<14} {row['account']}"
            f" {row['claim']}: {row['why']} (owed to {row['owed_to'] or ''} {owner})".rstrip()
        )
    for case in one["cases"]:
        late = "  OVERDUE" if case["overdue"] else ""
        yield (
            f"  refund {case['refund']} {show(Decimal(case['amount']))} {case['state']}, "
            f"due {case['due_on']} ({case['citation']}){late}"
        )
