"""The posting rules' page: the list, a new rule with what it would change, and the end of one."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.remittances.models import PostingRule
from cleanclaim.apps.billing.remittances.rule_preview import Change, preview
from cleanclaim.apps.billing.remittances.services.posting_rules import (
    TAKES_OFF,
    add_rule,
    approve_end,
    approve_rule,
    checked_payer,
    draft,
    end_rule,
    refuse_end,
    refuse_rule,
    withdraw_rule,
)
from cleanclaim.apps.billing.remittances.views import name_of, person
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.parts import Chip, Column, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.two_persons import Standing
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import CHARGE_LIMIT, is_whole_cents, written_money
from cleanclaim.rules.posting import PayerRule, RuleAction
from cleanclaim.values.accounts import ACCOUNTS, BY_CODE

FIELDS = ("payer", "pattern", "action", "account", "limit", "note", "from", "to")
MOST_SHOWN, MOST_CHANGES = 200, 50
ACTIONS = tuple((one.value, one.value.replace("_", " ")) for one in RuleAction)
_OFFERED = ("contra:", "income:", "expense:", "liability:", "asset:capitation", "asset:due-from")
OFFERED_ACCOUNTS = [(one.code, one.name) for one in ACCOUNTS if one.code.startswith(_OFFERED)]


@requires(Permission.REMITTANCES_READ)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, newest first; with a draft in the address (a pattern alone fills the form in), what it would change on the last remittances."""
    today = timezone.localdate()
    found = list(PostingRule.objects.order_by("-id")[:MOST_SHOWN])
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(rule_table(found, today), name="posting-rules")
    given = {name: request.GET.get(name, "").replace("\0", "").strip()[:200] for name in FIELDS}
    changes, problem = None, ""
    if given["pattern"] and "action" in request.GET:  # else it is only filled in
        try:
            rule = _read(given, today)
            checked_payer(rule, on=today)
            changes = preview(draft(rule), on=today)
        except InputError as error:
            problem = error.message
    context = {
        "table": rule_table(found, today),
        "may_post": request.can(Permission.REMITTANCES_POST),
        "given": given,
        "draft": list(given.items()),
        "payers": Payer.objects.order_by("name").values_list("id", "name"),
        "actions": ACTIONS,
        "accounts": OFFERED_ACCOUNTS,
        "changes": change_table(changes) if changes else None,
        "is_previewed": changes is not None,
        "waits_only": given["action"] in (RuleAction.ASK, RuleAction.HOLD),
        "is_difference": given["pattern"] == "difference",
        "problem": problem,
        "today": today,
    }
    return render(request, "remittances/rules.html", context, status=422 if problem else 200)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def rule_add(request: HttpRequest) -> HttpResponse:
    """Propose a rule; one that only has payments wait is in force at once."""
    given = {name: request.POST.get(name, "").replace("\0", "").strip()[:200] for name in FIELDS}
    today = timezone.localdate()
    row = add_rule(_read(given, today), on=today, by=person(request))
    if row.is_in_force:
        words = f"is in force from {row.valid_from} on; a second person looks at it"
    else:
        words = "waits for a second person"
    messages.success(request, f"Posting rule {row.pk} {words}.")
    return redirect("remittances:rules")


@requires(Permission.REMITTANCES_POST)
@require_safe
def rule_about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane of one rule: who made it and who approved it, and what may be done with it."""
    row = get_object_or_404(PostingRule, pk=pk)
    me = person(request)
    stands = row.is_in_force and not _is_over(row, timezone.localdate())
    context = {
        "row": row,
        "chip": _state(row, timezone.localdate()),
        "made_by": name_of(row.made_by),
        "decided_by": name_of(row.decided_by) if row.decided_at else "",
        "ended_by": name_of(row.ended_by) if row.ended_at else "",
        "end_asked_by": name_of(row.end_asked_by) if row.end_asked_at else "",
        "may_end": stands and not row.end_asked_at,
        "ends_at_once": row.action in [one.value for one in TAKES_OFF],
        "is_end_asked": stands and row.end_asked_at is not None,
        "is_proposed": row.state == Standing.PROPOSED,
        "may_approve": request.can(Permission.RULES_APPROVE)
        and row.made_by != me
        and (row.state == Standing.PROPOSED or (stands and row.state != Standing.APPROVED)),
        "is_own": row.made_by == me,
        "is_own_end": row.end_asked_by == me,
        "may_decide": request.can(Permission.RULES_APPROVE),
        "account": BY_CODE[row.account].name if row.account in BY_CODE else "",
    }
    return render(request, "remittances/_rule.html", context)


@requires(Permission.REMITTANCES_POST)
@require_POST
def rule_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a rule from today on, or ask a second person to."""
    get_object_or_404(PostingRule, pk=pk)
    row = end_rule(pk, on=timezone.localdate(), by=person(request))
    words = "has ended" if row.ended_at else "stays in force until a second person ends it"
    messages.success(request, f"Posting rule {row.pk} {words}.")
    return redirect("remittances:rules")


@requires(Permission.REMITTANCES_POST)
@require_POST
def rule_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own proposal back."""
    get_object_or_404(PostingRule, pk=pk)
    withdraw_rule(pk, by=person(request))
    messages.success(request, f"Posting rule {pk} is withdrawn.")
    return redirect("remittances:rules")


@requires(Permission.RULES_APPROVE)
@require_POST
def rule_decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Approve or refuse a rule, or its end, as the second person."""
    get_object_or_404(PostingRule, pk=pk)
    today, by = timezone.localdate(), person(request)
    if verb == "approve":
        row = approve_rule(pk, on=today, by=by)
        words = f"Posting rule {pk} is in force from {row.valid_from} on."
    elif verb == "refuse":
        refuse_rule(pk, by=by, words=request.POST.get("reason", "").replace("\0", ""))
        words = f"Posting rule {pk} is refused."
    elif verb == "approve-end":
        approve_end(pk, on=today, by=by)
        words = f"Posting rule {pk} has ended."
    elif verb == "keep":
        refuse_end(pk, on=today)
        words = f"Posting rule {pk} stays in force."
    else:
        raise InputError(f"{verb[:20]!r}: expected approve, refuse, approve-end or keep")
    messages.success(request, words)
    return redirect("remittances:rules")


def _read(given: dict[str, str], today: date) -> PayerRule:
    try:
        payer_id = int(given["payer"] or 0)
        action = RuleAction(given["action"] or "ask")
    except ValueError as error:
        raise InputError(f"posting rule: {error}") from error
    # Rounded, a limit below a cent would be none at all: the rule would hold for every amount.
    limit = written_money(given["limit"] or "0")
    if limit is None or not is_whole_cents(limit) or limit >= CHARGE_LIMIT:
        raise InputError(f"limit {given['limit'][:20]!r}: expected dollars and cents")
    starts = read_day(given["from"], "from") if given["from"] else today
    ends = read_day(given["to"], "first day without it") if given["to"] else None
    account = given["account"] if action in (RuleAction.OTHER, RuleAction.WRITE_OFF) else ""
    pattern = given["pattern"].upper() if given["pattern"] != "difference" else given["pattern"]
    if pattern == "difference":
        account = ""
    return PayerRule(0, payer_id, pattern, action, starts, ends, account, limit, given["note"])


def rule_table(rows: list[PostingRule], today: date) -> Table:
    """The rules as a table."""
    return Table(
        caption="Posting rules, newest first",
        columns=(
            Column("Rule", lambda row: row.pk, kind="id"),
            Column("Payer", lambda row: row.payer_name or "all payers", flexible=True),
            Column("Adjustment", lambda row: row.pattern, kind="strong"),
            Column("What is done", lambda row: row.action.replace("_", " ")),
            Column("Account", lambda row: row.account, minor=True),
            Column("Up to", lambda row: row.amount_limit or None, kind="money"),
            Column("From", lambda row: row.valid_from, kind="day"),
            Column("State", lambda row: _state(row, today), kind="chip"),
        ),
        rows=rows,
        side=lambda row: address("remittances:rule_about", row.pk),
        foot=f"{len(rows)} shown",
    )


def _is_over(row: PostingRule, today: date) -> bool:
    """Whether it has ended, or was ended before its first day."""
    return row.ended_at is not None or (row.valid_to is not None and row.valid_to <= today)


def _state(row: PostingRule, today: date) -> Chip:
    if row.state == Standing.PROPOSED:
        return Chip("to be approved", "act")
    if not row.is_in_force:
        return Chip(row.state)
    if _is_over(row, today):
        return Chip("ended")
    if row.end_asked_at:
        return Chip("end to be approved", "act")
    if row.state == Standing.ALONE:
        return Chip("in force, to be looked at", "act")
    return Chip("in force", "good") if row.valid_from <= today else Chip("to come", "wait")


def change_table(changes: list[Change]) -> Table:
    """What the draft would change."""
    shown = changes[:MOST_CHANGES]
    return Table(
        caption="What the rule would have changed",
        columns=(
            Column("Trace", lambda one: one.trace_number, kind="strong"),
            Column("Claim", lambda one: one.control_number),
            Column("Adjustment", lambda one: one.code),
            Column("Today", lambda one: one.now, flexible=True),
            Column("With the rule", lambda one: one.then, flexible=True),
            Column("Amount", lambda one: one.amount, kind="money", total=True),
        ),
        rows=shown,
        key=lambda one: one.remittance_id,
        href=lambda one: address("remittances:remittance", one.remittance_id),
        foot=f"{len(shown)} of {len(changes)} shown",
    )
