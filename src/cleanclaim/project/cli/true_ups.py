"""`cleanclaim true-ups`: what contracts' guarantees (GER) and fees (DIR) bring by period, and their settlement by two persons.

`cleanclaim true-ups [--day DAY] [--since DAY]`                   by period, and what waits
`cleanclaim true-ups money AGREEMENT`                             where money for a settlement stands
`cleanclaim true-ups prepare AGREEMENT FROM --amount AMOUNT --account CODE [--trace TRACE] --on DAY --words WORDS --by EMAIL`
`cleanclaim true-ups approve|refuse|withdraw SETTLEMENT --by EMAIL`
`cleanclaim true-ups undo SETTLEMENT --reason WORDS --by EMAIL`   ask a second person to take a posted one back
`cleanclaim true-ups undo-approve|undo-refuse SETTLEMENT --by EMAIL`
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, written_money
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.options import add_common
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.variances.models import TrueUpSettlement
    from cleanclaim.apps.billing.variances.true_ups import PeriodTrueUp


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, where money stands, or one act on one settlement."""
    add_common(parser)
    parser.add_argument("--day", type=day, metavar="DAY", help="as it stood then (today)")
    parser.add_argument(
        "--since", type=day, metavar="DAY", help="periods since then (three months)"
    )
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    money = acts.add_parser("money", help="where money for a settlement stands")
    money.add_argument("row", type=int, metavar="AGREEMENT", help="its number here")
    add_common(money, default=argparse.SUPPRESS)
    made = _act(acts, "prepare", "AGREEMENT", "enter what a period that is over came to")
    made.add_argument("period", type=day, metavar="FROM", help="the period's first day")
    made.add_argument(
        "--amount", required=True, metavar="AMOUNT", help="below zero where we owe it: --amount=-5.00"
    )  # fmt: skip
    made.add_argument("--account", required=True, metavar="CODE", help="where its money stands")
    made.add_argument("--trace", default="", metavar="TRACE", help="of unapplied cash")
    made.add_argument("--on", type=day, required=True, metavar="DAY", help="when it was settled")
    made.add_argument("--words", required=True, metavar="WORDS", help="the payer's letter")
    _act(acts, "approve", "SETTLEMENT", "post it as the second person")
    _act(acts, "refuse", "SETTLEMENT", "give up one that is not posted")
    _act(acts, "withdraw", "SETTLEMENT", "give up one's own that is not posted")
    undo = _act(acts, "undo", "SETTLEMENT", "ask a second person to take a posted one back")
    undo.add_argument("--reason", required=True, metavar="WORDS", help="why")
    _act(acts, "undo-approve", "SETTLEMENT", "take it back as the second person")
    _act(acts, "undo-refuse", "SETTLEMENT", "it stays posted")


def _act(acts: Any, name: str, row: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument("row", type=int, metavar=row, help="its number here")
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who does it")
    add_common(parser, default=argparse.SUPPRESS)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the list leaves with 1 where a settlement waits for a second person."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from cleanclaim.apps.shared.tenancy.context import tenant

        organization_id = the_biller(args.organization)
        with tenant(organization_id):
            if args.act is None:
                return _list(args)
            if args.act == "money":
                return _money(args)
            return _do(args, organization_id)


def _list(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from cleanclaim.apps.billing.variances.true_ups import shown_since, true_ups

    on = args.day or timezone.localdate()
    found = true_ups(on=on, since=args.since or shown_since(on))
    waiting = sum(
        one.settlement is not None and (one.settlement.entry_id == 0 or one.settlement.undo_is_asked)
        for one in found
    )  # fmt: skip
    if args.json:
        print(json.dumps({"day": f"{on}", "periods": [_as_object(one) for one in found]}, indent=2))
    else:
        for one in found:
            settled = "" if one.settled is None else f"  settled {show(one.settled)}"
            live = f"  settlement {one.settlement.pk}, {one.settlement.state}" if one.settlement else ""  # fmt: skip
            print(f"{one.agreement.pk:>6}  {one.name}: {counted(one.found.count, 'line')}, {show(one.found.amount)}{settled}{live}")  # fmt: skip
        print(f"{counted(len(found), 'period')}, {waiting} to be decided")
    return 1 if waiting else 0


def _money(args: argparse.Namespace) -> int:
    from cleanclaim.apps.billing.variances.models import TrueUpAgreement
    from cleanclaim.apps.billing.variances.settlement_money import standing

    row = TrueUpAgreement.objects.select_related("contract").filter(pk=args.row).first()
    if row is None:
        raise InputError(f"agreement {args.row}: not found")
    found = standing(row.contract.payer_id)
    if args.json:
        rows = [{"account": one.account, "trace": one.trace, "amount": f"{one.amount:.2f}"} for one in found]  # fmt: skip
        print(json.dumps({"money": rows}, indent=2))
    else:
        print("\n".join(f"{one.account:<26} {one.trace:<24} {show(one.amount):>14}" for one in found))  # fmt: skip
    return 0


def _do(args: argparse.Namespace, organization_id: int) -> int:
    from cleanclaim.apps.billing.variances.models import TrueUpAgreement, TrueUpSettlement
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    act, may = _ACTS[args.act]
    by = member_at(args.by, organization_id=organization_id, permission=Permission(may))
    kind = TrueUpAgreement if args.act == "prepare" else TrueUpSettlement
    if not kind.objects.filter(pk=args.row).exists():
        raise InputError(f"{'agreement' if args.act == 'prepare' else 'settlement'} {args.row}: not found")  # fmt: skip
    row = TrueUpSettlement.objects.get(pk=act(args, by))
    if args.json:
        print(json.dumps(_settlement(row), indent=2))
    else:
        asked = f", to be taken back: {row.undo_reason}" if row.undo_is_asked else ""
        entry = row.reversal_id or row.entry_id
        print(f"settlement {row.pk} is {row.state}{f', entry {entry}' if entry else ''}{asked}")
    return 0


def _prepare(args: argparse.Namespace, by: int) -> int:
    from django.utils import timezone

    from cleanclaim.apps.billing.variances.settlements import prepare_settlement

    sign = -1 if args.amount.startswith("-") else 1
    amount = written_money(args.amount.removeprefix("-"))
    if amount is None:
        raise InputError(f"--amount {args.amount[:20]!r}: expected dollars and cents")
    return prepare_settlement(
        args.row,
        period_from=args.period,
        amount=sign * amount,
        account=args.account,
        trace=args.trace,
        settled_on=args.on,
        words=args.words,
        on=timezone.localdate(),
        by=by,
    )


def _simple(name: str) -> Callable[[argparse.Namespace, int], int]:
    def act(args: argparse.Namespace, by: int) -> int:
        from cleanclaim.apps.billing.variances import settlements

        getattr(settlements, name)(args.row, by=by)
        return int(args.row)

    return act


def _undo(args: argparse.Namespace, by: int) -> int:
    from cleanclaim.apps.billing.variances.settlements import ask_undo

    ask_undo(args.row, reason=args.reason, by=by)
    return int(args.row)


def _undo_approve(args: argparse.Namespace, by: int) -> int:
    from django.utils import timezone

    from cleanclaim.apps.billing.variances.settlements import undo_settlement

    undo_settlement(args.row, on=timezone.localdate(), by=by)
    return int(args.row)


def _undo_refuse(args: argparse.Namespace, by: int) -> int:
    from cleanclaim.apps.billing.variances.settlements import keep_settlement

    keep_settlement(args.row)
    return int(args.row)


_ENTERS, _POSTS = "contracts.change", "periods.close"
_ACTS: dict[str, tuple[Callable[[argparse.Namespace, int], int], str]] = {
    "prepare": (_prepare, _ENTERS),
    "approve": (_simple("post_settlement"), _POSTS),
    "refuse": (_simple("refuse_settlement"), _POSTS),
    "withdraw": (_simple("withdraw_settlement"), _ENTERS),
    "undo": (_undo, _ENTERS),
    "undo-approve": (_undo_approve, _POSTS),
    "undo-refuse": (_undo_refuse, _POSTS),
}


def _as_object(one: PeriodTrueUp) -> dict[str, Any]:
    return {
        "agreement": one.agreement.pk,
        "kind": one.agreement.kind,
        "contract": one.agreement.contract.code,
        "payer": one.agreement.contract.payer_name,
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "lines": one.found.count,
        "amount": f"{one.found.amount:.2f}",
        "settled": None if one.settled is None else f"{one.settled:.2f}",
        "steps": [list(step) for step in one.found.steps],
        "settlements": [_settlement(row) for row in one.settlements],
    }


def _settlement(row: TrueUpSettlement) -> dict[str, Any]:
    return {
        "settlement": row.pk,
        "agreement": row.agreement_id,
        "period_from": row.period_from.isoformat(),
        "amount": f"{row.amount:.2f}",
        "account": row.account,
        "trace": row.trace,
        "settled_on": row.settled_on.isoformat(),
        "words": row.words,
        "state": row.state,
        "entry": row.entry_id,
        "undo_asked": row.undo_is_asked,
        "undo_reason": row.undo_reason,
        "reversal": row.reversal_id,
    }
