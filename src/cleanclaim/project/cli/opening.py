"""`cleanclaim opening`: balances of a former system, tied to its trial balance; one person loads, another approves."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.options import add_common
from cleanclaim.project.cli.organizations import the_biller
from cleanclaim.project.cli.people import person

if TYPE_CHECKING:
    from cleanclaim.apps.billing.opening.services import Reading

SHOWN = 30
MANY = 2_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Check two files, load them, list loads, take one back; two persons post, and two take back."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, summary in (
        ("check", "read and tie the files; write nothing"),
        ("load", "keep them for a second person to approve"),
    ):
        sub = verbs.add_parser(verb, help=summary, description=summary)
        sub.add_argument("items", type=Path, metavar="ITEMS", help="open items (CSV)")
        sub.add_argument(
            "--trial-balance", type=Path, required=True, metavar="FILE", help="its accounts (CSV)"
        )
        sub.add_argument(
            "--as-of", type=day, required=True, metavar="DAY", help="the day of the take-over"
        )
        sub.add_argument("--system", default="", metavar="NAME", help="the former system")
        if verb == "load":
            _by(sub)
        add_common(sub)
    for verb, summary in (
        ("approve", "post a load, all or nothing, as the second person"),
        ("withdraw", "give a load up that nobody approved"),
        ("undo", "ask that a posted load be taken back whole"),
        ("approve-undo", "take it back, all or nothing, as the second person"),
        ("keep", "keep a load that somebody asked to take back"),
    ):
        sub = verbs.add_parser(verb, help=summary, description=summary)
        sub.add_argument("load", type=int, metavar="LOAD", help="number of the load")
        if verb in ("withdraw", "undo"):
            sub.add_argument("--reason", required=True, metavar="WORDS", help="why")
        if verb == "approve-undo":
            sub.add_argument("--on", type=day, metavar="DAY", help="accounting day (today)")
        _by(sub)
        add_common(sub)
    listed = verbs.add_parser("list", help="loads so far", description="loads so far")
    add_common(listed)


def _by(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who does it: a lead")


def run(args: argparse.Namespace) -> int:
    """0 = done and tied, 1 = something in the files is wrong (nothing was posted)."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        practice = the_biller(args.organization)
        with tenant(practice):
            if args.verb == "list":
                return _list(args)
            if args.verb == "check":
                return _load(args, by=0)
            by = person(args.by, practice)
            if args.verb == "load":
                return _load(args, by=by)
            return _change(args, by=by)


def _load(args: argparse.Namespace, *, by: int) -> int:
    from cleanclaim.apps.billing.opening import services

    items, balances = _bytes(args.items), _bytes(args.trial_balance)
    reading = services.read_load(items, balances, as_of=args.as_of)
    load_id = 0
    if args.verb == "load" and reading.is_right:
        load_id = services.prepare_load(
            system=args.system,
            as_of=args.as_of,
            items=items,
            items_name=args.items.name,
            balances=balances,
            by=by,
        )
    if args.json:
        print(json.dumps(_as_object(reading, load_id), indent=2))
    else:
        print("\n".join(_lines(reading, load_id)))
    return 0 if reading.is_right else 1


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _as_object(reading: Reading, load_id: int) -> dict[str, Any]:
    return {
        "load": load_id or None,
        "claims": len(reading.items.claims),
        "items": sum(len(one.claim.lines) for one in reading.items.claims),
        "credits": len(reading.items.credits),
        "open": f"{total(one.open_amount for one in reading.items.claims):.2f}",
        "tie": [
            {
                "account": line.account,
                "theirs": f"{line.theirs:.2f}",
                "items": f"{line.items:.2f}",
                "difference": f"{line.difference:.2f}",
            }
            for line in reading.tie
        ],
        "findings": [{"place": one.place, "message": one.message} for one in reading.findings],
        "problems": [{"place": one.place, "message": one.message} for one in reading.problems],
    }


def _lines(reading: Reading, load_id: int) -> Iterator[str]:
    for one in reading.problems[:SHOWN]:
        yield f"{one.place}: {one.message}"
    if len(reading.problems) > SHOWN:
        yield f"{len(reading.problems) - SHOWN} problems more; --json names all"
    for one in reading.findings[:SHOWN]:
        yield f"to look at: {one.place}: {one.message}"
    yield f"{'account':<34} {'trial balance':>16} {'items':>16} {'difference':>14}"
    for line in reading.tie:
        yield f"{line.account:<34} {show(line.theirs):>16} {show(line.items):>16} {show(line.difference):>14}"
    lines = sum(len(one.claim.lines) for one in reading.items.claims)
    what = f"{counted(len(reading.items.claims), 'claim')}, {counted(lines, 'item')}, {counted(len(reading.items.credits), 'credit')}"
    if load_id:
        yield f"load {load_id} is kept: {what}; a second person approves it"
    else:
        yield f"{what}: {'nothing was written' if reading.is_right else 'nothing can be posted'}"


def _list(args: argparse.Namespace) -> int:
    from cleanclaim.apps.billing.opening.models import OpeningLoad

    rows = list(OpeningLoad.objects.defer("items", "balances").order_by("id"))
    if args.json:
        found = [
            {
                "load": row.pk,
                "system": row.system,
                "as_of": row.as_of.isoformat(),
                "state": row.state,
                "claims": row.claim_count,
                "open": f"{row.open_amount:.2f}",
            }
            for row in rows
        ]
        print(json.dumps(found, indent=2))
    else:
        for row in rows:
            print(
                f"load {row.pk}  {row.as_of}  {row.state:<9} {show(row.open_amount):>16}  {row.system}"
            )
        if not rows:
            print("no load yet: cleanclaim opening load ITEMS --trial-balance FILE --as-of DAY")
    return 0


def _say(what: str) -> Callable[[int, int], None]:
    """Tells how far it has come on standard error, where it takes more than one part."""

    def say(done: int, of: int) -> None:
        if of > MANY:
            print(f"{done:,} of {of:,} {what}", file=sys.stderr, flush=True)

    return say


def _change(args: argparse.Namespace, *, by: int) -> int:
    from django.utils import timezone

    from cleanclaim.apps.billing.opening import services, undoing
    from cleanclaim.apps.billing.opening.models import OpeningLoad

    if not OpeningLoad.objects.filter(pk=args.load).exists():
        raise InputError(f"load {args.load}: not found", hint="cleanclaim opening list names them")
    report: dict[str, Any] = {"load": args.load}
    if args.verb == "approve":
        services.post_load(args.load, by=by, say=_say("claims"))
        report["state"], words = "posted", "posted"
    elif args.verb == "withdraw":
        services.withdraw_load(args.load, by=by, reason=args.reason)
        report["state"], words = "withdrawn", "withdrawn"
    elif args.verb == "undo":
        undoing.ask_undo(args.load, by=by, reason=args.reason)
        report["state"], words = "posted", "waits: a second person takes it back (approve-undo)"
    elif args.verb == "keep":
        undoing.keep_load(args.load, by=by)
        report["state"], words = "posted", "stays"
    else:
        on = args.on or timezone.localdate()
        count = undoing.undo_load(args.load, by=by, on=on, say=_say("entries"))
        report |= {"state": "undone", "entries_reversed": count}
        words = f"taken back: {counted(count, 'entry', 'entries')} reversed"
    print(json.dumps(report) if args.json else f"load {args.load} {words}")
    return 0
