"""`cleanclaim payments`: payers' payments whose money is awaited, and what a person says of one.

`cleanclaim payments card REMITTANCE --fee AMOUNT --by EMAIL`     the payer's virtual card was charged
`cleanclaim payments card-undo REMITTANCE --reason WORDS --by EMAIL`
`cleanclaim payments reissue REMITTANCE --number NEW --reason WORDS --by EMAIL`     stopped, and made anew under another number
`cleanclaim payments reissue-undo REMITTANCE --reason WORDS --by EMAIL`
`cleanclaim payments given-back REMITTANCE [--adjustment ID] --by EMAIL`     stopped, and its money came by PLB 72 of a later one
`cleanclaim payments given-back-undo REMITTANCE --reason WORDS --by EMAIL`
`cleanclaim payments take-back REMITTANCE [--claim POSITION] --reason WORDS --by EMAIL`     its posting, or that of one claim
`cleanclaim payments apply REMITTANCE --claim POSITION --to NUMBER [--beside | --instead WORDS] --by EMAIL`     a held payment
`cleanclaim payments settle REMITTANCE --claim POSITION --by EMAIL`     a held reversal and the held payment that it takes back
`cleanclaim payments settle-undo REMITTANCE --claim POSITION --reason WORDS --by EMAIL`
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.options import add_common, amount
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.remittances.models import Remittance


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, or one act on one payment."""
    add_common(parser)
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    card = _act(acts, "card", "the payer's virtual card was charged; its processor keeps a fee")
    card.add_argument("--fee", required=True, metavar="AMOUNT", help="what the processor keeps")
    card.add_argument("--number", default="", metavar="AUTHORIZATION", help="never the card's")
    back = _act(acts, "card-undo", "take a card back that the bank has not settled")
    back.add_argument("--reason", required=True, metavar="WORDS", help="why")
    anew = _act(acts, "reissue", "the payer stopped it and makes it anew under another number")
    anew.add_argument(
        "--number", default="", metavar="NEW", help="of the new check or EFT; none = only stopped"
    )
    anew.add_argument("--day", type=day, metavar="DAY", help="of the new check or EFT (today)")
    anew.add_argument("--reason", required=True, metavar="WORDS", help="why")
    before = _act(acts, "reissue-undo", "take the last reissue back")
    before.add_argument("--reason", required=True, metavar="WORDS", help="why")
    given = _act(acts, "given-back", "a later payment gave the stopped one's money back (PLB 72)")
    given.add_argument(
        "--adjustment",
        type=int,
        default=0,
        metavar="ID",
        help="which; told where there are several",
    )
    none = _act(acts, "given-back-undo", "take that back: it is awaited again")
    none.add_argument("--reason", required=True, metavar="WORDS", help="why")
    undo = _act(acts, "take-back", "reverse its posting, or that of one claim")
    undo.add_argument(
        "--claim", type=int, metavar="POSITION", help="only the payment at this place, from 1"
    )
    undo.add_argument("--reason", required=True, metavar="WORDS", help="why")
    two = _act(acts, "settle", "settle a held reversal with the held payment that it takes back")
    apart = _act(acts, "settle-undo", "have the two held again")
    apart.add_argument("--reason", required=True, metavar="WORDS", help="why")
    for one in (two, apart):
        one.add_argument("--claim", type=int, required=True, metavar="POSITION", help="its place")
    held = _act(acts, "apply", "post a held payment on a claim")
    held.add_argument(
        "--claim", type=int, required=True, metavar="POSITION", help="the payment's place, from 1"
    )
    held.add_argument("--to", required=True, metavar="NUMBER", help="our claim's number")
    way = held.add_mutually_exclusive_group()
    way.add_argument(
        "--beside", action="store_true", help="a further payment beside the answer that stands"
    )
    way.add_argument("--instead", metavar="WORDS", help="why it replaces the answer that stands")


def _act(acts: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument("remittance", type=int, metavar="REMITTANCE", help="its number here")
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who says so")
    add_common(parser, default=argparse.SUPPRESS)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the list leaves with 1 where money is awaited."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from cleanclaim.apps.shared.tenancy.context import tenant

        organization_id = the_biller(args.organization)
        with tenant(organization_id):
            if args.act is None:
                return _list(args)
            return _do(args, organization_id, _ACTS[args.act])


def _list(args: argparse.Namespace) -> int:
    from cleanclaim.apps.billing.deposits.selectors import awaited_remittances

    rows = list(awaited_remittances().order_by("paid_on", "id"))
    awaited = total(row.paid for row in rows)
    if args.json:
        found = {"awaited": [_as_object(row) for row in rows], "total": f"{awaited:.2f}"}
        print(json.dumps(found, indent=2))
    else:
        for row in rows:
            print(
                f"{row.pk:>8}  {row.paid_on}  {show(row.paid):>14}  {_under(row):<20} {row.payer_name}"
            )
        print(f"{counted(len(rows), 'payment')} awaited, {show(awaited)}")
    return 1 if rows else 0


def _do(
    args: argparse.Namespace, organization_id: int, act: Callable[[argparse.Namespace, int], str]
) -> int:
    from cleanclaim.apps.billing.deposits.selectors import as_awaited
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.users.access import money_limit_of
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    by = member_at(args.by, organization_id=organization_id, permission=Permission.REMITTANCES_POST)
    args.limit = money_limit_of(by, organization_id=organization_id)
    if not Remittance.objects.filter(pk=args.remittance).exists():
        raise InputError(f"remittance {args.remittance}: not found")
    words = act(args, by)
    row = as_awaited(Remittance.objects.filter(pk=args.remittance)).get()
    print(json.dumps({**_as_object(row), "done": words}, indent=2) if args.json else words)
    return 0


def _card(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits.services import pay_by_card

    deposit = pay_by_card(
        args.remittance,
        fee=amount(args.fee, "--fee"),
        number=args.number,
        on=timezone.localdate(),
        by=by,
        limit=args.limit,
    )
    return (
        f"remittance {args.remittance} is paid by card: {show(deposit.amount)} is awaited as batch "
        f"{deposit.card_batch_id}, fee {show(deposit.short)}; entry {deposit.entry_id}"
    )


def _card_undo(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits.services import take_card_back

    entry = take_card_back(args.remittance, reason=args.reason, on=timezone.localdate(), by=by)
    return f"the card of remittance {args.remittance} is taken back by entry {entry}; its money is awaited"


def _reissue(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits.services import reissue_payment

    today = timezone.localdate()
    made = reissue_payment(
        args.remittance,
        number=args.number,
        reissued_on=args.day or today,
        reason=args.reason,
        on=today,
        by=by,
    )
    where = f"is awaited under number {made.number}" if made.number else "is stopped"
    return f"remittance {args.remittance} {where}"


def _reissue_undo(args: argparse.Namespace, by: int) -> str:
    from cleanclaim.apps.billing.deposits.services import undo_reissue

    undo_reissue(args.remittance, reason=args.reason, by=by)
    return f"the reissue of remittance {args.remittance} is taken back; it is awaited as before"


def _given_back(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits.services import pay_by_adjustment

    deposit = pay_by_adjustment(
        args.remittance, adjustment_id=args.adjustment, on=timezone.localdate(), by=by
    )
    return f"the money of remittance {args.remittance} came by {deposit.reasons}; entry {deposit.entry_id}"


def _given_back_undo(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits.services import undo_given_back

    entry = undo_given_back(args.remittance, reason=args.reason, on=timezone.localdate(), by=by)
    return f"remittance {args.remittance} is awaited again; entry {entry}"


def _take_back(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.remittances.services import reverse_place, reverse_posting

    given: dict[str, Any] = {"on": timezone.localdate(), "reason": args.reason, "by": by}
    if args.claim is None:
        count = reverse_posting(args.remittance, **given)
        return f"remittance {args.remittance} is taken back: {counted(count, 'entry', 'entries')} reversed"
    _require_place(args)
    entry = reverse_place(args.remittance, args.claim, **given)
    return f"payment {args.claim} of remittance {args.remittance} is taken back, entry {entry} reversed"


def _apply(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.claims.selectors import numbered
    from cleanclaim.apps.billing.remittances import services

    _require_place(args)
    claim = numbered(args.to)
    given: dict[str, Any] = {"claim_id": claim.pk, "on": timezone.localdate(), "by": by}
    with services.fitting_sums():
        if args.beside:
            entry = services.apply_beside(args.remittance, args.claim, **given)
        elif args.instead is not None:
            entry = services.apply_instead(
                args.remittance, args.claim, reason=args.instead, **given
            )
        else:
            entry = services.apply_held(args.remittance, args.claim, **given)
    how = (
        "beside the answer to"
        if args.beside
        else "in place of the answer to"
        if args.instead is not None
        else "on"
    )
    return f"payment {args.claim} of remittance {args.remittance} is posted {how} claim {claim.control_number}, entry {entry}"


def _settle(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.remittances.services import settle_reversal

    _require_place(args)
    entry = settle_reversal(args.remittance, args.claim, on=timezone.localdate(), by=by)
    return f"payment {args.claim} of remittance {args.remittance} is settled with the payment that it takes back, entry {entry}"


def _settle_undo(args: argparse.Namespace, by: int) -> str:
    from django.utils import timezone

    from cleanclaim.apps.billing.remittances.services import unsettle_reversal

    _require_place(args)
    given = {"reason": args.reason, "on": timezone.localdate(), "by": by}
    entry = unsettle_reversal(args.remittance, args.claim, **given)
    return f"payment {args.claim} of remittance {args.remittance} and its reversal are held again; entry {entry}"


def _require_place(args: argparse.Namespace) -> None:
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    places = RemittanceClaim.objects.filter(remittance_id=args.remittance, position=args.claim)
    if not places.exists():
        raise InputError(f"--claim {args.claim}: remittance {args.remittance} has no such payment")


_ACTS: dict[str, Callable[[argparse.Namespace, int], str]] = {
    "card": _card,
    "card-undo": _card_undo,
    "reissue": _reissue,
    "reissue-undo": _reissue_undo,
    "given-back": _given_back,
    "given-back-undo": _given_back_undo,
    "take-back": _take_back,
    "apply": _apply,
    "settle": _settle,
    "settle-undo": _settle_undo,
}


def _as_object(row: Remittance) -> dict[str, Any]:
    return {
        "remittance": row.pk,
        "trace": row.trace_number,
        "awaited_under": row.awaited_under,  # type: ignore[attr-defined]
        "payer": row.payer_name,
        "paid": f"{row.paid:.2f}",
        "paid_on": row.paid_on.isoformat(),
    }


def _under(row: Remittance) -> str:
    return row.awaited_under or f"{row.trace_number}, stopped"  # type: ignore[attr-defined]
