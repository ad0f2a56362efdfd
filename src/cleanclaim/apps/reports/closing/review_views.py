"""Page of a month's items that stand out: look at each, say so, or have a reduction re-classified."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.adjustments.services import Move, Request, request_adjustment
from cleanclaim.apps.reports.closing import items_marks, items_review
from cleanclaim.apps.reports.closing.items_review import Finding, Question
from cleanclaim.apps.reports.closing.months import first_of
from cleanclaim.apps.reports.closing.views import SHOWN_AT_ONCE, export, person, posted
from cleanclaim.apps.shared.ledger.selectors import has_entries
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.apps.shared.users.access import one_snapshot, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, written_money
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import BY_CODE

SHOWN = 200  # findings of one test on the page, the largest; the export has all


@one_snapshot
@requires(Permission.ACCOUNTS_READ)
@require_safe
def items_page(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """What stands out among a month's entries; with `seen` also what somebody looked at."""
    first = first_of(year, month)
    is_asked = request.GET.keys() & {"now", "xlsx", "test", "entry", "seen"}
    if not is_asked and has_entries(more_than=SHOWN_AT_ONCE):
        return render(request, "closing/items_asking.html", {"first": first})
    found = items_review.review_month(first)
    only, seen = request.GET.get("test", "")[:12], "seen" in request.GET
    of_tests = [
        list(test.findings) if seen else test.left
        for test in found
        if not only or test.name == only
    ]
    rows = [one for some in of_tests for one in some]
    names = names_of(
        {one.posted_by for one in rows} | {one.review.by for one in rows if one.review}
    )
    if "xlsx" in request.GET:
        return export(request, _table(rows, found, names), name=f"items-{first:%Y-%m}")
    shown = [one for some in of_tests for one in some[:SHOWN]]
    entry_id, leg_id = (bounded_id(request.GET.get(name) or "0") for name in ("entry", "leg"))
    asked = (entry_id, leg_id, request.GET.get("of", ""))
    chosen = next((one for one in rows if one.row == asked), None) or next(iter(rows), None)
    context = {
        "first": first,
        "table": replace(_table(shown, found, names), start=_key(chosen) if chosen else None),
        "hidden": len(rows) - len(shown),
        "facts": [_fact(test) for test in found],
        "seen": seen,
        "only": only,
        "chosen": chosen,
        "belongs_to": BY_CODE[chosen.belongs_to].name if chosen and chosen.belongs_to else "",
        "reviewed_by": names.get(chosen.review.by or 0, "the system")
        if chosen and chosen.review
        else "",
        "may_mark": request.can(Permission.WORK_READ),
        "may_adjust": request.can(Permission.ACCOUNTS_ADJUST),
    }
    return render(request, "closing/items.html", context)


def _fact(test: Question) -> Fact:
    left = len(test.left)
    more = ", more than are shown" if test.is_cut else ""
    return Fact(
        test.question,
        left,
        note=f"of {len(test.findings):,} found{more}",
        tone="act" if left or test.is_cut else "good",
        href=f"?test={test.name}",
    )


def _table(rows: list[Finding], found: list[Question], names: dict[int, str]) -> Table:
    questions = {one.name: one.question for one in found}

    def chip(one: Finding) -> Chip:
        return Chip("Looked at", "good") if one.review else Chip("To look at", "act")

    return Table(
        caption="What stands out",
        columns=(
            Column("Entry", lambda one: one.entry_id, kind="strong"),
            Column("Item", lambda one: one.item_id or "", kind="soft"),
            Column("Why", lambda one: one.words, wraps=True, flexible=True),
            Column("Amount", lambda one: one.amount, kind="money"),
            Column("Posted by", lambda one: names.get(one.posted_by or 0, "the system"), kind="soft"),
            Column("State", chip, kind="chip"),
            Column("Said", lambda one: one.review.words if one.review else "", kind="soft", wraps=True),
            Column("Looked at by", lambda one: names.get(one.review.by or 0, "the system") if one.review else "", kind="soft", minor=True),
            Column("Test", lambda one: questions[one.test], kind="soft", minor=True),
        ),
        rows=rows,
        key=_key,
        href=_link,
        foot=counted(len(rows), "finding"),
    )  # fmt: skip


def _key(one: Finding) -> str:
    return f"{one.test}-{one.entry_id}-{one.leg_id}"


def _link(one: Finding) -> str:
    leg = f"&leg={one.leg_id}" if one.leg_id else ""
    seen = "&seen=1" if one.review else ""
    return f"?test={one.test}&entry={one.entry_id}{leg}&of={one.test}{seen}"


@requires(Permission.WORK_READ)
@require_POST
def mark_item(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Say that somebody looked at a finding, or take that back."""
    entry_id, leg_id = _row(request)
    test, is_reviewed = posted(request, "test"), not posted(request, "back")
    items_marks.mark(
        entry_id, test, leg_id=leg_id, is_reviewed=is_reviewed, words=posted(request, "words"),
        by=person(request),
    )  # fmt: skip
    state = "looked at" if is_reviewed else "to be looked at again"
    messages.success(request, f"{items_marks.row_words(entry_id, leg_id).capitalize()}: {state}.")
    return redirect(f"{address('closing:items', year, month)}?test={test}")


@requires(Permission.ACCOUNTS_ADJUST)
@require_POST
def reclass_item(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Ask for a reduction to be moved to the account that it belongs to; a second person approves."""
    entry_id, leg_id = _row(request)
    amount = written_money(posted(request, "amount"))
    if amount is None:
        raise InputError("amount: expected dollars and cents")
    [placed] = items_review.review_month(first_of(year, month), only=("placed",))
    found = [one for one in placed.findings if (one.entry_id, one.leg_id) == (entry_id, leg_id)]
    if not found or not found[0].belongs_to:
        raise InputError(
            f"{items_marks.row_words(entry_id, leg_id)}: not on another account than it belongs to now",
            hint="Reload the page; it may have been re-classified meanwhile.",
        )
    if not ZERO < amount <= found[0].amount:
        raise InputError(
            f"amount {amount}: expected up to {found[0].amount}, what of this leg is on the wrong account",
            hint="What was asked for already is counted out.",
        )
    move = Move(found[0].item_id, found[0].account, amount)
    asked = Request(
        items_review.reason_for(found[0].belongs_to), (move,), posted(request, "words"),
        evidence={"entry": entry_id, "leg": leg_id},
    )  # fmt: skip
    row = request_adjustment(asked, on=timezone.localdate(), by=person(request))
    messages.success(request, f"Adjustment {row.pk}: asked. A second person approves it under Adjustments.")  # fmt: skip
    return redirect(f"{address('closing:items', year, month)}?test=placed")


def _row(request: HttpRequest) -> tuple[int, int]:
    """Entry and leg (0 = the whole entry) of the row that a form is about."""
    return bounded_id(posted(request, "entry")), bounded_id(posted(request, "leg") or "0")
