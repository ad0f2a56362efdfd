"""`cleanclaim close`: a month's checklist and tasks, asking and deciding; roll-forward, journal export, auditor's population."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli import close_answers, close_review, close_tasks
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.organizations import BILLERS, organizations
from cleanclaim.project.cli.people import person

SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One verb each. One person asks for a month to be closed or opened again, another decides."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = _verb(verbs, "check", "what is left to do before the month can be closed")
    check.add_argument("month", metavar="MONTH", help="like 2026-11")
    for verb, summary in (
        ("ask", "ask for a month to be closed"),
        ("reopen", "ask for a closed month to be opened again"),
    ):
        asking = _verb(verbs, verb, summary)
        asking.add_argument("month", metavar="MONTH", help="like 2026-11")
        asking.add_argument("--reason", required=True, metavar="WORDS", help="why")
        asking.add_argument("--by", required=True, metavar="EMAIL", help="who asks: a lead")
        asking.add_argument(
            "--waive",
            action="append",
            default=[],
            metavar="CHECK=WORDS",
            help="why a check that did not pass may stand; once for each",
        )
    for verb, summary in (
        ("approve", "close or open a month as asked, as the second person"),
        ("refuse", "say no to a request"),
        ("withdraw", "take one's own request back"),
    ):
        deciding = _verb(verbs, verb, summary)
        deciding.add_argument("request", type=int, metavar="REQUEST", help="number of the request")
        deciding.add_argument("--by", required=True, metavar="EMAIL", help="who decides: a lead")
        deciding.add_argument("--words", default="", metavar="WORDS", help="why")
    roll = _verb(verbs, "rollforward", "from one balance to the other, by what moved it")
    _days(roll)
    roll.add_argument(
        "--accounts",
        default="receivable",
        metavar="GROUP",
        help="receivable, asset, liability, revenue, contra or all",
    )
    journal = _verb(verbs, "journal", "entries of a month for the general ledger outside")
    journal.add_argument("month", metavar="MONTH", help="like 2026-11")
    journal.add_argument("--form", default="csv", metavar="FORM", help="csv, gl or oracle")
    journal.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="folder (here)")
    journal.add_argument(
        "--draft", action="store_true", help="also of an open month; nothing is kept"
    )
    answer = _verb(verbs, "acknowledge", "what the general ledger outside answered to journals")
    answer.add_argument("file", type=Path, metavar="FILE", help="CSV with a row a journal")
    population = _verb(verbs, "population", "every received file with what became of it")
    _days(population)
    close_review.add_verbs(lambda name, summary: _verb(verbs, name, summary))
    close_tasks.add_verbs(lambda name, summary: _verb(verbs, name, summary))


def _verb(verbs: Any, name: str, summary: str) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = verbs.add_parser(name, help=summary, description=summary)
    sub.add_argument("--organization", metavar="SLUG", help="which one (slug or id)")
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    return sub


def _days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="since", type=day, required=True, metavar="DAY")
    parser.add_argument("--to", dest="until", type=day, required=True, metavar="DAY")


def run(args: argparse.Namespace) -> int:
    """0 = nothing is left to do, 1 = something is, or something does not agree."""
    from cleanclaim.apps.shared.tenancy.context import tenant, tenant_in_one_snapshot
    from cleanclaim.project.setup import open_django

    verbs = {
        "check": _check,
        **dict.fromkeys(("ask", "reopen"), _ask),
        **dict.fromkeys(("approve", "refuse", "withdraw"), _decide),
        "rollforward": _rollforward,
        "journal": _journal,
        "population": _population,
        "acknowledge": close_answers.run,
        "review": close_review.run,
        **dict.fromkeys(close_review.MARKS, close_review.mark),
        **dict.fromkeys(close_tasks.VERBS, close_tasks.run),
    }
    with open_django(args.home, role="worker", must_exist=True):
        found = [
            one for one in organizations(args.organization) if one.kind in (*BILLERS, "health_plan")
        ]
        if args.organization is None:  # as the other commands of the money desk: the only practice
            found = [one for one in found if one.kind == "practice"] or found
        if len(found) != 1:
            raise InputError(
                f"{len(found)} organizations in this home: {', '.join(one.slug for one in found[:5])}",
                hint="Name one with --organization",
            )
        args.organization_id = found[0].pk
        if "by" in args:
            args.person = person(args.by, found[0].pk)
        enter = (
            tenant_in_one_snapshot if args.verb in ("check", "rollforward", "review") else tenant
        )
        with enter(found[0].pk):
            status, answer, lines = verbs[args.verb](args)
    print(json.dumps(answer, indent=2) if args.json else "\n".join(lines))
    return status


Said = tuple[int, dict[str, Any], list[str]]


def _check(args: argparse.Namespace) -> Said:
    from cleanclaim.apps.reports.closing.checks import checklist
    from cleanclaim.apps.reports.closing.months import read_month
    from cleanclaim.apps.shared.ledger.selectors import is_closed

    month = read_month(args.month)
    closed = is_closed(month)
    kept, kept_lines = _kept(month, closed=closed)
    found = checklist(month)
    failed = [one for one in found if not one.result.passed]
    lines = [
        *kept_lines,
        *(["", "as of now, asked of the rows:"] if closed else []),
        *(
            f"{'passed' if one.result.passed else 'TO DO ':<7} {one.question:<55} {one.result.words}"
            for one in found
        ),
    ]
    state = "closed" if closed else "open"
    lines.append(f"{month:%Y-%m} is {state}; {counted(len(failed), 'check')} to do")
    answer = {
        "month": f"{month:%Y-%m}",
        "state": state,
        "closings": kept,
        "checks": [
            {
                "name": one.name,
                "passed": one.result.passed,
                "found": one.result.words,
                "amount": f"{one.result.amount:.2f}",
            }
            for one in found
        ],
    }
    return (1 if failed else 0), answer, lines


def _kept(month: date, *, closed: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """Every close with its kept checklist; in lines the one that stands, where the month is closed."""
    from cleanclaim.apps.reports.closing.evidence import closings, standing
    from cleanclaim.apps.reports.closing.tables import kept_words
    from cleanclaim.apps.shared.users.selectors import names_of

    found = closings(month)
    stands = standing(month, found) if closed else None
    answer = [
        {
            "request": one.request_id,
            "stands": one is stands,
            "whole": one.is_whole,
            "reason": one.reason,
            "asked_by": one.asked_by,
            "asked_at": one.asked_at.isoformat(),
            "closed_by": one.closed_by,
            "closed_at": one.closed_at.isoformat() if one.closed_at else None,
            "checks": [
                {
                    "name": kept.name,
                    "question": kept.question,
                    "passed": kept.passed,
                    "found": kept.found,
                    "amount": None if kept.amount is None else f"{kept.amount:.2f}",
                    "waiver": kept.waiver,
                }
                for kept in one.checks
            ],
        }
        for one in found
    ]
    if not closed:
        return answer, []
    if stands is None:
        return answer, ["at the closing: no checklist of its own is kept, a later month closes it"]
    lines = [kept_words(stands, names_of((stands.asked_by, stands.closed_by))), "at the closing:"]
    for kept in stands.checks:
        waived = f"; may stand: {kept.waiver}" if kept.waiver else ""
        state = "passed" if kept.passed else "waived"
        lines.append(f"{state:<7} {kept.question:<55} {kept.found}{waived}")
    return answer, lines


def _ask(args: argparse.Namespace) -> Said:
    from cleanclaim.apps.reports.closing.months import read_month
    from cleanclaim.apps.reports.closing.services import ask

    month = read_month(args.month)
    waivers = dict(_waiver(text) for text in args.waive)
    verb = "close" if args.verb == "ask" else "reopen"
    pk = ask(month, verb, reason=args.reason, by=args.person, waivers=waivers)
    answer = {"request": pk, "month": f"{month:%Y-%m}", "verb": verb}
    return 0, answer, [f"request {pk}: {verb} {month:%Y-%m}; a second person decides"]


def _waiver(text: str) -> tuple[str, str]:
    name, sign, words = text.partition("=")
    if not (sign and words.strip()):
        raise InputError(
            f"--waive {text[:40]!r}: expected a check and why, like days=signed on paper"
        )
    return name.strip(), words


def _decide(args: argparse.Namespace) -> Said:
    from cleanclaim.apps.reports.closing import services
    from cleanclaim.apps.reports.closing.models import CloseRequest

    if not CloseRequest.objects.filter(pk=args.request).exists():
        raise InputError(f"request {args.request}: not found")
    if args.verb == "approve":
        services.approve(args.request, by=args.person, words=args.words)
    elif args.verb == "refuse":
        services.refuse(args.request, by=args.person, words=args.words)
    else:
        services.withdraw(args.request, by=args.person)
    row = CloseRequest.objects.get(pk=args.request)
    answer = {
        "request": row.pk,
        "month": f"{row.month:%Y-%m}",
        "verb": row.verb,
        "state": row.state,
    }
    return 0, answer, [f"request {row.pk}, {row.verb} {row.month:%Y-%m}: {row.state}"]


def _rollforward(args: argparse.Namespace) -> Said:
    from cleanclaim.apps.reports.closing.rollforward import roll_forward

    found = roll_forward(args.since, args.until, group=args.accounts)
    rows = [
        ("brought forward", found.opening),
        *((one.kind, one.amounts) for one in found.movements),
        ("carried forward", found.closing),
    ]
    lines = _columns((*found.accounts, "all"), rows)
    lines.append(f"difference {show(found.difference)}")
    answer = {
        "from": found.since.isoformat(),
        "to": found.until.isoformat(),
        "accounts": list(found.accounts),
        "rows": [
            {"what": name, "amounts": [f"{amount:.2f}" for amount in amounts]}
            for name, amounts in rows
        ],
        "difference": f"{found.difference:.2f}",
    }
    return (1 if found.difference else 0), answer, lines


def _columns(accounts: Sequence[str], rows: Sequence[tuple[str, Sequence[Decimal]]]) -> list[str]:
    """A heading and a line each; a column is as wide as its account's whole name."""
    width = max(len(name) for name, _ in rows)
    widths = [max(16, len(name)) for name in accounts]
    head = "  ".join(f"{name:>{wide}}" for name, wide in zip(accounts, widths, strict=True))
    lines = [f"{'':<{width}}  {head}"]
    for name, amounts in rows:
        sums = zip((*amounts, total(amounts)), widths, strict=True)
        lines.append(f"{name:<{width}}  " + "  ".join(f"{show(one):>{wide}}" for one, wide in sums))
    return lines


def _journal(args: argparse.Namespace) -> Said:
    from cleanclaim.apps.reports.closing.journal import (
        control_totals,
        draft_journal,
        export_journal,
        same_entries_words,
    )
    from cleanclaim.apps.reports.closing.months import read_month

    month, twice = read_month(args.month), ""
    if args.draft:
        draft = draft_journal(month, args.form)
        name, content, totals = (
            f"draft-{args.form}-{month:%Y-%m}",
            draft.content,
            control_totals(draft),
        )
    else:
        row = export_journal(month, args.form, by=None)
        name = f"journal-{row.pk}-{row.form}-{month:%Y-%m}"
        content, totals = bytes(row.content), control_totals(row)
        twice = same_entries_words(row)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        path = args.out / f"{name}.csv"
        path.write_bytes(content)
        (args.out / f"{name}.control.json").write_text(json.dumps(totals, indent=2) + "\n")
    except OSError as error:
        raise InputError(f"{args.out}: {error.strerror}") from error
    line = (
        f"{path}: {totals['entries']} entries, {totals['lines']} lines, debit {totals['debit']} = "
        f"credit {totals['credit']}"
    )
    return 0, {"file": str(path), **totals, "look": twice}, [line, *filter(None, [twice])]


def _population(args: argparse.Namespace) -> Said:
    from cleanclaim.apps.reports.closing.population import approvals, counts, population

    rows = population(args.since, args.until)
    decided = approvals(args.since, args.until)
    found = counts(args.since, args.until)
    alone = [one for one in decided if not one.is_apart]
    answer = {
        "from": args.since.isoformat(),
        "to": args.until.isoformat(),
        "classes": {name: {"files": n, "paid": f"{paid:.2f}"} for name, (n, paid) in found.items()},
        "files": [
            {
                "file": row.file_id,
                "name": row.name,
                "kind": row.kind,
                "sha256": row.sha256,
                "received_on": row.received_on.isoformat(),
                "class": row.status,
                "why": row.words,
                "trace": row.trace_number,
                "paid": None if row.paid is None else f"{row.paid:.2f}",
                "claims": row.claims,
                "deposit_entry": row.deposit_id or None,
            }
            for row in rows
        ],
        "approvals": [
            {
                "kind": one.kind,
                "record": one.subject,
                "prepared_by": one.prepared_by,
                "approved_by": one.approved_by,
                "two_persons": one.is_apart,
            }
            for one in decided
        ],
    }
    lines = [
        f"{row.file_id:>8}  {row.received_on}  {row.kind:<6} {row.status:<9} {row.trace_number:<20} {row.words}"
        for row in rows[:SHOWN]
    ]
    if len(rows) > SHOWN:
        lines.append(f"{len(rows) - SHOWN} rows more; --json names all")
    lines += [
        f"{name:<9} {counted(n, 'file'):>12} {show(paid):>16}" for name, (n, paid) in found.items()
    ]
    lines.append(
        f"{counted(sum(n for n, _ in found.values()), 'file')} received; "
        f"{counted(len(decided), 'approval')}, {len(alone)} by the preparer alone"
    )
    return (1 if found["waiting"][0] or alone else 0), answer, lines
