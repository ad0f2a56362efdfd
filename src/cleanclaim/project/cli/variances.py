"""`cleanclaim variances`: what payers promised or agreed to, against what they paid."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.money import show
from cleanclaim.project.cli.organizations import billers

if TYPE_CHECKING:
    from cleanclaim.apps.billing.variances.models import Variance
    from cleanclaim.apps.billing.variances.selectors import Totals

SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose, of which payer, in which form."""
    parser.add_argument("--payer", metavar="NAME", help="only payers whose name begins so")
    parser.add_argument("--organization", metavar="SLUG", help="only this one (slug or id)")
    parser.add_argument("--all", action="store_true", help="list exact and decided lines, too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Compare what is new, then print; 0 where nothing is open, else 1."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        found = [(one.slug, *_compared(one.pk, args)) for one in billers(args.organization)]
    if args.json:
        print(json.dumps({"organizations": [_as_object(*one) for one in found]}, indent=2))
    else:
        print("\n".join(line for one in found for line in _lines(*one)))
    return 1 if any(row.state == "open" for _, _, rows in found for row in rows) else 0


def _compared(organization_id: int, args: argparse.Namespace) -> tuple[Totals, list[Variance]]:
    from django.utils import timezone

    from cleanclaim.apps.billing.variances.selectors import Filters, totals, variances
    from cleanclaim.apps.billing.variances.services import find_missing
    from cleanclaim.apps.shared.outbox.services import dispatch_events
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        while dispatch_events():
            pass
        find_missing(on=timezone.localdate())
        found = variances(Filters())
        if args.payer:
            found = found.filter(payer_name__istartswith=args.payer)
        sums = totals(found)
        shown = found if args.all else found.filter(state="open")
        return sums, list(shown.order_by("-rank", "id"))


def _as_object(slug: str, sums: Totals, rows: list[Variance]) -> dict[str, Any]:
    return {
        "organization": slug,
        "promised": f"{sums.promised:.2f}",
        "received": f"{sums.received:.2f}",
        "variance": f"{sums.amount:.2f}",
        "by_kind": {kind: f"{amount:.2f}" for kind, amount in sums.by_kind.items()},
        "lines": [
            {
                "claim": row.control_number,
                "line": row.line_number,
                "payer": row.payer_name,
                "service_from": row.service_from.isoformat() if row.service_from else None,
                "kind": row.kind,
                "state": row.state,
                "promised": f"{row.promised:.2f}",
                "received": f"{row.received:.2f}",
                "variance": f"{row.amount:.2f}",
                "contract": row.contract,
                "clause": row.clause,
                "term": row.term,
                "paid_as": row.implied,
                "words": row.words,
                "trace": row.trace_number,
                "rank": f"{row.rank:.2f}",
            }
            for row in rows
        ],
    }


def _lines(slug: str, sums: Totals, rows: list[Variance]) -> Iterator[str]:
    parts = " + ".join(f"{kind} {show(amount)}" for kind, amount in sums.by_kind.items())
    yield (
        f"{slug}: promised {show(sums.promised)}, received {show(sums.received)}, "
        f"variance {show(sums.amount)}" + (f" = {parts}" if parts else "")
    )
    for row in rows[:SHOWN]:
        yield (
            f"  {row.control_number:<16} {row.kind:<8} {show(row.amount):>12}  "
            f"{row.payer_name}: {row.words}"
        )
    if len(rows) > SHOWN:
        yield f"  {len(rows) - SHOWN:,} more; --json names them all"
