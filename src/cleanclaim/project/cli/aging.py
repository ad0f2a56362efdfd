"""`cleanclaim aging`: open items by age as of any day, as known on any day, tied to the books."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.organizations import billers

if TYPE_CHECKING:
    from cleanclaim.apps.reports.aging.questions import AgingRow, Tie, View

NAMED = 20
# The rows of a practice, their tie, and when its first entry was recorded where nothing was known yet.
Found = tuple["list[AgingRow]", "Tie", "datetime | None"]
Named = tuple[str, "list[AgingRow]", "Tie", "datetime | None"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which day, which knowledge, which groups, in which form."""
    parser.add_argument("--as-of", type=day, metavar="DAY", help="items open on this day (today)")
    parser.add_argument(
        "--known-on", type=day, metavar="DAY", help="as it was known at the end of this day (now)"
    )
    parser.add_argument(
        "--by",
        default="bucket",
        metavar="NAMES",
        help="bucket, payer, provider, facility, collector, entity, state; several with commas",
    )
    parser.add_argument(
        "--measure",
        default="bucket",
        metavar="NAME",
        help="age since the bucket took it (bucket), service, submitted or posted",
    )
    parser.add_argument(
        "--who", default="all", metavar="NAME", help="owed by all (all), insurance or patient"
    )
    parser.add_argument(
        "--beside", type=day, metavar="DAY", help="this day, too, and what changed between the two"
    )
    parser.add_argument("--organization", metavar="SLUG", help="only this practice (slug or id)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the aging of each practice, beside another day's; 1 where one does not tie to its books."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        view = _view(args)
        views = [view, *([replace(view, on=args.beside)] if args.beside else [])]
        chosen = billers(args.organization)
        days = [[(one.slug, *_aging(one.pk, each)) for one in chosen] for each in views]
        changed = _changed(views, days) if args.beside else []
    if args.json:
        report = _as_object(views[0], days[0])
        if args.beside:
            report["beside"] = _as_object(views[1], days[1])
            report["changes"] = changed
        print(json.dumps(report, indent=2))
    else:
        pairs = zip(views, days, strict=True)
        lines = [line for each, found in pairs for one in found for line in _lines(each, *one)]
        print("\n".join([*lines, *map(_change_words, changed)]))
    return 0 if all(not tie.difference for found in days for _, _, tie, _ in found) else 1


def _changed(views: list[View], days: list[list[Named]]) -> list[dict[str, Any]]:
    """What every group owes on the two days, the earlier one first."""
    from cleanclaim.apps.reports.aging.tables import changes

    (first, before), (last, after) = sorted(
        zip(views, days, strict=True), key=lambda one: one[0].on
    )
    found = []
    for (slug, rows, *_), (_, others, *_) in zip(before, after, strict=True):
        for one in changes(rows, others):
            was, now = (row.open if row else ZERO for row in (one.before, one.after))
            owed_back = [row.credit if row else ZERO for row in (one.before, one.after)]
            found.append({
                "organization": slug,
                **dict(zip(first.by, one.group, strict=True)),
                "from": first.on.isoformat(),
                "to": last.on.isoformat(),
                "open_before": f"{was:.2f}",
                "open_after": f"{now:.2f}",
                "open_change": f"{now - was:.2f}",
                "credit_change": f"{owed_back[1] - owed_back[0]:.2f}",
            })  # fmt: skip
    return found


def _change_words(one: dict[str, Any]) -> str:
    fixed = {
        "organization",
        "from",
        "to",
        "open_before",
        "open_after",
        "open_change",
        "credit_change",
    }
    group = " · ".join(value or "none" for name, value in one.items() if name not in fixed)
    return (
        f"{one['organization']}: {group} from {one['from']} to {one['to']}: "
        f"{one['open_before']} to {one['open_after']}, {one['open_change']} more open"
    )


def _view(args: argparse.Namespace) -> View:
    from django.utils import timezone

    from cleanclaim.apps.reports.aging.questions import Measure, View, Who

    if args.measure not in [one.value for one in Measure]:
        raise InputError(f"--measure {args.measure!r}: expected one of {', '.join(Measure)}")
    if args.who not in [one.value for one in Who]:
        raise InputError(f"--who {args.who!r}: expected one of {', '.join(Who)}")
    known = args.known_on and timezone.make_aware(datetime.combine(args.known_on, time.max))
    by = tuple(dict.fromkeys(name.strip() for name in args.by.split(",")))
    return View(
        args.as_of or timezone.localdate(), known, by, Measure(args.measure), who=Who(args.who)
    )


def _aging(organization_id: int, view: View) -> Found:
    from cleanclaim.apps.reports.aging.knowing import recorded_only_since
    from cleanclaim.apps.reports.aging.questions import aging, tie
    from cleanclaim.apps.shared.tenancy.context import tenant_in_one_snapshot

    with tenant_in_one_snapshot(organization_id):
        rows = aging(view)
        return rows, tie(view, rows), recorded_only_since(view, rows)


def _as_object(view: View, found: list[Named]) -> dict[str, Any]:
    return {
        "as_of": view.on.isoformat(),
        "known_on": view.known.isoformat() if view.known else None,
        "by": list(view.by),
        "measure": view.measure.value,
        "who": view.who.value,
        "limits_days": list(view.limits_days),
        "organizations": [
            {
                "organization": slug,
                "rows": [
                    {
                        **dict(zip(view.by, row.group, strict=True)),
                        "bands": [f"{amount:.2f}" for amount in row.bands],
                        "open": f"{row.open:.2f}",
                        "credit": f"{row.credit:.2f}",
                        "items": row.items,
                    }
                    for row in rows
                ],
                "aging": f"{tie.aging:.2f}",
                "books": f"{tie.books:.2f}",
                "booked_elsewhere": f"{tie.named:.2f}",
                "entries": [
                    {
                        "entry": one.entry_id,
                        "kind": one.kind,
                        "effective_on": one.effective_on.isoformat(),
                        "accounting_on": one.accounting_on.isoformat(),
                        "recorded_at": one.recorded_at.isoformat(),
                        "amount": f"{one.amount:.2f}",
                    }
                    for one in tie.entries
                ],
                "difference": f"{tie.difference:.2f}",
                "nothing_recorded_before": first.isoformat() if first else None,
            }
            for slug, rows, tie, first in found
        ],
    }


def _lines(
    view: View, slug: str, rows: list[AgingRow], tie: Tie, first: datetime | None
) -> Iterator[str]:
    from cleanclaim.apps.reports.aging.knowing import only_since_words
    from cleanclaim.apps.reports.aging.tables import band_names, group_words

    yield f"{slug}: open items on {view.on}"
    if first:
        yield f"  {only_since_words(view, first)}"
    elif not rows:
        yield "  nobody owes anything"
    heads = [*band_names(view.limits_days), "open", "credits", "items"]
    names = [
        " · ".join(group_words(n, v) for n, v in zip(view.by, r.group, strict=True)) for r in rows
    ]
    width = max([len("total"), *map(len, names)])
    if rows:
        yield f"  {'':<{width}}" + "".join(f"  {head:>13}" for head in heads)
    lines = [(name, *_figures(row)) for name, row in zip(names, rows, strict=True)]
    if len(rows) > 1:
        bands = zip(*(row.bands for row in rows), strict=True)
        money = [*map(total, bands), total(r.open for r in rows), total(r.credit for r in rows)]
        lines.append(("total", *map(show, money), f"{sum(row.items for row in rows):,}"))
    for name, *figures in lines:
        yield f"  {name:<{width}}" + "".join(f"  {figure:>13}" for figure in figures)
    yield (
        f"  aging {show(tie.aging)} = books {show(tie.books)} + booked elsewhere {show(tie.named)} "
        f"({counted(tie.count, 'entry', 'entries')}); difference {show(tie.difference)}"
    )
    for one in tie.entries[:NAMED]:
        yield (
            f"    entry {one.entry_id} {one.kind}: counts from {one.effective_on}, books of "
            f"{one.accounting_on}, known since {one.recorded_at:%Y-%m-%d}: {show(one.amount)}"
        )
    if tie.count > NAMED:
        yield f"    {tie.count - NAMED:,} more; --json names {len(tie.entries):,}"


def _figures(row: AgingRow) -> list[str]:
    return [*map(show, row.bands), show(row.open), show(row.credit), f"{row.items:,}"]
