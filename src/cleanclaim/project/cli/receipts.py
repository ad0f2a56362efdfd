"""`cleanclaim receipts`: patients' money as it was taken, and what a person says of it.

`cleanclaim receipts [--state kept] [--patient ID]`
`cleanclaim receipts take PATIENT --amount AMOUNT --kind copay --method check [--number N] [--claim ID] --by EMAIL`
`cleanclaim receipts apply RECEIPT --by EMAIL`     what is unapplied, on what the patient owes
`cleanclaim receipts return RECEIPT --as nsf [--fee AMOUNT] [--in-transit] --reason WORDS --by EMAIL`
`cleanclaim receipts undo-return RECEIPT --reason WORDS --by EMAIL`     it had not come back
`cleanclaim receipts void RECEIPT --reason WORDS --by EMAIL`     a slip of the pen
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.options import add_common, amount
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.receipts.models import Receipt

MOST_LISTED = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, or one act."""
    parser.add_argument("--state", metavar="STATE", help="kept, returned or voided (all)")
    parser.add_argument("--patient", type=int, metavar="ID", help="only of this patient")
    add_common(parser)
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    take = _act(acts, "take", "take money of a patient", number="PATIENT")
    take.add_argument("--amount", required=True, metavar="AMOUNT", help="dollars and cents")
    take.add_argument("--kind", default="payment", help="copay, prepayment or payment (payment)")
    take.add_argument("--method", required=True, help="cash, check, card or ach")
    take.add_argument("--number", default="", help="of the check, or the card's authorization")
    take.add_argument("--claim", type=int, default=0, metavar="ID", help="that it is for")
    take.add_argument(
        "--day",
        type=day,
        metavar="DAY",
        help="when it was received (today); an earlier one needs --note",
    )
    take.add_argument("--note", default="", metavar="WORDS", help="for the people here")
    take.add_argument("--key", default="", help="of this request: the same again takes nothing")
    _act(acts, "apply", "put what is unapplied on what the patient owes")
    back = _act(acts, "return", "it came back: what it paid is owed again")
    back.add_argument(
        "--as",
        dest="kind",
        required=True,
        metavar="KIND",
        help="check: nsf or stopped; card: chargeback; bank transfer: ach",
    )
    back.add_argument("--fee", default="0", metavar="AMOUNT", help="what the bank charges (0.00)")
    back.add_argument(
        "--in-transit", action="store_true", help="the bank never had it (it had, where not given)"
    )
    back.add_argument("--reason", default="", metavar="WORDS", help="why")
    undo = _act(acts, "undo-return", "it had not come back: it pays again what it paid")
    undo.add_argument("--reason", required=True, metavar="WORDS", help="what was wrong")
    void = _act(acts, "void", "take back a slip of the pen")
    void.add_argument("--reason", required=True, metavar="WORDS", help="why")


def _act(acts: Any, name: str, words: str, number: str = "RECEIPT") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument("number_here", type=int, metavar=number, help="its number here")
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who says so")
    add_common(parser, default=argparse.SUPPRESS)
    return parser


def run(args: argparse.Namespace) -> int:
    """Print the list, or do what was asked."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from cleanclaim.apps.shared.tenancy.context import tenant

        organization_id = the_biller(args.organization)
        with tenant(organization_id):
            return _list(args) if args.act is None else _do(args, organization_id)


def _list(args: argparse.Namespace) -> int:
    from cleanclaim.apps.billing.receipts.models import Receipt, State

    found = Receipt.objects.order_by("-id")
    if args.state:
        if args.state not in State.values:
            raise InputError(f"--state {args.state!r}: expected one of {', '.join(State.values)}")
        found = found.filter(state=args.state)
    if args.patient:
        found = found.filter(patient_id=args.patient)
    rows = list(found[:MOST_LISTED])
    objects = _as_objects(rows)
    if args.json:
        print(json.dumps({"receipts": objects, "is_all": len(rows) < MOST_LISTED}, indent=2))
        return 0
    for row, one in zip(rows, objects, strict=True):
        unapplied = Decimal(one["unapplied"])
        words = f", {show(unapplied)} unapplied" if unapplied else ""
        print(
            f"{row.pk:>8}  {row.received_on}  {show(row.amount):>12}  {row.method:<5} {row.reference:<16} "
            f"patient {row.patient_id}, {row.state}{words}"
        )
    newest = "" if len(rows) < MOST_LISTED else f", the newest {MOST_LISTED}"
    print(f"{counted(len(rows), 'receipt')}, {show(total(row.amount for row in rows))}{newest}")
    return 0


def _do(args: argparse.Namespace, organization_id: int) -> int:
    from cleanclaim.apps.billing.receipts.models import Receipt
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    by = member_at(args.by, organization_id=organization_id, permission=Permission.REMITTANCES_POST)
    if args.act != "take" and not Receipt.objects.filter(pk=args.number_here).exists():
        raise InputError(f"receipt {args.number_here}: not found", hint="List them without an act.")
    pk, words = _ACTS[args.act](args, by)
    if args.json:
        [row] = _as_objects([Receipt.objects.get(pk=pk)])
        print(json.dumps({**row, "done": words}, indent=2))
    else:
        print(words)
    return 0


def _take(args: argparse.Namespace, by: int) -> tuple[int, str]:
    from django.utils import timezone

    from cleanclaim.apps.billing.receipts.services import take

    if args.day and args.day > timezone.localdate():
        raise InputError(f"--day {args.day}: lies ahead, expected today or an earlier day")
    if args.day and args.day < timezone.localdate() and not args.note.strip():
        raise InputError(
            f"--day {args.day}: an earlier day, expected --note that says why it is taken only now",
            hint="The note stands on the receipt, for whoever proves that day.",
        )
    row = take(
        args.number_here,
        amount=amount(args.amount, "--amount"),
        kind=args.kind,
        method=args.method,
        reference=args.number,
        claim_id=args.claim,
        note=args.note,
        key=f"command:{args.key}" if args.key else "",
        on=args.day or timezone.localdate(),
        by=by,
    )
    if row.is_repeat:
        return row.pk, f"receipt {row.pk}: {show(row.amount)} was taken before, once"
    return row.pk, f"receipt {row.pk}: {show(row.amount)} taken, entry {row.entry_id}"


def _apply(args: argparse.Namespace, by: int) -> tuple[int, str]:
    from django.utils import timezone

    from cleanclaim.apps.billing.receipts.services import apply

    put = apply(args.number_here, on=timezone.localdate(), by=by)
    return args.number_here, f"{show(put)} of receipt {args.number_here} applied"


def _return(args: argparse.Namespace, by: int) -> tuple[int, str]:
    from django.utils import timezone

    from cleanclaim.apps.billing.receipts.services import return_receipt

    row = return_receipt(
        args.number_here,
        kind=args.kind,
        fee=amount(args.fee, "--fee"),
        was_deposited=not args.in_transit,
        reason=args.reason,
        on=timezone.localdate(),
        by=by,
        limit=_limit(args, by),
    )
    moved = row.came_back.words if row.came_back else ""
    words = f"receipt {row.pk} came back ({row.get_return_kind_display()}): {moved}"
    return row.pk, f"{words}, entry {row.end_entry_id}"


def _undo_return(args: argparse.Namespace, by: int) -> tuple[int, str]:
    from django.utils import timezone

    from cleanclaim.apps.billing.receipts.services import undo_return

    limit = _limit(args, by)
    row = undo_return(
        args.number_here, on=timezone.localdate(), by=by, reason=args.reason, limit=limit
    )
    return row.pk, f"the return of receipt {row.pk} is taken back, entry {row.again_entry_id}"


def _limit(args: argparse.Namespace, by: int) -> Decimal:
    from cleanclaim.apps.shared.users.access import money_limit_of

    return money_limit_of(by, organization_id=the_biller(args.organization))


def _void(args: argparse.Namespace, by: int) -> tuple[int, str]:
    from django.utils import timezone

    from cleanclaim.apps.billing.receipts.services import void

    row = void(args.number_here, on=timezone.localdate(), by=by, reason=args.reason)
    return row.pk, f"receipt {row.pk} is voided, entry {row.end_entry_id}"


_ACTS: dict[str, Callable[[argparse.Namespace, int], tuple[int, str]]] = {
    "take": _take,
    "apply": _apply,
    "return": _return,
    "undo-return": _undo_return,
    "void": _void,
}


def _as_objects(rows: list[Receipt]) -> list[dict[str, Any]]:
    from cleanclaim.apps.billing.receipts.selectors import unapplied_of

    unapplied = unapplied_of(rows)
    return [
        {
            "receipt": row.pk,
            "patient": row.patient_id,
            "claim": row.claim_id,
            "kind": row.kind,
            "method": row.method,
            "amount": f"{row.amount:.2f}",
            "unapplied": f"{unapplied[row.pk]:.2f}",
            "number": row.reference,
            "received_on": row.received_on.isoformat(),
            "state": row.state,
            "returned_as": row.return_kind,
            "fee": f"{row.fee:.2f}",
            "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        }
        for row in rows
    ]
