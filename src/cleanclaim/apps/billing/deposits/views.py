"""Pages of deposits: bank lines beside what they may pay, one line, cash that waits."""

from decimal import Decimal
from typing import Any, cast

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cleanclaim.apps.billing.deposits import entity_cash, selectors, tables
from cleanclaim.apps.billing.deposits.cash import waiting_cash
from cleanclaim.apps.billing.deposits.debit_pages import debit_context
from cleanclaim.apps.billing.deposits.models import BankLine, Deposit, LineState
from cleanclaim.apps.billing.deposits.selectors import MONEY_IN
from cleanclaim.apps.billing.deposits.services.placing import KEPT_BACK
from cleanclaim.apps.shared.ledger.selectors import entry_view
from cleanclaim.apps.shared.pages.days import asked_day
from cleanclaim.apps.shared.pages.figures import full_day
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Fact, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.models import Membership
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of as names_of_users
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import BY_CODE, CARD_FEES

EXPORT_ROWS = 50_000
AWAITED_SHOWN = 100
ALL = "all"
STATES = (*LineState.choices, (ALL, "All"))


@requires(Permission.REMITTANCES_READ)
@require_safe
def deposit_list(request: HttpRequest) -> HttpResponse:
    """Bank lines that need a person (or those filtered), with the line under the cursor at the side."""
    state = request.GET.get("state", LineState.OPEN)
    if state not in dict(STATES):
        raise InputError(f"state {state[:20]!r}: expected one of {', '.join(dict(STATES))}")
    filters = selectors.Filters(
        state="" if state == ALL else state,
        booked_from=asked_day(request, "from", None),
        booked_to=asked_day(request, "to", None),
        text=request.GET.get("q", "").replace("\0", "")[:80],
    )
    found = selectors.bank_lines(filters)
    if "xlsx" in request.GET:
        rows = list(found.order_by("booked_on", "id")[:EXPORT_ROWS])
        return export(request, tables.line_table(rows, is_export=True), name="bank-lines")
    page = keyset_page(
        found, order=("booked_on", "id"), cursor=request.GET.get("after", ""), size=50
    )
    awaited = list(selectors.awaited_remittances().order_by("paid_on", "id")[:AWAITED_SHOWN])
    context = {
        "table": tables.line_table(page.rows, foot=f"{len(page.rows)} shown of {found.count():,}"),
        "page": page,
        "filters": filters,
        "states": STATES,
        "state": state,
        "facts": _facts(),
        "awaited": tables.awaited_table(awaited, foot=counted(len(awaited), "remittance")),
        "is_filtered": state != LineState.OPEN or filters.text or filters.booked_from,
        "may_post": request.can(Permission.REMITTANCES_POST),
        "done": Deposit.objects.filter(
            pk=bounded_id(request.GET.get("done", "0")), undone_on=None
        ).first(),
        "settled": BankLine.objects.filter(
            pk=bounded_id(request.GET.get("settled", "0")), state=LineState.SETTLED
        ).first(),
    }
    return render(request, "deposits/list.html", context)


def _facts() -> list[Fact]:
    lines = selectors.waiting_lines().aggregate(n=Count("id"), sum=Sum("left"))
    out = selectors.open_debits().aggregate(n=Count("id"), sum=Sum("left"))
    awaited = selectors.awaited_remittances().aggregate(n=Count("id"), sum=Sum("paid"))
    return [
        Fact("Not placed", lines["sum"] or ZERO, note=counted(lines["n"], "bank line")),
        Fact("Awaited", awaited["sum"] or ZERO, note=counted(awaited["n"], "remittance")),
        Fact("Money out, open", out["sum"] or ZERO, note=counted(out["n"], "bank line")),
    ]


@requires(Permission.REMITTANCES_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane for one line: what it may pay, why, and the keys that place it."""
    row = get_object_or_404(BankLine, pk=pk)
    return render(request, "deposits/_about.html", _line_context(request, row))


@requires(Permission.REMITTANCES_READ)
@require_safe
def line_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: what the bank said, every placement with who and when, and the entries."""
    row = get_object_or_404(BankLine, pk=pk)
    context = _line_context(request, row)
    ids = [row.entry_id, *(one.entry_id for one in context["deposits"])]
    ids += [one.reversal_id for one in context["deposits"]]
    ids += [one.entry_id for one, _ in context["explanations"]]
    ids = list(dict.fromkeys([*ids, *(one.reversal_id for one, _ in context["explanations"])]))
    entries = [view for view in (entry_view(one) for one in ids if one) if view]
    facts = [
        Fact("Amount", row.amount, note=f"booked {full_day(row.booked_on)}"),
        Fact("Left", row.left, note=_left_words(row)),
        Fact("Account", row.account or "-", note=row.statement.bank_file.name),
        Fact("Trace", row.trace_number or "none", note=", ".join(row.references)),
    ]
    return render(request, "deposits/line.html", {**context, "entries": entries, "facts": facts})


def _left_words(row: BankLine) -> str:
    if row.kind == MONEY_IN:
        return "not placed" if row.left else "all of it is placed"
    return "not explained" if row.left else "explained"


def _line_context(request: HttpRequest, row: BankLine) -> dict[str, Any]:
    is_waiting = row.kind == MONEY_IN and row.state == LineState.OPEN
    match = selectors.match_of(row) if is_waiting else None
    keys = [match.keys] if match and match.keys else []
    candidates = [] if match is None else [one.keys for one in match.candidates]
    rows = selectors.remittances_by_id([key for some in keys + candidates for key in some])
    deposits = selectors.deposits_of(row)
    names = names_of([one.by for one in deposits] + [one.undone_by for one in deposits])
    choices: list[dict[str, Any]] = [
        {"score": score, "reasons": reasons, "rows": [rows[key] for key in some if key in rows]}
        for score, reasons, some in _choices(match)
    ]
    choices += _batch_choices(row, request.access.money_limit) if is_waiting else []
    choices.sort(key=lambda one: -one["score"])
    return {
        "row": row,
        "chip": tables.state_chip(row),
        "is_waiting": is_waiting,
        "choices": choices,
        "reasons": match.reasons if match else (),
        "awaited": _nearest(row) if is_waiting else [],
        "batches": list(selectors.awaited_batches()[:AWAITED_SHOWN]) if is_waiting else [],
        "kept_back": [(code, BY_CODE[code].name) for code in KEPT_BACK],
        "deposits": deposits,
        "names": names,
        "may_post": request.can(Permission.REMITTANCES_POST),
        **debit_context(request, row),
    }


def _choices(match: Any) -> list[tuple[int, tuple[str, ...], tuple[int, ...]]]:
    """The remittances that the line names, then its candidates, best first."""
    if match is None:
        return []
    named = [(100, match.reasons, match.keys)] if match.keys else []
    return named + [(one.score, one.reasons, one.keys) for one in match.candidates]


def _batch_choices(row: BankLine, limit: Decimal) -> list[dict[str, Any]]:
    """Batches that the line may be; what a card batch is more than the line, its processor kept back: of the limit at most."""
    found = selectors.batch_candidates(row)
    batches = {one.pk: one for one in selectors.awaited_batches()} if found else {}
    return [
        {
            "score": one.score,
            "reasons": one.reasons,
            "rows": [],
            "batches": [batches[key] for key in one.keys],
            "kept_back": CARD_FEES.code if one.short else "",
            "above_limit": one.short if one.short > limit else None,
        }
        for one in found
    ]


def _nearest(row: BankLine) -> list[Any]:
    """Awaited remittances, those no larger than the line first, newest first."""
    found = list(selectors.awaited_remittances().order_by("-paid_on", "-id")[:AWAITED_SHOWN])
    return sorted(
        found, key=lambda one: (one.paid > row.left, abs((one.awaited_on - row.booked_on).days))
    )


@requires(Permission.REMITTANCES_READ)
@require_safe
def cash_page(request: HttpRequest) -> HttpResponse:
    """Unidentified and unapplied cash at the end of the header's day: owner, age, tied to the accounts."""
    on = request.as_of.day
    books = entity_cash.books_by_entity(on=on)
    asked = request.GET.get("entity", entity_cash.ALL)
    entity = entity_cash.entity_of(asked)
    if entity is not None and entity not in books:
        raise InputError(f"entity {asked[:40]!r}: the books have none of this name")
    rows = [row for row in waiting_cash(on=on) if entity in (None, row.key.entity)]
    table = tables.cash_table(rows)
    by_entity = tables.entity_table(
        entity_cash.cash_lines(books, entity=entity), own=request.organization.name
    )
    if "xlsx" in request.GET:
        is_books = request.GET["xlsx"] == "entities"
        name = "cash-by-entity" if is_books else "waiting-cash"
        return export(request, by_entity if is_books else table, name=f"{name}-{on}")
    people = Membership.objects.filter(organization_id=request.organization.pk, is_active=True)
    context = {
        "table": table,
        "facts": tables.cash_facts(rows, entity_cash.balances_of(books, entity=entity)),
        "by_entity": by_entity,
        "entities": [
            (entity_cash.OWN, request.organization.name),
            *((one, one) for one in books if one),
        ],
        "asked": asked,
        "on": on,
        "people": people.select_related("user").order_by("user__name"),
        "may_post": request.can(Permission.REMITTANCES_POST),
    }
    return render(request, "deposits/cash.html", context)


def names_of(ids: list[int | None]) -> dict[int | None, str]:
    """Names of people; nobody is the system."""
    names: dict[int | None, str] = {None: "the system"}
    return names | names_of_users(ids)


def export(request: HttpRequest, table: Table, *, name: str) -> HttpResponse:
    """The table as a spreadsheet, for those who may."""
    check_permission(request, Permission.EXPORT)
    return xlsx_response(table, name=name)


def person(request: HttpRequest) -> int:
    """The signed-in person's id; the middleware lets nobody else in."""
    return cast(int, request.user.pk)
