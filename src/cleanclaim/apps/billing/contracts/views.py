"""Pages of contracts: the list, one contract with its terms, a kept document. They show no patient."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cleanclaim.apps.billing.contracts import selectors, tables
from cleanclaim.apps.billing.contracts.models import Contract, ContractDocument, Obligation
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.reference.selectors import editions as fee_editions
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission

PAYERS_SHOWN = 20


@requires(Permission.CONTRACTS_READ)
@require_safe
def contract_list(request: HttpRequest) -> HttpResponse:
    """Every contract, what is asked of us, and payers that no contract is with."""
    on = request.as_of.day
    rows = selectors.contracts()
    chains = selectors.editions_of(rows)
    held = {pk: one.terms.edition for pk, chain in chains.items() for one in chain if one.holds(on)}
    table = tables.contract_table(rows, on=on, editions=held)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(table, name="contracts")
    without = selectors.payers_without_contract()
    context = {
        "table": table,
        "duties": tables.obligation_table(selectors.open_obligations(), on=on, with_contract=True),
        "fees": tables.fee_table(list(fee_editions())),
        "without": without[:PAYERS_SHOWN],
        "more": max(0, len(without) - PAYERS_SHOWN),
        "may_change": request.can(Permission.CONTRACTS_CHANGE),
    }
    return render(request, "contracts/list.html", context)


@requires(Permission.CONTRACTS_READ)
@require_safe
def contract_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract: the terms of the day, its editions, obligations and documents."""
    row = get_object_or_404(Contract, pk=pk)
    on = request.as_of.day
    [chain] = selectors.editions_of([row]).values()
    edition = next((one for one in reversed(chain) if one.holds(on)), None)
    shown = edition or (chain[-1] if chain else None)
    context: dict[str, Any] = {}
    if shown:
        context = {
            "table": tables.term_table(shown.terms),
            "clauses": tables.clause_table(shown.terms),
        }
    if "xlsx" in request.GET and shown is not None:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(context["table"], name=f"contract-{row.code}")
    duties = Obligation.objects.filter(contract=row).select_related("contract")
    context |= {
        "contract": row,
        "chip": tables.contract_chip(row, on),
        "facts": tables.facts(row, edition, on),
        "note": tables.terms_note(shown.terms) if shown else "",
        "shown": shown,
        "steps": tables.edition_steps(chain),
        "duties": tables.obligation_table(
            list(duties.order_by("due_on", "id")), on=on, with_contract=False
        ),
        "open_duties": duties.filter(done_on=None).order_by("due_on", "id"),
        "documents": row.documents.defer("content").order_by("id"),
        "may_change": request.can(Permission.CONTRACTS_CHANGE),
        "on": on,
    }
    return render(request, "contracts/contract.html", context)


@requires(Permission.CONTRACTS_READ)
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The kept bytes of a document, as a download."""
    row = get_object_or_404(ContractDocument, pk=pk)
    answer = HttpResponse(bytes(row.content), content_type="application/octet-stream")
    safe = "".join(c for c in row.name if c.isalnum() or c in " ._-") or "document"
    answer["Content-Disposition"] = f'attachment; filename="{safe}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
