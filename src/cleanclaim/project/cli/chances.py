"""`cleanclaim chances`: how likely differences come in when they are asked for.

`cleanclaim chances`                       what people set, the newest first, and the program's own
`cleanclaim chances set KIND --share SHARE [--payer ID] [--age DAYS] [--from DAY] [--words WORDS] --by EMAIL`     0.45 or 45 %; none: as before
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.options import add_common
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.variances.models import Recoverability


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, or one figure."""
    add_common(parser)
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    sub = acts.add_parser("set", help="set one from a day on; the worker ranks what it concerns")
    sub.add_argument("kind", metavar="KIND", help="short, over, missing, denied, reduced or fee")
    sub.add_argument(
        "--share", default="", metavar="SHARE", help="0.45 or 45 %%; not given: as before"
    )
    sub.add_argument("--payer", type=int, default=0, metavar="ID", help="of this payer only")
    sub.add_argument(
        "--age", default="", metavar="DAYS", help="since the service, at most; not given: any"
    )
    sub.add_argument("--from", dest="starts_on", type=day, metavar="DAY", help="from then on (today)")  # fmt: skip
    sub.add_argument("--words", default="", metavar="WORDS", help="why")
    sub.add_argument("--by", required=True, metavar="EMAIL", help="who says so")
    add_common(sub, default=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Print what holds, or set one figure."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from cleanclaim.apps.shared.tenancy.context import tenant

        organization_id = the_biller(args.organization)
        with tenant(organization_id):
            if args.act == "set":
                row = _set(args, organization_id)
                print(json.dumps(_as_object(row), indent=2) if args.json else _line(row))
                return 0
            return _list(args)


def _set(args: argparse.Namespace, organization_id: int) -> Recoverability:
    from django.utils import timezone

    from cleanclaim.apps.billing.variances import chances
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    by = member_at(args.by, organization_id=organization_id, permission=Permission.CONTRACTS_CHANGE)
    today = timezone.localdate()
    return chances.set_chance(
        args.kind,
        chances.read_share(args.share),
        payer_id=args.payer,
        limit_days=chances.read_age(args.age),
        starts_on=args.starts_on or today,
        words=args.words,
        on=today,
        by=by,
    )


def _list(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from cleanclaim.apps.billing.variances.models import Recoverability
    from cleanclaim.rules.variance import given_chances

    rows = list(Recoverability.objects.order_by("-id"))
    given = given_chances(on=timezone.localdate())
    if args.json:
        own = [{"kind": kind, "age": limit, "share": share} for kind, limit, share in given]
        print(json.dumps({"set": [_as_object(row) for row in rows], "program": own}, indent=2))
        return 0
    print("\n".join(map(_line, rows)) or "nobody has set one: the program's own figures hold")
    for kind, limit, share in given:
        print(f"  program's own: {kind}, {_age(limit)}: {share}")
    return 0


def _line(row: Recoverability) -> str:
    share = "as before" if row.share is None else f"{row.share:.2f}"
    words = f"  {row.words}" if row.words else ""
    return f"{row.starts_on}  {row.kind}, {row.payer_name or 'every payer'}, {_age(row.limit_days)}: {share}{words}"


def _age(limit: int | None) -> str:
    return "any age" if limit is None else f"up to {limit} days"


def _as_object(row: Recoverability) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "payer": row.payer_id,
        "payer_name": row.payer_name,
        "age": row.limit_days,
        "share": None if row.share is None else f"{row.share:.2f}",
        "from": row.starts_on.isoformat(),
        "words": row.words,
    }
