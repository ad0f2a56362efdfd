"""`cleanclaim close review`: what stands out among a month's entries; `looked` and `look-again` mark a finding."""

from __future__ import annotations

import argparse
from typing import Any

from cleanclaim.kernel.money import show
from cleanclaim.project.cli.people import member

SHOWN = 20
MARKS = ("looked", "look-again")


def add_verbs(verb: Any) -> None:
    """Of what stands out. `verb(name, summary)` makes a parser."""
    items = verb("review", "what stands out among a month's entries")
    items.add_argument("month", metavar="MONTH", help="like 2026-11")
    for name, summary in zip(
        MARKS, ("say that somebody looked at a finding", "take that back"), strict=True
    ):
        parser = verb(name, summary)
        parser.add_argument("test", metavar="TEST", help="as `close review --json` names it")
        parser.add_argument("entry", type=int, metavar="ENTRY", help="the finding's entry")
        parser.add_argument(
            "leg", type=int, nargs="?", default=0, metavar="LEG", help="its leg, where it has one"
        )
        parser.add_argument(
            "--by", dest="member", required=True, metavar="EMAIL", help="who does it"
        )
        parser.add_argument(
            "--words", default="", metavar="WORDS", help="what was seen, and why it may stand"
        )


def mark(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    """A mark for one finding."""
    from cleanclaim.apps.reports.closing import items_marks

    by, _ = member(args.member, args.organization_id)
    is_reviewed = args.verb == "looked"
    items_marks.mark(args.entry, args.test, leg_id=args.leg, is_reviewed=is_reviewed, words=args.words, by=by)  # fmt: skip
    answer = {
        "entry": args.entry,
        "leg": args.leg or None,
        "test": args.test,
        "is_reviewed": is_reviewed,
    }
    state = "looked at" if is_reviewed else "to be looked at again"
    return 0, answer, [f"{items_marks.row_words(args.entry, args.leg)}: {state}"]


def run(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    """0 = nobody has anything left to look at."""
    from cleanclaim.apps.reports.closing.items_marks import row_words
    from cleanclaim.apps.reports.closing.items_review import review_month
    from cleanclaim.apps.reports.closing.months import read_month

    found = review_month(read_month(args.month))
    lines = []
    for test in found:
        lines.append(f"{len(test.left):>6} to look at of {len(test.findings)}  {test.question}")
        lines += [
            f"        {row_words(one.entry_id, one.leg_id)}  {show(one.amount)}  {one.words}"
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
                        "leg": one.leg_id or None,
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
