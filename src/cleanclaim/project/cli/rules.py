"""`cleanclaim rules`: what is posted how, what the worker posts by itself, and over how many days limits count together.

`cleanclaim rules`     all of them, newest first; 1 where one waits for a second person
`cleanclaim rules add PATTERN ACTION [--account A] [--up-to D] [--payer P] [--from D] [--to D] [--note W] --by EMAIL`
`cleanclaim rules worker post|look|default [--payer P] --reason WORDS --by EMAIL`
`cleanclaim rules days COUNT --from D --reason CITATION --by EMAIL`
`cleanclaim rules approve|withdraw posting|worker|days NUMBER --by EMAIL`
`cleanclaim rules refuse posting|worker|days NUMBER --reason WORDS --by EMAIL`
`cleanclaim rules end|approve-end|keep NUMBER --by EMAIL`     of a posting rule
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.options import add_common, amount
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.shared.users.two_persons import TwoPersons

KINDS = ("posting", "worker", "days")
WAYS = ("post", "look", "default")
MOST_LISTED = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The list, or one act."""
    add_common(parser)
    parser.set_defaults(act=None)
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    add = _act(acts, "add", "propose a posting rule; ask and hold count at once")
    add.add_argument("pattern", metavar="PATTERN", help="CO-45, CO-*, *-45, PLB-CS, difference")
    add.add_argument("action", metavar="ACTION", help="such as write_off, patient, ask, hold")
    add.add_argument("--account", default="", help="for write_off and other")
    add.add_argument("--up-to", default="0", metavar="DOLLARS", help="the most it applies to")
    add.add_argument("--from", dest="since", type=day, metavar="D", help="its first day (today)")
    add.add_argument("--to", dest="until", type=day, metavar="D", help="the first day without it")
    add.add_argument("--note", default="", metavar="WORDS", help="why")
    worker = _act(acts, "worker", "say who starts the posting; look counts at once")
    worker.add_argument("way", choices=WAYS, help="posted by itself, a person looks, as the others")
    worker.add_argument("--reason", required=True, metavar="WORDS", help="why")
    for one in (add, worker):
        one.add_argument("--payer", type=int, default=0, metavar="P", help="its number; all payers")
    days = _act(acts, "days", "propose over how many days limits count together")
    days.add_argument("count", type=int, metavar="COUNT", help="1 to 366")
    days.add_argument("--from", dest="since", type=day, metavar="D", help="first day (today)")
    days.add_argument("--reason", required=True, metavar="WORDS", help="the policy that says so")
    for name, words in (
        ("approve", "put it in force, as the second person"),
        ("refuse", "say no to it"),
        ("withdraw", "take your own back"),
    ):
        decide = _act(acts, name, words)
        decide.add_argument("kind", choices=KINDS)
        decide.add_argument("number", type=int, metavar="NUMBER")
        if name == "refuse":
            decide.add_argument("--reason", required=True, metavar="WORDS", help="why")
    for name, words in (
        ("end", "end a posting rule, or ask a second person to"),
        ("approve-end", "end it, as the second person"),
        ("keep", "let a rule stay that somebody asked to end"),
    ):
        _act(acts, name, words).add_argument("number", type=int, metavar="NUMBER")


def _act(acts: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who says so")
    add_common(parser, default=argparse.SUPPRESS)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the list leaves with 1 where something waits for a second person."""
    from cleanclaim.project.setup import open_django

    with open_django(args.home, role="worker", must_exist=True):
        from django.utils import timezone

        from cleanclaim.apps.shared.tenancy.context import tenant

        organization_id = the_biller(args.organization)
        with tenant(organization_id):
            if args.act is None:
                return _list(args)
            by = _person(args, organization_id)
            row = _do(args, on=timezone.localdate(), by=by)
            found = _as_object(row)
    print(json.dumps(found, indent=2) if args.json else _line(found))
    return 0


def _person(args: argparse.Namespace, organization_id: int) -> int:
    """Who acts; the service asks again where it knows more."""
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    is_of_limits = args.act == "days" or getattr(args, "kind", "") == "days"
    if args.act in ("approve", "refuse", "approve-end", "keep"):
        wanted = Permission.RULES_APPROVE
    else:
        wanted = Permission.REFUNDS_ISSUE if is_of_limits else Permission.REMITTANCES_POST
    return member_at(args.by, organization_id=organization_id, permission=wanted)


def _list(args: argparse.Namespace) -> int:
    found = [_as_object(row) for row in _rows()]
    waiting = sum(
        one["state"] == "proposed"
        or (one["state"] == "alone" and one["in_force"])
        or one["end_waits"]
        for one in found
    )
    if args.json:
        print(json.dumps({"rules": found, "waiting": waiting}, indent=2))
    else:
        for one in found:
            print(_line(one))
        print(f"{counted(len(found), 'rule')}, {waiting} to be looked at by a second person")
    return 1 if waiting else 0


def _rows() -> Iterator[TwoPersons]:
    from cleanclaim.apps.billing.adjustments.models import Term, TermKind
    from cleanclaim.apps.billing.remittances.models import PostingRule, WorkerRule

    yield from PostingRule.objects.order_by("-id")[:MOST_LISTED]
    yield from WorkerRule.objects.order_by("-id")[:MOST_LISTED]
    yield from Term.objects.filter(kind=TermKind.ALONE_DAYS).order_by("-id")[:MOST_LISTED]


def _as_object(row: Any) -> dict[str, Any]:
    from cleanclaim.apps.billing.remittances.models import PostingRule, WorkerRule
    from cleanclaim.apps.billing.remittances.worker_rules import standing_rules

    row.refresh_from_db()
    found = {
        "number": row.pk,
        "state": row.state,
        "in_force": row.is_in_force,
        "decided_by": row.decided_by,
        "end_waits": False,
    }
    if isinstance(row, PostingRule):
        limit = f" up to {row.amount_limit:.2f}" if row.amount_limit else ""
        ended = f", ended {row.valid_to}" if row.ended_at else ""
        words = f"{row.pattern}: {row.action} {row.account}".rstrip() + limit + ended
        waits = row.end_asked_at is not None and row.ended_at is None
        found["in_force"] = row.is_in_force and row.ended_at is None
        return {
            "kind": "posting", **found, "said": words, "payer": row.payer_name, "since": str(row.valid_from),
            "made_by": row.made_by, "end_waits": waits,
        }  # fmt: skip
    if isinstance(row, WorkerRule):
        found["in_force"] = row.pk in {one.pk for one in standing_rules().values()}
        return {
            "kind": "worker", **found, "said": row.way, "payer": row.payer_name,
            "since": str(row.made_at.date()), "made_by": row.made_by,
        }  # fmt: skip
    return {
        "kind": "days", **found, "said": f"{row.length} days together for limits", "payer": "",
        "since": str(row.valid_from), "made_by": row.set_by,
    }  # fmt: skip


def _line(one: dict[str, Any]) -> str:
    ends = "  its end waits for a second person" if one["end_waits"] else ""
    name = f"{one['kind']} {one['number']}"
    return f"{name:<12} {one['state']:<10} {one['since']}  {one['said']}  {one['payer']}".rstrip() + ends  # fmt: skip


def _do(args: argparse.Namespace, *, on: date, by: int) -> TwoPersons:
    from cleanclaim.apps.billing.adjustments import services as adjustments
    from cleanclaim.apps.billing.remittances import services

    if args.act == "add":
        return _add(args, on=on, by=by)
    if args.act == "worker":
        return services.set_worker_rule(
            payer_id=args.payer, way=args.way, note=args.reason, on=on, by=by
        )
    if args.act == "days":
        return adjustments.set_term(
            "alone_days", "limits", length=args.count, citation=args.reason,
            valid_from=args.since or on, on=on, by=by,
        )  # fmt: skip
    _require(getattr(args, "kind", "posting"), args.number)
    return _decide(args, on=on, by=by)


def _add(args: argparse.Namespace, *, on: date, by: int) -> TwoPersons:
    from cleanclaim.apps.billing.remittances.services.posting_rules import add_rule
    from cleanclaim.rules.posting import PayerRule, RuleAction

    if args.action not in {one.value for one in RuleAction}:
        raise InputError(f"action {args.action[:20]!r}: expected one of {', '.join(RuleAction)}")
    limit = amount(args.up_to, "--up-to")
    pattern = args.pattern if args.pattern == "difference" else args.pattern.upper()
    rule = PayerRule(
        0, args.payer, pattern, RuleAction(args.action), args.since or on, args.until, args.account,
        limit, args.note,
    )  # fmt: skip
    return add_rule(rule, on=on, by=by)


def _decide(args: argparse.Namespace, *, on: date, by: int) -> TwoPersons:
    from cleanclaim.apps.billing.adjustments import services as adjustments
    from cleanclaim.apps.billing.remittances import services
    from cleanclaim.apps.billing.remittances.services import posting_rules

    number, reason = args.number, getattr(args, "reason", "")
    done: dict[tuple[str, str], Any] = {
        ("approve", "posting"): lambda: posting_rules.approve_rule(number, on=on, by=by),
        ("approve", "worker"): lambda: services.approve_worker_rule(number, by=by),
        ("approve", "days"): lambda: adjustments.approve_term(number, on=on, by=by),
        ("refuse", "posting"): lambda: posting_rules.refuse_rule(number, by=by, words=reason),
        ("refuse", "worker"): lambda: services.refuse_worker_rule(number, by=by, words=reason),
        ("refuse", "days"): lambda: adjustments.refuse_term(number, by=by, words=reason),
        ("withdraw", "posting"): lambda: posting_rules.withdraw_rule(number, by=by),
        ("withdraw", "worker"): lambda: services.withdraw_worker_rule(number, by=by),
        ("withdraw", "days"): lambda: adjustments.withdraw_term(number, by=by),
        ("end", ""): lambda: posting_rules.end_rule(number, on=on, by=by),
        ("approve-end", ""): lambda: posting_rules.approve_end(number, on=on, by=by),
        ("keep", ""): lambda: posting_rules.refuse_end(number, on=on),
    }
    row: TwoPersons = done[args.act, getattr(args, "kind", "")]()
    return row


def _require(kind: str, number: int) -> None:
    from cleanclaim.apps.billing.adjustments.models import Term, TermKind
    from cleanclaim.apps.billing.remittances.models import PostingRule, WorkerRule

    rows = {
        "posting": PostingRule.objects.all(),
        "worker": WorkerRule.objects.all(),
        "days": Term.objects.filter(kind=TermKind.ALONE_DAYS),
    }[kind]
    if not rows.filter(pk=number).exists():
        raise InputError(f"{kind} rule {number}: not found", hint="`cleanclaim rules` lists them.")
