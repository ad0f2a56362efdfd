"""`cleanclaim writeoff preview|post`: the small-balance rule."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.organizations import billers, the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.adjustments.services.small_balance import Preview


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Look or post; the rule; for whom; who does it."""
    parser.add_argument("act", choices=("preview", "post"), help="look at it, or request it")
    parser.add_argument(
        "--up-to", default="9.99", metavar="DOLLARS", help="accounts that owe this or less"
    )
    parser.add_argument(
        "--older-than", type=int, default=120, metavar="DAYS", help="with the patient"
    )
    parser.add_argument(
        "--quiet-for", type=int, default=30, metavar="DAYS", help="without an entry"
    )
    parser.add_argument(
        "--seal",
        metavar="SEAL",
        help="that a preview printed: post just what it showed, or nothing",
    )
    parser.add_argument(
        "--organization", metavar="SLUG", help="only this practice or pharmacy (slug or id)"
    )
    parser.add_argument("--by", metavar="EMAIL", help="who posts it; their money limit counts")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print what the rule takes and leaves; with `post`, request it in the person's name."""
    from cleanclaim.project.setup import open_django

    if args.act == "post" and not args.by:
        raise InputError("--by: not given, expected the e-mail address of who posts it")
    with open_django(args.home, role="worker", must_exist=True):
        chosen = billers(args.organization)
        if args.act == "post":
            only = the_biller(args.organization)
            chosen = [one for one in chosen if one.pk == only]
        found = [(one.slug, *_of(one.pk, args)) for one in chosen]
        numbers = [_numbers(one.pk, of[1]) for one, of in zip(chosen, found, strict=True)]
    if args.json:
        print(json.dumps([_as_object(*one) for one in found], indent=2))
    else:
        print(
            "\n".join(
                line
                for one, names in zip(found, numbers, strict=True)
                for line in _lines(*one, names)
            )
        )
    return 0


def _numbers(organization_id: int, found: Preview) -> dict[int, str]:
    from cleanclaim.apps.billing.claims.selectors import control_numbers
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        return control_numbers(one.claim_id for one in found.candidates)


def _of(organization_id: int, args: argparse.Namespace) -> tuple[Preview, dict[str, Any] | None]:
    from django.utils import timezone

    from cleanclaim.apps.billing.adjustments import services
    from cleanclaim.apps.shared.tenancy.context import tenant

    try:
        rule = services.Rule(Decimal(args.up_to), args.older_than, args.quiet_for)
    except InvalidOperation as error:
        raise InputError(f"--up-to {args.up_to!r}: expected dollars like 9.99") from error
    on = timezone.localdate()
    with tenant(organization_id):
        by = _person(args, organization_id) if args.act == "post" else 0
        found = services.preview(rule, on=on)
        if args.act == "preview" or not found.taken:
            return found, None
        row = services.write_off_small(rule, seal=args.seal or found.seal, on=on, by=by)
        return found, {"adjustment": row.pk, "state": row.state}


def _person(args: argparse.Namespace, organization_id: int) -> int:
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    return member_at(
        args.by, organization_id=organization_id, permission=Permission.ACCOUNTS_ADJUST
    )


def _as_object(slug: str, found: Preview, made: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "organization": slug,
        "total": f"{found.total:.2f}",
        "seal": found.seal,
        "in_further_parts": found.later,
        "items": [
            {
                "item": one.item_id,
                "claim": one.claim_id,
                "patient": one.patient_id,
                "balance": f"{one.balance:.2f}",
                "since": one.since.isoformat(),
                "last_booked_on": one.last_booked_on.isoformat(),
                "excluded": one.excluded,
            }
            for one in found.candidates
        ],
        "posted": made,
    }


def _lines(
    slug: str, found: Preview, made: dict[str, Any] | None, numbers: dict[int, str]
) -> Iterator[str]:
    more = f", {counted(found.later, 'item')} in further parts" if found.later else ""
    yield f"{slug}: {counted(len(found.taken), 'item')}, {show(found.total)}{more}; seal {found.seal}"
    for one in found.candidates:
        left = f"  left alone: {one.excluded}" if one.excluded else ""
        yield f"  claim {numbers[one.claim_id]}: {show(one.balance)} since {one.since}{left}"
    if made:
        yield f"  adjustment {made['adjustment']} {made['state']}"
