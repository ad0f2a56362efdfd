"""`cleanclaim aging-review`: agings that are looked through, group by group, and signed."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.organizations import billers
from cleanclaim.project.cli.people import member

if TYPE_CHECKING:
    from cleanclaim.apps.reports.aging.review_models import AgingReview


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One verb each. One person prepares, another signs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, summary: str) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = verbs.add_parser(name, help=summary, description=summary)
        sub.add_argument("--organization", metavar="SLUG", help="which practice (slug or id)")
        sub.add_argument("--json", action="store_true", help="print one JSON object")
        return sub

    verb("list", "reviews, newest first, and the months whose review is due")
    one = verb("show", "one review: its groups and what was said")
    one.add_argument("review", type=int, metavar="REVIEW", help="its number")
    prepare = verb("prepare", "keep an aging as it stands now, to be looked through")
    prepare.add_argument("--as-of", type=day, required=True, metavar="DAY")
    prepare.add_argument(
        "--by-groups", default="bucket,payer", metavar="NAMES", help="as `aging --by`"
    )
    prepare.add_argument(
        "--by", dest="member", required=True, metavar="EMAIL", help="who prepares it"
    )
    say = verb("comment", "say why a group is old, and what is done about it")
    say.add_argument("review", type=int, metavar="REVIEW", help="its number")
    say.add_argument("group", type=int, metavar="GROUP", help="as `aging-review show` numbers it")
    say.add_argument("words", metavar="WORDS")
    say.add_argument("--by", dest="member", required=True, metavar="EMAIL", help="who says it")
    for name, summary, words in (
        ("sign", "sign a review, as the second person", ""),
        ("withdraw", "put one aside: who prepared it, or a lead", "why"),
        ("bring-back", "have one that was put aside wait to be signed again", "a word with it"),
    ):
        act = verb(name, summary)
        act.add_argument("review", type=int, metavar="REVIEW", help="its number")
        if words:
            is_needed = name == "withdraw"
            act.add_argument("--words", default="", required=is_needed, metavar="WORDS", help=words)
        act.add_argument("--by", dest="member", required=True, metavar="EMAIL", help="who does it")


def run(args: argparse.Namespace) -> int:
    """0 = nothing is late or missing."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        found = billers(args.organization)
        if len(found) != 1:
            raise InputError(
                f"{len(found)} practices in this home: {', '.join(one.slug for one in found[:5])}",
                hint="Name one with --organization",
            )
        with tenant(found[0].pk):
            status, answer, lines = _said(args, found[0].pk)
    print(json.dumps(answer, indent=2) if args.json else "\n".join(lines))
    return status


def _said(args: argparse.Namespace, organization_id: int) -> tuple[int, dict[str, Any], list[str]]:
    from cleanclaim.apps.reports.aging import putting_aside, reviews
    from cleanclaim.apps.reports.aging.questions import View
    from cleanclaim.apps.reports.aging.review_models import AgingReview

    if args.verb == "list":
        return _all()
    by, is_lead = None, False
    if "member" in args:
        by, is_lead = member(args.member, organization_id, needs_lead=args.verb == "sign")
    if args.verb == "prepare":
        groups = tuple(dict.fromkeys(one.strip() for one in args.by_groups.split(",")))
        args.review = reviews.prepare(View(args.as_of, by=groups), by=by)
    elif not AgingReview.objects.filter(pk=args.review).exists():
        raise InputError(f"review {args.review}: not found")
    if args.verb == "comment":
        reviews.comment(args.review, args.group, args.words, by=by)
    elif args.verb == "sign":
        reviews.sign(args.review, by=by)
    elif args.verb == "withdraw":
        putting_aside.withdraw(args.review, by=by, is_lead=is_lead, words=args.words)
    elif args.verb == "bring-back":
        putting_aside.bring_back(args.review, by=by, is_lead=is_lead, words=args.words)
    return _one(AgingReview.objects.get(pk=args.review))


def _all() -> tuple[int, dict[str, Any], list[str]]:
    from django.utils import timezone

    from cleanclaim.apps.reports.aging.review_models import AgingReview
    from cleanclaim.apps.reports.aging.reviews import due_reviews

    rows = list(AgingReview.objects.defer("rows").order_by("-on", "-id")[:200])
    due = due_reviews(on=timezone.localdate())
    late = [one for one in due if one.signed is None and one.late_by]
    lines = [f"{row.pk:>6}  {row.on}  {row.state:<9} by {', '.join(row.by_groups)}" for row in rows]
    for one in due:
        state = f"signed, review {one.signed.pk}" if one.signed else "not signed"
        days = f", {counted(one.late_by, 'business day')} late" if one.late_by else ""
        lines.append(f"{one.month_end:%Y-%m} due {one.due_on}: {state}{days}")
    answer = {
        "reviews": [{"review": row.pk, "on": str(row.on), "by": row.by_groups, "state": row.state} for row in rows],
        "due": [
            {
                "month": f"{one.month_end:%Y-%m}",
                "due_on": str(one.due_on),
                "review": one.signed.pk if one.signed else None,
                "late_by_business_days": one.late_by,
            }
            for one in due
        ],
    }  # fmt: skip
    return int(bool(late)), answer, lines


def _one(row: AgingReview) -> tuple[int, dict[str, Any], list[str]]:
    from cleanclaim.apps.reports.aging import putting_aside, reviews

    found, story = reviews.lines(row), putting_aside.story(row.pk)
    missing = sum(one.is_missing for one in found)
    lines = [
        f"{one.place:>4}  {' '.join(filter(None, one.group)) or 'none':<40} open {show(one.row.open):>14} "
        f"over 90 days {show(one.old):>14} credits {show(one.row.credit):>12}  "
        f"{one.comment.words if one.comment else one.needs and f'COMMENT NEEDED: {one.needs}'}".rstrip()
        for one in found
    ]
    lines += [f"{act.at:%Y-%m-%d} {act.get_kind_display().lower()}: {act.words}".rstrip(": ") for act in story]  # fmt: skip
    lines.append(f"review {row.pk} of {row.on}: {row.state}, {counted(missing, 'comment')} needed; difference {row.tie['difference']}")  # fmt: skip
    answer = {
        "review": row.pk,
        "on": str(row.on),
        "by": row.by_groups,
        "state": row.state,
        "due_on": str(row.due_on),
        "prepared_by": row.prepared_by,
        "signed_by": row.signed_by,
        "story": [
            {"kind": act.kind, "words": act.words, "by": act.by, "at": act.at.isoformat()}
            for act in story
        ],
        **row.tie,
        "groups": [
            {
                "number": one.place,
                "group": dict(zip(row.by_groups, one.group, strict=True)),
                "bands": [f"{amount:.2f}" for amount in one.row.bands],
                "credit": f"{one.row.credit:.2f}",
                "open_before": None if one.before is None else f"{one.before:.2f}",
                "needs": one.needs,
                "comment": one.comment.words if one.comment else "",
                "said_before": one.said_before,
            }
            for one in found
        ],
    }
    return int(bool(missing) and row.state == "prepared"), answer, lines
