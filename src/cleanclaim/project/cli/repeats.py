"""`cleanclaim repeats`: payments under the payer, number, amount and day of one that is here, by 835 or on paper.

`cleanclaim repeats`     those that wait, and those that were refused; 1 where one waits for a second person
`cleanclaim repeats ask REPEATED --reason WORDS --by EMAIL`     a refused payment of an 835 is another one, because ...
`cleanclaim repeats approve REQUEST [--keyed] [--reason WORDS] --by EMAIL`     the second person agrees
`cleanclaim repeats refuse REQUEST [--keyed] --reason WORDS --by EMAIL`
`cleanclaim repeats withdraw REQUEST [--keyed] --by EMAIL`     one's own word

`--keyed` names a request for a batch that was keyed from paper.
"""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.options import add_common
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.keying.models import OtherPayment
    from cleanclaim.apps.billing.remittances.models import RepeatedPayment

MOST_LISTED = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, or one act on one payment."""
    add_common(parser)
    parser.set_defaults(act=None)
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    ask = _act(acts, "ask", "REPEATED", "a refused payment is another one: say why")
    ask.add_argument("--reason", required=True, metavar="WORDS", help="how you know")
    approve = _act(acts, "approve", "REQUEST", "let it in, as the second person")
    approve.add_argument("--reason", default="", metavar="WORDS", help="words to keep with it")
    refuse = _act(acts, "refuse", "REQUEST", "it is the same payment")
    refuse.add_argument("--reason", required=True, metavar="WORDS", help="why")
    withdraw = _act(acts, "withdraw", "REQUEST", "take your own word back")
    for one in (approve, refuse, withdraw):
        one.add_argument("--keyed", action="store_true", help="a request for a batch from paper")


def _act(acts: Any, name: str, what: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument("number", type=int, metavar=what, help="its number, as the list shows it")
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who says so")
    add_common(parser, default=argparse.SUPPRESS)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the list leaves with 1 where one waits for a second person."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from cleanclaim.apps.shared.tenancy.context import tenant

        organization_id = the_biller(args.organization)
        with tenant(organization_id):
            if args.act is None:
                return _list(args)
            words = _do(args, organization_id)
    print(json.dumps({"done": words}, indent=2) if args.json else words)
    return 0


def _list(args: argparse.Namespace) -> int:
    from cleanclaim.apps.billing.keying.models import OtherPayment
    from cleanclaim.apps.billing.remittances.models import RepeatedPayment

    refused = RepeatedPayment.objects.prefetch_related("requests").order_by("-id")
    keyed = OtherPayment.objects.select_related("batch").order_by("-id")
    rows = [*map(_of_835, refused[:MOST_LISTED]), *map(_of_paper, keyed[:MOST_LISTED])]
    waiting = sum(row["state"] == "requested" for row in rows)
    if args.json:
        print(json.dumps({"payments": rows, "waiting": waiting}, indent=2))
    else:
        for row in rows:
            print(_line(row))
        print(f"{counted(len(rows), 'payment')} came again, {waiting} waiting for a second person")
    return 1 if waiting else 0


def _of_835(row: RepeatedPayment) -> dict[str, Any]:
    last = max(row.requests.all(), key=lambda one: one.pk, default=None)
    return {
        "by": "835",
        "repeated": row.pk,
        "request": last.pk if last else None,
        "state": last.state if last else "refused",
        "number": row.trace_number,
        "payer": row.payer_name,
        "paid": f"{row.paid:.2f}",
        "paid_on": row.paid_on.isoformat(),
        "first": row.first_id,
        "remittance": row.remittance_id,
        "reason": last.reason if last else "",
    }


def _of_paper(one: OtherPayment) -> dict[str, Any]:
    return {
        "by": "paper",
        "batch": one.batch_id,
        "request": one.pk,
        "state": one.state,
        "number": one.batch.trace_number,
        "payer": one.batch.payer_name,
        "paid": f"{one.batch.amount:.2f}",
        "paid_on": one.batch.paid_on.isoformat(),
        "remittance": one.batch.remittance_id,
        "reason": one.reason,
    }


def _line(row: dict[str, Any]) -> str:
    name = f"batch {row['batch']}" if row["by"] == "paper" else f"repeated {row['repeated']}"
    asked = f"request {row['request']}" if row["request"] else "nobody asked"
    paid = show(Decimal(row["paid"]))
    return (
        f"{name:<14} {asked:<14} {row['state']:<10} {row['number']:<16} {paid:>14} "
        f"{row['paid_on']}  {row['payer']}  {row['reason']}"
    ).rstrip()


def _do(args: argparse.Namespace, organization_id: int) -> str:
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    decides = args.act in ("approve", "refuse")
    wanted = Permission.FILES_RELEASE if decides else Permission.REMITTANCES_POST
    by = member_at(args.by, organization_id=organization_id, permission=wanted)
    return _on_paper(args, by) if getattr(args, "keyed", False) else _on_835(args, by)


def _on_835(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.remittances import services
    from cleanclaim.apps.billing.remittances.models import RepeatedPayment, RepeatRequest

    number = args.number
    _require(RepeatedPayment if args.act == "ask" else RepeatRequest, number, args.act)
    if args.act == "ask":
        asked = services.ask_for_repeat(number, reason=args.reason, by=by)
        return f"request {asked} waits for a second person"
    if args.act == "approve":
        remittance_id = services.approve_repeat(
            number, on=timezone.localdate(), by=by, words=args.reason
        )
        return f"let in as remittance {remittance_id}, which is to be posted"
    if args.act == "refuse":
        services.refuse_repeat(number, by=by, words=args.reason)
        return "the payment stays refused"
    services.withdraw_repeat(number, by=by)
    return "withdrawn; the payment stays refused"


def _on_paper(args: argparse.Namespace, by: int) -> str:
    from cleanclaim.apps.billing.keying import services
    from cleanclaim.apps.billing.keying.models import OtherPayment

    _require(OtherPayment, args.number, args.act)
    if args.act == "approve":
        batch = services.approve_other(args.number, by=by, words=args.reason)
        return f"batch {batch.pk} is another payment and may be posted at zero"
    if args.act == "refuse":
        batch = services.refuse_other(args.number, by=by, words=args.reason)
        return f"batch {batch.pk} is the same payment and cannot be posted"
    batch = services.withdraw_other(args.number, by=by)
    return f"withdrawn; batch {batch.pk} cannot be posted"


def _require(model: Any, number: int, act: str) -> None:
    if not model.objects.filter(pk=number).exists():
        what = "repeated payment" if act == "ask" else "request"
        raise InputError(f"{what} {number}: not found", hint="`cleanclaim repeats` lists them.")
