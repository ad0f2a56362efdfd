"""`cleanclaim close tasks` and what is done with them: tick, untick, give."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.people import member

if TYPE_CHECKING:
    from cleanclaim.apps.reports.closing.tasks import Standing

VERBS = ("tasks", "tick", "untick", "give")
Said = tuple[int, dict[str, Any], list[str]]


def add_verbs(verb: Any) -> None:
    """Of the month's tasks. `verb(name, summary)` makes a parser."""
    shown = verb("tasks", "a month's tasks with their days, and where each stands")
    shown.add_argument("month", metavar="MONTH", help="like 2026-11")
    for name, summary in (
        ("tick", "say that a task is done"),
        ("untick", "take that back"),
        ("give", "make a task somebody's"),
    ):
        parser = verb(name, summary)
        parser.add_argument("month", metavar="MONTH", help="like 2026-11")
        parser.add_argument("task", metavar="TASK", help="its name, as `close tasks` shows it")
        who = "who does it" if name != "give" else "who gives it: a lead"
        parser.add_argument("--by", dest="member", required=True, metavar="EMAIL", help=who)
        if name == "give":
            parser.add_argument("--to", default="", metavar="EMAIL", help="whose it is (nobody's)")
        else:
            parser.add_argument(
                "--words", default="", metavar="WORDS", help="what was seen, or why"
            )


def run(args: argparse.Namespace) -> Said:
    """0 = nothing is late."""
    from django.utils import timezone

    from cleanclaim.apps.reports.closing import task_services
    from cleanclaim.apps.reports.closing.months import read_month
    from cleanclaim.apps.reports.closing.tasks import month_tasks

    month = read_month(args.month)
    if args.verb == "give":
        by, _ = member(args.member, args.organization_id, needs_lead=True)
        to = member(args.to, args.organization_id)[0] if args.to else None
        task_services.give(month, args.task, to=to, by=by)
    elif args.verb != "tasks":
        by, is_lead = member(args.member, args.organization_id)
        act = task_services.tick if args.verb == "tick" else task_services.take_back
        act(month, args.task, by=by, is_lead=is_lead, words=args.words)
    found = month_tasks(month, on=timezone.localdate())
    late = sum(one.state == "late" for one in found)
    return (1 if late else 0), _answer(month, found), _lines(month, found, late)


def _lines(month: date, found: list[Standing], late: int) -> list[str]:
    from cleanclaim.apps.reports.closing.task_tables import state_words
    from cleanclaim.apps.shared.users.selectors import names_of

    names = names_of({one.owner for one in found})
    lines = [
        f"{one.due_on}  {state_words(one):<20} {one.task.name:<12} {one.task.title:<62} "
        f"{names.get(one.owner or 0, '')}".rstrip()
        for one in found
    ]
    done = sum(one.is_done for one in found)
    lines.append(f"{month:%Y-%m}: {done} of {counted(len(found), 'task')} done, {late} late")
    return lines


def _answer(month: date, found: list[Standing]) -> dict[str, Any]:
    return {
        "month": f"{month:%Y-%m}",
        "tasks": [
            {
                "name": one.task.name,
                "title": one.task.title,
                "due_on": one.due_on.isoformat(),
                "state": one.state,
                "late_by_business_days": one.late_by,
                "owner": one.owner,
                "waits_for": [first.name for first in one.waits_for],
                "done_at": one.done_at.isoformat() if one.done_at else None,
                "done_by": one.done_by,
                "words": one.words,
            }
            for one in found
        ],
    }
