"""`cleanclaim days`: payments whose day (BPR16) cannot be meant, and a person's word on it.

`cleanclaim days confirm REMITTANCE [--day D] --reason WORDS --by EMAIL`     the day is right, or which one is
`cleanclaim days undo REMITTANCE --by EMAIL`     take the word back, until it is posted
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.options import add_common
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.remittances.models import Remittance


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, or one act on one payment."""
    add_common(parser)
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    confirm = _act(acts, "confirm", "the day of the payment is right, or which one is")
    confirm.add_argument("--day", type=day, metavar="D", help="the right one (the payer's)")
    confirm.add_argument("--reason", required=True, metavar="WORDS", help="how you know")
    _act(acts, "undo", "take the word on its day back")


def _act(acts: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument("remittance", type=int, metavar="REMITTANCE", help="its number here")
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who says so")
    add_common(parser, default=argparse.SUPPRESS)
    return parser


def run(args: argparse.Namespace) -> int:
    """List, confirm or undo; the list leaves with 1 where a day is asked about."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from django.utils import timezone

        from cleanclaim.apps.shared.tenancy.context import tenant

        organization_id = the_biller(args.organization)
        today = timezone.localdate()
        with tenant(organization_id):
            if args.act is None:
                return _list(args, today)
            return _do(args, organization_id, today)


def _list(args: argparse.Namespace, today: date) -> int:
    found = list(_asked(today))
    if args.json:
        said = [
            {
                "remittance": row.pk,
                "trace": row.trace_number,
                "payer": row.payer_name,
                "paid": f"{row.paid:.2f}",
                "day": row.paid_on.isoformat(),
                "why": why,
            }
            for row, why in found
        ]
        print(json.dumps({"asked": said}, indent=2))
    else:
        for row, why in found:
            print(f"{row.pk:>8}  {row.trace_number:<20} {show(row.paid):>14}  {row.payer_name}")
            print(f"{'':<10}{why}")
        print(f"{counted(len(found), 'payment')} of a day that cannot be meant")
    return 1 if found else 0


def _asked(today: date) -> Iterator[tuple[Remittance, str]]:
    """Payments that wait for a word on their day, oldest first, and why."""
    from cleanclaim.apps.billing.remittances.bodies import head_of
    from cleanclaim.apps.billing.remittances.confirmed_days import confirmation_of
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services.days import BEFORE_POSTING
    from cleanclaim.rules.posting.head import odd_day

    for row in Remittance.objects.filter(state__in=BEFORE_POSTING).order_by("id"):
        if (why := odd_day(head_of(row), on=today)) and confirmation_of(row) is None:
            yield row, why


def _do(args: argparse.Namespace, organization_id: int, today: date) -> int:
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import confirm_day, undo_day
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    by = member_at(args.by, organization_id=organization_id, permission=Permission.REMITTANCES_POST)
    if not Remittance.objects.filter(pk=args.remittance).exists():
        raise InputError(f"remittance {args.remittance}: not found")
    if args.act == "confirm":
        said = confirm_day(args.remittance, day=args.day, reason=args.reason, on=today, by=by)
        words = f"the day of remittance {args.remittance} is {said.day}; it may be posted"
    else:
        undo_day(args.remittance, by=by)
        words = f"the day of remittance {args.remittance} is the payer's again"
    row = Remittance.objects.only("paid_on").get(pk=args.remittance)
    found = {"remittance": args.remittance, "day": row.paid_on.isoformat(), "done": words}
    print(json.dumps(found, indent=2) if args.json else words)
    return 0
