"""`cleanclaim reconcile --out`: bank lines of money out that nobody has explained; settle one, or take that back."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, show, written_money
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.deposits.debits import DebitView
    from cleanclaim.apps.billing.deposits.models import BankLine

MOST_LISTED = 200  # each is looked up by itself
MOST_ASKED = 100_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, and one act on one line."""
    group = parser.add_argument_group("money out")
    group.add_argument(
        "--out", action="store_true", help="list bank lines of money out that nothing explains"
    )
    group.add_argument(
        "--most", type=int, default=MOST_LISTED, metavar="N", help="list the newest N of them (200)"
    )
    group.add_argument("--days", type=int, metavar="N", help="look so many days around each (10)")
    group.add_argument(
        "--settle", type=int, metavar="LINE", help="explain this line; by the likely entry unless:"
    )
    group.add_argument(
        "--entry", type=int, action="append", metavar="ENTRY", help="by this entry; may come again"
    )
    group.add_argument("--receipt", type=int, metavar="RECEIPT", help="book that it came back")
    group.add_argument("--refund", type=int, metavar="REFUND", help="book that it cleared")
    group.add_argument(
        "--batch",
        type=int,
        metavar="BATCH",
        help="book that the processor took this card batch back",
    )
    group.add_argument(
        "--transfer",
        type=int,
        metavar="LINE",
        help="pair it with this line into another own account",
    )
    group.add_argument("--bank-fee", action="store_true", help="book it as a fee of the bank")
    group.add_argument(
        "--kind", default="", metavar="KIND", help="with --receipt: nsf, ach, chargeback, stopped"
    )
    group.add_argument("--fee", default="0", metavar="AMOUNT", help="with --receipt: in the line")
    group.add_argument(
        "--reopen", type=int, metavar="LINE", help="take back what was said; needs --reason"
    )
    group.add_argument(
        "--with-act",
        action="store_true",
        help="with --reopen: take back what was booked for it, too",
    )
    group.add_argument("--by", metavar="EMAIL", help="who settles or reopens")


def is_asked(args: argparse.Namespace) -> bool:
    """Whether the command is about money out."""
    return args.out or args.settle is not None or args.reopen is not None


def run(args: argparse.Namespace) -> int:
    """List, settle or reopen; the list leaves with 1 where a line is open."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    organization_id = the_biller(args.organization)
    with tenant(organization_id):
        if args.settle is None and args.reopen is None:
            return _list(args)
        return _do(args, organization_id)


def _list(args: argparse.Namespace) -> int:
    from django.db.models import Count, Sum

    from cleanclaim.apps.billing.deposits.debits import view_of
    from cleanclaim.apps.billing.deposits.selectors import open_debits

    if not 1 <= args.most <= MOST_ASKED:
        raise InputError(f"--most {args.most}: expected 1 to {MOST_ASKED:,}")
    every = open_debits().aggregate(count=Count("id"), sum=Sum("left"))
    count, left = every["count"], every["sum"] or ZERO
    newest = sorted(open_debits().order_by("-booked_on", "-id")[: args.most], key=_day_and_id)
    rows = [(row, view_of(row, days=args.days)) for row in newest]
    if args.json:
        found = {
            "open": [_as_object(row, view) for row, view in rows],
            "count": count,
            "total": f"{left:.2f}",
        }
        print(json.dumps(found, indent=2))
    else:
        for row, view in rows:
            print("\n".join(_lines(row, view)))
        older = f", the newest {len(rows)} told" if len(rows) < count else ""
        print(f"{counted(count, 'line')} of money out not explained, {show(left)}{older}")
    return 1 if count else 0


def _day_and_id(row: BankLine) -> tuple[date, int]:
    return row.booked_on, row.pk


def _do(args: argparse.Namespace, organization_id: int) -> int:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits import services
    from cleanclaim.apps.billing.deposits.models import BankLine
    from cleanclaim.apps.shared.users.access import money_limit_of
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    if not args.by:
        raise InputError("no --by, expected the e-mail address of whoever says so")
    by = member_at(args.by, organization_id=organization_id, permission=Permission.REMITTANCES_POST)
    line_id = args.reopen if args.settle is None else args.settle
    if not BankLine.objects.filter(pk=line_id).exists():
        raise InputError(f"bank line {line_id}: not found")
    on = timezone.localdate()
    if args.settle is None and args.with_act:
        _take_act_back(args, line_id, by=by, organization_id=organization_id)
        return 0
    if args.settle is None:
        limit = money_limit_of(by, organization_id=organization_id)
        back = services.undo_settled(line_id, reason=args.reason, on=on, by=by, limit=limit)
        words = f"; its fee is taken back by entry {back[0]}" if back else "; its entries stand"
        print(f"bank line {line_id} is open again{words}")
        return 0
    _settle(args, line_id, by=by, limit=money_limit_of(by, organization_id=organization_id))
    row = BankLine.objects.get(pk=line_id)
    print(f"bank line {line_id} is explained: {row.reason}")
    return 0


def _take_act_back(
    args: argparse.Namespace, line_id: int, *, by: int, organization_id: int
) -> None:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits import services
    from cleanclaim.apps.shared.users.access import money_limit_of
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    def may(permission: Permission) -> None:
        member_at(args.by, organization_id=organization_id, permission=permission)

    limit = money_limit_of(by, organization_id=organization_id)
    on = timezone.localdate()
    services.take_act_back(line_id, reason=args.reason, on=on, by=by, may=may, limit=limit)
    print(f"bank line {line_id} is open again, and what was booked for it is taken back")


def _settle(args: argparse.Namespace, line_id: int, *, by: int, limit: Decimal) -> None:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits import services
    from cleanclaim.apps.billing.deposits.debit_sources import Act

    on = timezone.localdate()
    desks = {
        "receipt": args.receipt,
        "refund": args.refund,
        "batch": args.batch,
        "transfer": args.transfer,
    }
    ways = [args.entry, *desks.values(), args.bank_fee or None]
    if sum(way is not None for way in ways) > 1:
        raise InputError(
            "expected one of --entry, --receipt, --refund, --batch, --transfer and --bank-fee"
        )
    if not any(way is not None for way in ways) and (args.kind or args.fee != "0"):
        raise InputError("--kind and --fee: expected the act they go with, such as --receipt")
    if args.entry:
        services.settle_line(line_id, entry_ids=args.entry, on=on, by=by)
    elif args.bank_fee:
        services.book_bank_fee(line_id, on=on, by=by, limit=limit)
    elif desk := next((name for name, subject in desks.items() if subject is not None), ""):
        act = Act(desks[desk], args.kind, _fee(args.fee), args.reason)
        services.settle_by_act(line_id, desk=desk, act=act, on=on, by=by, limit=limit)
    elif not services.settle_likely([line_id], on=on, by=by)[0]:
        raise InputError(
            f"bank line {line_id}: nothing is likely enough",
            hint="Look at `reconcile --out`, then name an --entry, a --receipt or a --refund.",
        )


def _fee(text: str) -> Decimal:
    amount = written_money(text)
    if amount is None or amount < ZERO:
        raise InputError(f"--fee {text[:20]!r}: expected dollars and cents")
    return amount


def _lines(row: BankLine, view: DebitView) -> Iterator[str]:
    yield f"{row.pk:>8}  {row.booked_on}  {show(row.amount):>14}  {row.text or row.place}"
    for one in view.match.candidates:
        ids = ", ".join(map(str, one.keys))
        yield f"{'':<10}entry {ids} ({one.score}): {', '.join(one.reasons)}"
    for act in view.acts:
        kind = f" {act.offer.kinds[0][0]}" if act.offer.kinds else ""
        yield (
            f"{'':<10}not booked: {act.source.name} {act.offer.subject_id}{kind} ({act.score}): "
            f"{', '.join(act.reasons)}"
        )


def _as_object(row: BankLine, view: DebitView) -> dict[str, Any]:
    return {
        "line": row.pk,
        "booked_on": row.booked_on.isoformat(),
        "amount": f"{row.amount:.2f}",
        "text": row.text,
        "candidates": [
            {"entries": list(one.keys), "score": one.score, "reasons": list(one.reasons)}
            for one in view.match.candidates
        ],
        "acts": [
            {
                "desk": one.source.name,
                "subject": one.offer.subject_id,
                "kinds": [value for value, _ in one.offer.kinds],
                "fee": f"{one.fee:.2f}",
                "score": one.score,
                "reasons": list(one.reasons),
            }
            for one in view.acts
        ],
    }
