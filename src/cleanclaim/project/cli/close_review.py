"""`cleanclaim close review`: what stands out among a month's entries."""

from __future__ import annotations

import argparse
from typing import Any

from cleanclaim.kernel.money import show

SHOWN = 20


def run(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    """0 = nobody has anything left to look at."""
    from cleanclaim.apps.reports.closing.items_review import review_month
    from cleanclaim.apps.reports.closing.months import read_month

    found = review_month(read_month(args.month))
    lines = []
    for test in found:
        lines.append(f"{len(test.left):>6} to look at of {len(test.findings)}  {test.question}")
        lines += [
            f"        entry {one.entry_id}  {show(one.amount)}  {one.words}"
            for one in test.left[:SHOWN]
        ]
        if len(test.left) > SHOWN:
            lines.append(f"        {len(test.left) - SHOWN} more (--json has them all)")
    answer = {
        "month": args.month,
        "tests": [
            {
                "name": test.name,
                "question": test.question,
                "is_cut": test.is_cut,
                "findings": [
                    {
                        "entry": one.entry_id,
                        "amount": f"{one.amount:.2f}",
                        "why": one.words,
                        "item": one.item_id,
                        "account": one.account,
                        "belongs_to": one.belongs_to,
                        "posted_by": one.posted_by,
                        "reviewed": one.review.words if one.review else None,
                    }
                    for one in test.findings
                ],
            }
            for test in found
        ],
    }
    return int(any(test.left or test.is_cut for test in found)), answer, lines
