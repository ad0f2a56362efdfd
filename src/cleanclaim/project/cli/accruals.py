"""`cleanclaim accruals`: estimates of a month: what is due, and what somebody types and a second person has posted.

`cleanclaim accruals list MONTH`     what is due, and what was typed; 1 where something is due or waits
`cleanclaim accruals post MONTH NAME --by EMAIL`     one that is due, with its reversal
`cleanclaim accruals ask MONTH NAME --debit A --credit A --amount D [--reason WORDS] --by EMAIL`
`cleanclaim accruals approve|refuse|withdraw NUMBER [--reason WORDS] --by EMAIL`
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.options import add_common, amount
from cleanclaim.project.cli.organizations import the_biller
from cleanclaim.project.cli.people import person


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list of a month, or one act."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    for name, words in (
        ("list", "what is due in a month, and what was typed"),
        ("post", "post one that is due, with its reversal"),
        ("ask", "ask for an estimate to be posted"),
    ):
        one = _act(acts, name, words)
        one.add_argument("month", metavar="MONTH", help="like 2026-11")
        if name != "list":
            one.add_argument("name", metavar="NAME", help="what is estimated")
        if name == "ask":
            for account in ("--debit", "--credit"):
                one.add_argument(account, required=True, metavar="ACCOUNT", help="of estimates")
            one.add_argument("--amount", required=True, metavar="DOLLARS")
            one.add_argument("--reason", default="", metavar="WORDS", help="how it was worked out")
    for name, words in (
        ("approve", "post it with its reversal, as the second person"),
        ("refuse", "say no to it"),
        ("withdraw", "take your own request back"),
    ):
        one = _act(acts, name, words)
        one.add_argument("number", type=int, metavar="NUMBER", help="of the request")
        one.add_argument("--reason", default="", metavar="WORDS", help="words to keep with it")


def _act(acts: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    if name != "list":
        parser.add_argument("--by", required=True, metavar="EMAIL", help="who does it: a lead")
    add_common(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """List a month, or do one act."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from cleanclaim.apps.shared.tenancy.context import tenant

        organization_id = the_biller(args.organization)
        with tenant(organization_id):
            if args.act == "list":
                return _list(args)
            found = _do(args, by=person(args.by, organization_id))
    print(json.dumps(found, indent=2) if args.json else found["done"])
    return 0


def _list(args: argparse.Namespace) -> int:
    from cleanclaim.apps.reports.closing.accruals import due_accruals
    from cleanclaim.apps.reports.closing.models import AccrualRequest, State
    from cleanclaim.apps.reports.closing.months import read_month

    month = read_month(args.month)
    due, typed = due_accruals(month), AccrualRequest.objects.filter(month=month).order_by("id")
    rows = [
        *({"number": None, "state": "due", **_words(one)} for one in due),
        *({"number": row.pk, "state": row.state, **_words(row)} for row in typed),
    ]
    if args.json:
        print(json.dumps({"month": args.month, "accruals": rows}, indent=2))
    else:
        for row in rows:
            dollars = show(amount(row["amount"], "amount"))
            print(f"{row['number'] or '':>6}  {row['state']:<10} {dollars:>14}  {row['name']}")
        print(f"{counted(len(rows), 'accrual')} of {args.month}, {len(due)} due")
    return 1 if any(row["state"] in ("due", State.REQUESTED) for row in rows) else 0


def _words(one: Any) -> dict[str, str]:
    return {
        "name": one.name, "debit": one.debit, "credit": one.credit, "amount": f"{one.amount:.2f}",
        "words": one.words,
    }  # fmt: skip


def _do(args: argparse.Namespace, *, by: int) -> dict[str, Any]:
    from cleanclaim.apps.reports.closing import typed_accruals
    from cleanclaim.apps.reports.closing.accruals import Accrual, due_accruals, post_accrual
    from cleanclaim.apps.reports.closing.models import AccrualRequest
    from cleanclaim.apps.reports.closing.months import read_month

    if args.act == "post":
        month = read_month(args.month)
        found = [one for one in due_accruals(month) if one.name == args.name]
        if not found:
            raise InputError(f"accrual {args.name[:40]!r}: not due in {args.month}")
        return _posted(args.name, post_accrual(month, found[0], by=by))
    if args.act == "ask":
        wanted = Accrual(
            args.name, args.debit, args.credit, amount(args.amount, "--amount"), args.reason
        )
        number = typed_accruals.ask_for_accrual(read_month(args.month), wanted, by=by)
        return {"number": number, "done": f"request {number} waits for a second person"}
    if not AccrualRequest.objects.filter(pk=args.number).exists():
        raise InputError(f"accrual request {args.number}: not found")
    if args.act == "approve":
        done = typed_accruals.approve_accrual(args.number, by=by, words=args.reason)
        return {"number": args.number, **_posted(f"request {args.number}", done)}
    if args.act == "refuse":
        typed_accruals.refuse_accrual(args.number, by=by, words=args.reason)
        return {"number": args.number, "done": f"request {args.number} is refused"}
    typed_accruals.withdraw_accrual(args.number, by=by)
    return {"number": args.number, "done": f"request {args.number} is withdrawn"}


def _posted(name: str, entries: tuple[int, int]) -> dict[str, Any]:
    words = f"{name}: entry {entries[0]}, taken back by entry {entries[1]}"
    return {"entry": entries[0], "reversal": entries[1], "done": words}
