"""`cleanclaim entity-cash [--day D] [--entity NAME]`: what each legal entity has on its accounts of money.

The rest of its books stands below, so that each entity adds up to 0.00. `--entity ''` is the organization itself.
"""

from __future__ import annotations

import argparse
import json
from itertools import groupby

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.organizations import the_biller


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """At the end of which day, and of which entity."""
    parser.add_argument("--day", type=day, metavar="D", help="at its end (today)")
    parser.add_argument("--entity", metavar="NAME", help="only this one; '' = the organization")
    parser.add_argument("--organization", metavar="SLUG", help="the practice (slug or id)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the accounts; 1 where an entity does not add up to 0.00."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from django.utils import timezone

        from cleanclaim.apps.billing.deposits.entity_cash import books_by_entity, cash_lines
        from cleanclaim.apps.shared.tenancy.context import tenant
        from cleanclaim.apps.shared.tenancy.models import Organization

        practice = the_biller(args.organization)
        on = args.day or timezone.localdate()
        with tenant(practice):
            books = books_by_entity(on=on)
        if args.entity is not None and args.entity not in books:
            raise InputError(f"--entity {args.entity[:40]!r}: the books have none of this name")
        lines = cash_lines(books, entity=args.entity)
        own = Organization.objects.get(pk=practice).name
    if args.json:
        said = [
            {"entity": one.entity, "account": one.account, "amount": f"{one.amount:.2f}"}
            for one in lines
        ]
        print(json.dumps({"day": on.isoformat(), "lines": said}, indent=2))
    else:
        for entity, some in groupby(lines, key=lambda one: one.entity):
            print(entity or own)
            for one in some:
                print(f"  {one.name:<44} {show(one.amount):>16}")
    apart = {entity: total(amounts.values()) for entity, amounts in books.items()}
    return 1 if any(apart.values()) else 0
