"""The page of balances that payers carry forward: each movement with what stands after it, tied to the account."""

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cleanclaim.apps.billing.remittances.takebacks import (
    Carried,
    forward_history,
    standing_balances,
)
from cleanclaim.apps.billing.remittances.words import provider_adjustment_words
from cleanclaim.apps.shared.ledger.selectors import account_balances
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.paging import Page, bounded_id
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import TAKEBACK_PAYABLE

MOVEMENTS_SHOWN = 200


@requires(Permission.REMITTANCES_READ)
@require_safe
def carried(request: HttpRequest) -> HttpResponse:
    """Every payer's and payee's balance with its history, and beside it what the account has."""
    history = forward_history()
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(history_table(history), name="carried-forward")
    first = bounded_id(request.GET.get("after") or "0")
    last = first + MOVEMENTS_SHOWN
    context = {
        "table": history_table(history, first, last),
        "page": Page([], str(last) if last < len(history) else "", is_first=first == 0),
        "facts": _facts(history, -account_balances().get(TAKEBACK_PAYABLE.code, ZERO)),
    }
    return render(request, "remittances/carried.html", context)


def history_table(history: Sequence[Carried], first: int = 0, end: int | None = None) -> Table:
    """The movements from the first to before the end; the last of each payer and payee has the balance that stands."""
    last = {
        (one.remittance.payer_trace_id, one.remittance.payee_key): place
        for place, one in enumerate(history)
    }

    def stands(item: tuple[int, Carried]) -> Chip | str:
        place, one = item
        if last[one.remittance.payer_trace_id, one.remittance.payee_key] != place:
            return ""
        if one.balance < 0:
            return Chip("taken back too much", "act")
        return Chip("stands", "wait") if one.balance else Chip("settled", "good")

    return Table(
        caption="Balances carried forward",
        columns=(
            Column("Payer", lambda item: item[1].remittance.payer_name, kind="strong"),
            Column("Payee", lambda item: item[1].remittance.payee_key, kind="id"),
            Column("Paid on", lambda item: item[1].remittance.paid_on, kind="day"),
            Column("Trace", lambda item: item[1].remittance.trace_number, kind="id"),
            Column("PLB", lambda item: f"{item[1].reason} {_verb(item[1])}", flexible=True),
            Column("Reference", lambda item: item[1].reference, kind="id"),
            Column("Amount as sent", lambda item: item[1].amount, kind="money"),
            Column("Balance after", lambda item: item[1].balance, kind="money"),
            Column("Now", stands, kind="chip"),
        ),
        rows=list(enumerate(history))[first:end],
        key=lambda item: item[0],
        href=lambda item: address("remittances:remittance", item[1].remittance.pk),
        foot=f"{len(history[first:end])} shown of {counted(len(history), 'movement')}",
    )


def _verb(one: Carried) -> str:
    if one.amount < 0:
        return "carried forward against us"
    words = "given back" if one.reason == "FB" else provider_adjustment_words(one.reason)
    return f"{words}, taken off the payment"


def _facts(history: Sequence[Carried], books: Decimal) -> list[Fact]:
    standing = standing_balances(history)
    carried_now = total(standing.values())
    rest = books - carried_now
    note = f"of it not carried forward: {show(rest)}" if rest else "all of it is carried forward"
    return [
        Fact(
            "Carried forward now",
            carried_now,
            note=counted(len(standing), "payer and payee", "payers and payees"),
        ),
        Fact(
            TAKEBACK_PAYABLE.name,
            books,
            note=note,
            href=reverse("ledger:account", args=[TAKEBACK_PAYABLE.code]),
        ),
    ]
