"""`cleanclaim refunds`: credits on their way back.

`cleanclaim refunds [--state waiting]`     1 where one is overdue
`cleanclaim refunds prepare CREDIT [--amount A] [--to patient:ID --reason WORDS] --by EMAIL`     identified and requested; the key is told by `credits --json`
`cleanclaim refunds approve REFUND --by EMAIL`     by a second person whose limit covers it
`cleanclaim refunds issue REFUND... --method check --out FOLDER --by EMAIL`     one file with count and total
`cleanclaim refunds clear|stop|came-back REFUND ... --by EMAIL`
`cleanclaim refunds undo-clear|undo-came-back REFUND --reason WORDS --by EMAIL`     it was wrong
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total, written_money
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.options import add_common
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.adjustments.models import Refund, RefundFile
    from cleanclaim.apps.billing.adjustments.payees import PayeeBank

MOST_LISTED = 1000
OVERDUE = ("identified", "waiting", "approved")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, or one act."""
    parser.add_argument("--state", metavar="STATE", help="identified, waiting, approved ... (all)")
    add_common(parser)
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    ask = _act(acts, "prepare", "identify a credit and ask a second person to approve it")
    ask.add_argument("credit", metavar="CREDIT", help="its key (`cleanclaim credits --json`)")
    ask.add_argument("--amount", metavar="AMOUNT", help="a part of it")
    ask.add_argument("--to", metavar="OWNER", help="payer:ID or patient:ID, where known better")
    ask.add_argument("--reason", default="", metavar="WORDS", help="why they are owed")
    ask.add_argument(
        "--transfer-to",
        metavar="ROUTING:ACCOUNT",
        help="the owner's bank account, approved with it",
    )
    ask.add_argument("--savings", action="store_true", help="it is a savings account")
    _one(acts, "approve", "approve it as the second person")
    _issuing(acts)
    _one(acts, "clear", "the bank has paid it")
    stop = _one(acts, "stop", "stop what was issued and has not cleared")
    stop.add_argument("--reason", required=True, metavar="WORDS", help="why")
    back = _one(acts, "came-back", "what was issued came back: it is owed again")
    back.add_argument(
        "--as",
        dest="kind",
        required=True,
        metavar="KIND",
        help="returned, undeliverable, stale or refused",
    )
    back.add_argument(
        "--line", type=int, default=0, metavar="ID", help="the bank's line that brought it"
    )
    back.add_argument("--reason", required=True, metavar="WORDS", help="why it came back")
    for name, words in (
        ("undo-clear", "the bank had not paid it: it is issued, its bank line open again"),
        ("undo-came-back", "it had not come back: it is out as before"),
    ):
        undo = _one(acts, name, words)
        undo.add_argument("--reason", required=True, metavar="WORDS", help="what was wrong")


def _issuing(acts: Any) -> None:
    send = _act(acts, "issue", "send approved refunds out in one file")
    send.add_argument("refunds", nargs="+", type=int, metavar="REFUND", help="their numbers here")
    send.add_argument("--method", required=True, help="check, eft or card")
    send.add_argument("--out", type=Path, metavar="FOLDER", help="write the bank's file there")
    send.add_argument(
        "--to",
        action="append",
        default=[],
        metavar="REFUND=WHERE",
        help="the receipt's number of a card; a transfer goes to the account that was approved",
    )
    names = (
        ("routing", "our bank's routing number"),
        ("account", "our account"),
        ("company-id", "how the bank knows us"),
        ("company", "our name at the bank"),
        ("bank-name", "the bank's name"),
    )
    for name, words in names:
        send.add_argument(f"--{name}", default="", help=words)


def _act(acts: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who says so")
    add_common(parser, default=argparse.SUPPRESS)
    return parser


def _one(acts: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser = _act(acts, name, words)
    parser.add_argument("refund", type=int, metavar="REFUND", help="its number here")
    return parser


def run(args: argparse.Namespace) -> int:
    """Print the list (1 where a case is overdue), or do what was asked."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from django.utils import timezone

        from cleanclaim.apps.shared.tenancy.context import tenant

        organization_id = the_biller(args.organization)
        with tenant(organization_id):
            if args.act is None:
                return _list(args, timezone.localdate())
            said, words = _do(args, organization_id, timezone.localdate())
        if args.act == "issue" and args.out:
            words += _written(said.pop("bytes"), args.out)
        said.pop("bytes", None)
        print(json.dumps({**said, "done": words}, indent=2) if args.json else words)
    return 0


def _list(args: argparse.Namespace, today: date) -> int:
    from cleanclaim.apps.billing.adjustments.models import Refund, RefundState

    found = Refund.objects.order_by("due_on", "id")
    if args.state:
        if args.state not in RefundState.values:
            raise InputError(
                f"--state {args.state!r}: expected one of {', '.join(RefundState.values)}"
            )
        found = found.filter(state=args.state)
    rows = list(found[:MOST_LISTED])
    late = [row for row in rows if row.state in OVERDUE and row.due_on < today]
    if args.json:
        print(json.dumps({"refunds": [_as_object(row) for row in rows]}, indent=2))
        return 1 if late else 0
    for row in rows:
        overdue = ", overdue" if row in late else ""
        print(
            f"{row.pk:>8}  due {row.due_on}  {show(row.amount):>12}  {row.state:<10} {row.reference:<12} "
            f"{_payee(row)}{overdue}"
        )
    print(
        f"{counted(len(rows), 'refund')}, {show(total(row.amount for row in rows))}; {len(late)} overdue"
    )
    return 1 if late else 0


def _do(args: argparse.Namespace, organization_id: int, on: date) -> tuple[dict[str, Any], str]:
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    by = member_at(args.by, organization_id=organization_id, permission=Permission.ACCOUNTS_ADJUST)
    wanted = set(getattr(args, "refunds", ()))
    if hasattr(args, "refund"):
        wanted.add(args.refund)
    found = set(Refund.objects.filter(pk__in=list(wanted)).values_list("pk", flat=True))
    for missing in sorted(wanted - found)[:1]:
        raise InputError(f"refund {missing}: not found", hint="List them without an act.")
    if args.act == "issue":
        return _issue(args, on, by)
    row, words = _ACTS[args.act](args, on, by)
    return _as_object(row), words


def _prepare(args: argparse.Namespace, on: date, by: int) -> tuple[Refund, str]:
    from cleanclaim.apps.billing.adjustments.services import identify_credit, request_refund

    owner, _, number = (args.to or "").partition(":")
    if args.to and not (number.isascii() and number.isdigit()):
        raise InputError(f"--to {args.to[:40]!r}: expected payer:ID or patient:ID")
    amount = written_money(args.amount) if args.amount else None
    if args.amount and amount is None:
        raise InputError(f"--amount {args.amount[:20]!r}: expected dollars and cents")
    row = identify_credit(
        args.credit, on=on, by=by, amount=amount, owner=owner, owner_id=int(number or "0"),
        words=args.reason,
    )  # fmt: skip
    row = request_refund(row.pk, on=on, by=by, bank=_bank(args))
    name = row.payee.get("name", "")
    return (
        row,
        f"refund {row.pk}: {show(row.amount)} to {name} waits for a second person, due {row.due_on}",
    )


def _bank(args: argparse.Namespace) -> PayeeBank | None:
    from cleanclaim.apps.billing.adjustments.payees import PayeeBank

    if args.transfer_to is None:
        return None
    routing, _, account = args.transfer_to.partition(":")
    return PayeeBank(routing.strip(), account.strip(), args.savings)


def _approve(args: argparse.Namespace, on: date, by: int) -> tuple[Refund, str]:
    from cleanclaim.apps.billing.adjustments.services import approve_refund

    row = approve_refund(args.refund, on=on, by=by)
    words = f"refund {row.pk}: {show(row.amount)} to {_payee(row)} approved, entry {row.approval_entry_id}"
    return row, words


def _issue(args: argparse.Namespace, on: date, by: int) -> tuple[dict[str, Any], str]:
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.payment_files import Bank
    from cleanclaim.apps.billing.adjustments.services import issue_refunds

    bank = Bank(args.routing, args.account, args.company_id, args.company, args.bank_name)
    file = issue_refunds(
        args.refunds, method=args.method, bank=bank, on=on, by=by, accounts=_accounts(args)
    )
    rows = Refund.objects.filter(file_id=file.pk).order_by("id")
    said = {
        "file": file.pk, "name": file.name, "sha256": file.sha256, "count": file.count,
        "amount": f"{file.amount:.2f}", "refunds": [_as_object(row) for row in rows], "bytes": file,
    }  # fmt: skip
    return (
        said,
        f"{counted(file.count, 'refund')}, {show(file.amount)}: file {file.pk}, {file.name}",
    )


def _accounts(args: argparse.Namespace) -> dict[int, dict[str, str]]:
    found = {}
    for text in args.to:
        number, _, where = text.partition("=")
        if not (number.isascii() and number.isdigit() and where):
            raise InputError(
                f"--to {text[:60]!r}: expected REFUND=ROUTING:ACCOUNT, or REFUND=RECEIPT of a card"
            )
        routing, colon, account = where.partition(":")
        found[int(number)] = {"routing": routing, "account": account} if colon else {"account": where}  # fmt: skip
    return found


def _written(file: RefundFile, folder: Path) -> str:
    """The file as it was made, beside the list for the bank; it is kept here as well."""
    parts = {file.name: bytes(file.content), f"positive-pay-{file.name}": bytes(file.positive_pay)}
    written = []
    for name, data in parts.items():
        if not data:
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        except OSError as error:
            raise InputError(
                f"--out {folder}: {error.strerror}; file {file.pk} is made and kept",
                hint="Take its bytes from the page Credits.",
            ) from error
        written.append(name)
    return f", written to {folder}: {', '.join(written)}"


def _clear(args: argparse.Namespace, on: date, by: int) -> tuple[Refund, str]:
    from cleanclaim.apps.billing.adjustments.services import clear_refund

    row = clear_refund(args.refund, on=on, by=by)
    return row, f"refund {row.pk}: {row.reference} cleared the bank, entry {row.closing_entry_id}"


def _stop(args: argparse.Namespace, on: date, by: int) -> tuple[Refund, str]:
    from cleanclaim.apps.billing.adjustments.services import stop_refund

    row = stop_refund(args.refund, words=args.reason, on=on, by=by)
    return row, f"refund {row.pk} is stopped, and approved to go out anew"


def _came_back(args: argparse.Namespace, on: date, by: int) -> tuple[Refund, str]:
    from cleanclaim.apps.billing.adjustments.services import refund_came_back

    row = refund_came_back(
        args.refund, kind=args.kind, words=args.reason, bank_line_id=args.line, on=on, by=by
    )
    how = row.get_came_back_display().lower()
    return (
        row,
        f"refund {row.pk} came back, {how}: {show(row.amount)} is owed again, due {row.due_on}",
    )


def _undo_clear(args: argparse.Namespace, on: date, by: int) -> tuple[Refund, str]:
    from cleanclaim.apps.billing.adjustments.services import undo_clear

    row = undo_clear(args.refund, words=args.reason, on=on, by=by)
    return row, f"refund {row.pk}: {row.reference} is issued and has not cleared"


def _undo_came_back(args: argparse.Namespace, on: date, by: int) -> tuple[Refund, str]:
    from cleanclaim.apps.billing.adjustments.services import undo_came_back

    row = undo_came_back(args.refund, words=args.reason, on=on, by=by)
    return (
        row,
        f"refund {row.pk}: {row.reference} is {row.state} as before, entry {row.issue_entry_id}",
    )


_ACTS: dict[str, Callable[[argparse.Namespace, date, int], tuple[Refund, str]]] = {
    "prepare": _prepare,
    "approve": _approve,
    "clear": _clear,
    "stop": _stop,
    "came-back": _came_back,
    "undo-clear": _undo_clear,
    "undo-came-back": _undo_came_back,
}


def _payee(row: Refund) -> str:
    name, account = row.payee.get("name", ""), _account_of(row)
    return f"{name}, account {account}" if account else str(name)


def _account_of(row: Refund) -> str:
    """The bank account that is approved with it, as `--transfer-to` takes it; empty where it goes by check."""
    from cleanclaim.apps.billing.adjustments.payees import bank_of

    bank = bank_of(row.payee)
    return f"{bank.routing}:{bank.account}" if bank else ""


def _as_object(row: Refund) -> dict[str, Any]:
    days = ("identified_on", "due_on", "issued_on", "cleared_on", "came_back_on", "owed_since")
    names = ("state", "cause", "owner", "owner_id", "claim_id", "patient_id", "method", "reference", "came_back")  # fmt: skip
    return {
        "refund": row.pk,
        "amount": f"{row.amount:.2f}",
        "to": row.payee.get("name", ""),
        "transfer_to": _account_of(row),
        **{name: getattr(row, name) for name in names},
        **{name: day.isoformat() if (day := getattr(row, name)) else None for name in days},
    }
