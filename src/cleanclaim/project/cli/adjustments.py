"""`cleanclaim adjustments`: requests that wait; bad debt and its recovery, a payment re-applied; decided by two persons.

`cleanclaim adjustments`     requests that wait for a second person; 1 where there is one
`cleanclaim adjustments bad-debt ITEM=DOLLARS ... --letters N --calls N --reason WORDS --by EMAIL`
`cleanclaim adjustments recover ITEM=DOLLARS ... --reason WORDS --by EMAIL`     money on what was written off
`cleanclaim adjustments applied ENTRY`     where a payment lies
`cleanclaim adjustments reapply ENTRY --off ITEM=DOLLARS --onto ITEM=DOLLARS --reason WORDS --by EMAIL`
`cleanclaim adjustments approve|withdraw NUMBER --by EMAIL`
`cleanclaim adjustments refuse|undo NUMBER --reason WORDS --by EMAIL`

An item stands in the patient's bucket; `ITEM@receivable:payer:1=DOLLARS` names another one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.options import add_common, amount
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.adjustments.models import Adjustment
    from cleanclaim.apps.billing.adjustments.services import Part

PATIENT = "receivable:patient"
MOST_LISTED = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, or one act."""
    add_common(parser)
    parser.set_defaults(act=None)
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    debt = _act(acts, "bad-debt", "recommend balances as bad debt; a second person decides")
    debt.add_argument("--letters", type=int, required=True, metavar="N", help="sent")
    debt.add_argument("--calls", type=int, required=True, metavar="N", help="made")
    recover = _act(acts, "recover", "money that came in on what was written off as bad debt")
    for one in (debt, recover):
        one.add_argument("parts", nargs="+", metavar="ITEM=DOLLARS")
    applied = acts.add_parser("applied", help="where a payment lies, as re-applied since")
    applied.add_argument("entry", type=int, metavar="ENTRY", help="the payment's entry")
    add_common(applied, default=argparse.SUPPRESS)
    reapply = _act(acts, "reapply", "take a payment off these items and put it on others")
    reapply.add_argument("entry", type=int, metavar="ENTRY", help="the payment's entry")
    for side, words in (("--off", "an item that it comes off"), ("--onto", "one that it goes on")):
        reapply.add_argument(
            side, action="append", required=True, metavar="ITEM=DOLLARS", help=f"{words}; for each"
        )
    for name, words in (
        ("approve", "post it, as the second person"),
        ("withdraw", "take your own request back"),
        ("refuse", "say no to it"),
        ("undo", "reverse every entry of it"),
    ):
        _act(acts, name, words, reason=name in ("refuse", "undo")).add_argument(
            "number", type=int, metavar="NUMBER", help="of the request, as the list shows it"
        )


def _act(acts: Any, name: str, words: str, *, reason: bool = True) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who does it")
    if reason:
        parser.add_argument("--reason", required=True, metavar="WORDS", help="why")
    add_common(parser, default=argparse.SUPPRESS)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the list leaves with 1 where a request waits."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from django.utils import timezone

        from cleanclaim.apps.shared.tenancy.context import tenant
        from cleanclaim.apps.shared.users.permissions import Permission
        from cleanclaim.apps.shared.users.selectors import member_at

        organization_id = the_biller(args.organization)
        with tenant(organization_id):
            if args.act is None:
                return _list(args)
            if args.act == "applied":
                return _applied(args)
            by = member_at(
                args.by, organization_id=organization_id, permission=Permission.ACCOUNTS_ADJUST
            )
            row = _do(args, on=timezone.localdate(), by=by)
            found = _as_object(row)
    print(json.dumps(found, indent=2) if args.json else _line(found))
    return 0


def _list(args: argparse.Namespace) -> int:
    from cleanclaim.apps.billing.adjustments.models import Adjustment, State

    rows = Adjustment.objects.filter(state=State.WAITING).order_by("id")
    found = [_as_object(row) for row in rows[:MOST_LISTED]]
    if args.json:
        print(json.dumps({"waiting": found}, indent=2))
    else:
        for one in found:
            print(_line(one))
        print(f"{counted(len(found), 'request')} waiting for a second person")
    return 1 if found else 0


def _applied(args: argparse.Namespace) -> int:
    from cleanclaim.apps.billing.adjustments.services import still_applied

    _require_entry(args.entry)
    found = [
        {"item": item_id, "account": account, "amount": f"{dollars:.2f}"}
        for (item_id, account), dollars in sorted(still_applied(args.entry).items())
    ]
    if args.json:
        print(json.dumps({"entry": args.entry, "applied": found}, indent=2))
    else:
        for one in found:
            print(f"item {one['item']:>8}  {one['account']:<24} {one['amount']:>14}")
        print(f"entry {args.entry} lies on {counted(len(found), 'item')}")
    return 0


def _as_object(row: Adjustment) -> dict[str, Any]:
    return {
        "adjustment": row.pk,
        "kind": row.kind,
        "reason": row.reason,
        "amount": f"{row.amount:.2f}",
        "items": row.line_count,
        "state": row.state,
        "requested_by": row.requested_by,
        "approved_by": row.approved_by,
        "note": row.note,
    }


def _line(one: dict[str, Any]) -> str:
    name = f"adjustment {one['adjustment']}"
    dollars = show(amount(one["amount"], "amount"))
    return f"{name:<18} {one['state']:<10} {dollars:>14}  {one['reason']}  {one['note']}".rstrip()


def _do(args: argparse.Namespace, *, on: date, by: int) -> Adjustment:
    from cleanclaim.apps.billing.adjustments import services

    if args.act == "bad-debt":
        moves = [services.Move(one.item_id, one.account, one.amount) for one in _parts(args.parts)]
        return services.recommend_bad_debt(
            moves, letters=args.letters, calls=args.calls, note=args.reason, on=on, by=by
        )
    if args.act == "recover":
        return services.recover_bad_debt(_parts(args.parts), note=args.reason, on=on, by=by)
    if args.act == "reapply":
        _require_entry(args.entry)
        return services.reapply_payment(
            args.entry, off=_parts(args.off), onto=_parts(args.onto), note=args.reason, on=on, by=by
        )
    _require_request(args.number)
    if args.act == "approve":
        return services.approve_adjustment(args.number, on=on, by=by)
    if args.act == "withdraw":
        return services.withdraw_adjustment(args.number, on=on, by=by)
    decide = services.refuse_adjustment if args.act == "refuse" else services.undo_adjustment
    return decide(args.number, words=args.reason, on=on, by=by)


def _parts(given: Sequence[str]) -> list[Part]:
    from cleanclaim.apps.billing.adjustments.services import Part

    found = []
    for text in given:
        place, _, dollars = text.partition("=")
        item, _, account = place.partition("@")
        if not (item.isascii() and item.isdigit() and len(item) < 19):
            raise InputError(f"{text[:60]!r}: expected ITEM=DOLLARS, such as 12=40.00")
        found.append(Part(int(item), account or PATIENT, amount(dollars, f"item {item}")))
    return found


def _require_entry(entry_id: int) -> None:
    from cleanclaim.apps.shared.ledger.models import Entry

    if not Entry.objects.filter(pk=entry_id).exists():
        raise InputError(f"entry {entry_id}: not found", hint="The account's page names it.")


def _require_request(number: int) -> None:
    from cleanclaim.apps.billing.adjustments.models import Adjustment

    if not Adjustment.objects.filter(pk=number).exists():
        raise InputError(
            f"adjustment {number}: not found", hint="`cleanclaim adjustments` lists what waits."
        )
