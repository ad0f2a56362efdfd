"""`cleanclaim kpi`: measures of the money desk with numerator, denominator and target."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.organizations import billers
from cleanclaim.project.cli.people import person

if TYPE_CHECKING:
    from cleanclaim.apps.reports.kpis.questions import Asked, Found, Summed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which KPIs, which day, which knowledge, over how many days."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as dso; all where none is")
    parser.add_argument("--as-of", type=day, metavar="DAY", help="up to this day (today)")
    parser.add_argument(
        "--known-on", type=day, metavar="DAY", help="as it was known at the end of this day (now)"
    )
    parser.add_argument("--days", type=int, default=90, help="days of the period (default 90)")
    parser.add_argument("--organization", metavar="SLUG", help="only this practice (slug or id)")
    parser.add_argument(
        "--set-target", metavar="FIGURE", help="what the one KPI named should be; none: nothing"
    )
    parser.add_argument("--from", dest="since", type=day, metavar="DAY", help="from when (today)")
    parser.add_argument("--words", default="", metavar="WORDS", help="why")
    parser.add_argument("--by", default="", metavar="EMAIL", help="who sets it: a lead")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the KPIs of each practice; a missed target is no fault."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        asked = _asked(args)
        if args.set_target is not None:
            return _set_target(args)
        found = [(one.slug, _kpis(one.pk, asked, args.names)) for one in billers(args.organization)]  # fmt: skip
    if args.json:
        print(json.dumps(_as_object(asked, found), indent=2))
        return 0
    from cleanclaim.apps.reports.kpis.tables import quotient_words, target_words, value_words

    for slug, rows in found:
        print(f"{slug}: {asked.days} days up to {asked.on}")
        for row in rows:
            words = f"{row.kpi.words:<32} {value_words(row):>22}  {quotient_words(row):>40}"
            print(f"  {words}  {target_words(row)}".rstrip())
    return 0


def _set_target(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from cleanclaim.apps.reports.kpis.targets import read_target, set_target
    from cleanclaim.apps.shared.tenancy.context import tenant

    chosen = billers(args.organization)
    if len(args.names) != 1 or len(chosen) != 1:
        raise InputError(
            f"{len(args.names)} KPIs of {len(chosen)} practices: expected one of one",
            hint="Name the KPI, and the practice with --organization",
        )
    by = person(args.by, chosen[0].pk)
    with tenant(chosen[0].pk):
        row = set_target(
            args.names[0],
            read_target(args.set_target),
            starts_on=args.since or timezone.localdate(),
            words=args.words,
            by=by,
        )
    target = None if row.target is None else f"{row.target:f}"
    if args.json:
        print(json.dumps({"name": row.name, "target": target, "from": row.starts_on.isoformat()}))
    else:
        print(f"{row.name}: {target or 'no target'} from {row.starts_on} on")
    return 0


def _asked(args: argparse.Namespace) -> Asked:
    from django.utils import timezone

    from cleanclaim.apps.reports.kpis.questions import Asked

    known = args.known_on and timezone.make_aware(datetime.combine(args.known_on, time.max))
    return Asked(args.as_of or timezone.localdate(), known, args.days)


def _kpis(organization_id: int, asked: Asked, names: list[str]) -> list[Found]:
    from cleanclaim.apps.reports.kpis.questions import kpis
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        return kpis(asked, names)


def _as_object(asked: Asked, found: list[tuple[str, list[Found]]]) -> dict[str, Any]:
    from cleanclaim.apps.reports.kpis.tables import part_unit

    return {
        "as_of": asked.on.isoformat(),
        "known_on": asked.known.isoformat() if asked.known else None,
        "days": asked.days,
        "organizations": [
            {
                "organization": slug,
                "kpis": [
                    {
                        "name": row.kpi.name,
                        "value": None if row.value is None else str(row.value),
                        "unit": "%" if row.kpi.unit.value == "%" else "days",
                        "numerator": f"{row.top:.2f}",
                        "denominator": f"{row.bottom:.2f}",
                        "numerator_unit": part_unit(row.numerator),
                        "denominator_unit": part_unit(row.denominator),
                        "numerator_parts": _parts(row.numerator),
                        "denominator_parts": _parts(row.denominator),
                        "formula": row.kpi.formula,
                        "target": None if row.target is None else str(row.target),
                        "version": row.version,
                    }
                    for row in rows
                ],
            }
            for slug, rows in found
        ],
    }


def _parts(parts: tuple[Summed, ...]) -> list[dict[str, Any]]:
    return [
        {
            "what": one.part.words,
            "amount": f"{one.amount:.2f}",
            "accounts": {code: f"{amount:.2f}" for code, amount in one.by_account},
        }
        for one in parts
    ]
