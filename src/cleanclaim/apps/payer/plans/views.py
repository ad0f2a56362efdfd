"""Pages of the plan's products, contracts, fee schedules and providers: plain words, no patient data."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cleanclaim.apps.payer.plans import questions, tables, words
from cleanclaim.apps.payer.plans.models import BenefitPlan, Contract
from cleanclaim.apps.payer.plans.selectors import contract_editions, plan_editions
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.reference.models import FeeRow
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission

EXPORT_ROWS = 10_000


def _export(request: HttpRequest, table: Table, name: str) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    return xlsx_response(table, name=name)


@requires(Permission.PLANS_READ)
@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Products and contracts with what holds on the day."""
    on = request.as_of.day
    plans, contracts = questions.plans_on(on), questions.contracts_on(on)
    found = {"plans": tables.plan_table(plans), "contracts": tables.contract_table(contracts)}
    if (wanted := request.GET.get("xlsx", "")) in found:
        return _export(request, found[wanted], wanted)
    context = {"plans": found["plans"], "contracts": found["contracts"], "on": on}
    return render(request, "plans/list.html", context)


@requires(Permission.PLANS_READ)
@require_safe
def plan_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One product: benefits, categories and rules of one edition."""
    row = get_object_or_404(BenefitPlan, pk=pk)
    editions = plan_editions().get(pk, [])
    edition = _chosen(request, editions) or questions.in_force(editions, request.as_of.day)
    context: dict[str, Any] = {"plan": row, "editions": editions, "edition": edition}
    if edition is not None:
        table = tables.category_table(edition.terms)
        if "xlsx" in request.GET:
            return _export(request, table, f"plan-{row.code}")
        context |= {
            "facts": tables.plan_facts(edition.terms),
            "services": words.service_steps(edition.terms),
            "benefits": words.benefit_steps(edition.terms),
            "rules": words.rule_steps(edition.terms),
        }
    return render(request, "plans/plan.html", context)


@requires(Permission.PLANS_READ)
@require_safe
def contract_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract: its price terms and the fee schedules that they name."""
    row = get_object_or_404(Contract, pk=pk)
    editions = contract_editions().get(pk, [])
    edition = _chosen(request, editions) or questions.in_force(editions, request.as_of.day)
    context: dict[str, Any] = {"contract": row, "editions": editions, "edition": edition}
    if edition is not None:
        table = tables.term_table(edition.terms.terms)
        if "xlsx" in request.GET:
            return _export(request, table, f"contract-{row.code}")
        spans = questions.fee_editions(edition.terms)
        context |= {
            "table": table,
            "note": words.contract_note(edition.terms),
            "fees": tables.edition_table(spans, contract_id=pk),
        }
    return render(request, "plans/contract.html", context)


@requires(Permission.PLANS_READ)
@require_safe
def fees(request: HttpRequest, pk: int, edition_id: int) -> HttpResponse:
    """The prices of one edition of a fee schedule that the contract names."""
    contract = get_object_or_404(Contract, pk=pk)
    spans = [
        span
        for edition in contract_editions().get(pk, [])
        for span in questions.fee_editions(edition.terms)
    ]
    edition = next((span.edition for span in spans if span.edition.pk == edition_id), None)
    if edition is None:
        raise Http404
    text = request.GET.get("q", "").replace("\0", "").strip().upper()[:5]
    rows = FeeRow.objects.filter(edition=edition, code__startswith=text)
    if "xlsx" in request.GET:
        table = tables.fee_table(list(rows.order_by("code", "modifier", "id")[:EXPORT_ROWS]))
        return _export(request, table, "fees")
    page = keyset_page(
        rows, order=("code", "modifier", "id"), cursor=request.GET.get("after", ""), size=100
    )
    context = {
        "contract": contract,
        "edition": edition,
        "table": tables.fee_table(page.rows),
        "page": page,
        "text": text,
    }
    return render(request, "plans/fees.html", context)


@requires(Permission.PLANS_READ)
@require_safe
def provider_list(request: HttpRequest) -> HttpResponse:
    """Providers whom the plan knows, by name."""
    text = request.GET.get("q", "").replace("\0", "")[:80]
    found = questions.providers(text)
    on = request.as_of.day
    if "xlsx" in request.GET:
        rows = list(found.order_by("name", "id")[:EXPORT_ROWS])
        return _export(request, tables.provider_table(rows, on=on), "providers")
    page = keyset_page(found, order=("name", "id"), cursor=request.GET.get("after", ""))
    table = tables.provider_table(page.rows, on=on)
    return render(request, "plans/providers.html", {"table": table, "page": page, "text": text})


def _chosen(request: HttpRequest, editions: list[Any]) -> Any:
    """The edition that the address names; 404 where the plan has none such."""
    if "edition" not in request.GET:
        return None
    wanted = bounded_id(request.GET["edition"])
    found = next((edition for edition in editions if edition.id == wanted), None)
    if found is None:
        raise Http404
    return found
