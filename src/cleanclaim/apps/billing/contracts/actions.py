"""What the contract pages do: add a contract or an edition, end it, keep duties, documents and fee schedules."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.apps.billing.contracts import services
from cleanclaim.apps.billing.contracts.loading import day, load_contract, read_yaml
from cleanclaim.apps.billing.contracts.models import Contract, Obligation
from cleanclaim.apps.billing.contracts.writing import as_yaml, new_yaml
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, StateError

METHODS = ["GET", "HEAD", "POST"]
FEE_FILE_LIMIT_BYTES = 20 * 2**20


@requires(Permission.CONTRACTS_CHANGE)
@require_http_methods(METHODS)
def add(request: HttpRequest) -> HttpResponse:
    """A new contract, from its terms as text."""
    return _form(request, new_yaml(timezone.localdate()), None)


@requires(Permission.CONTRACTS_CHANGE)
@require_http_methods(METHODS)
def add_edition(request: HttpRequest, pk: int) -> HttpResponse:
    """A new edition: the terms of the last one to be changed, under a name of its own."""
    row = get_object_or_404(Contract, pk=pk)
    return _form(request, as_yaml(row), row)


def _form(request: HttpRequest, given: str, row: Contract | None) -> HttpResponse:
    error = ""
    if request.method == "POST":
        given = request.POST.get("terms", "").replace("\0", "")
        try:
            [kept] = [
                load_contract(raw, on=timezone.localdate(), by=_person(request))
                for raw in _one(given, row)
            ]
        except (InputError, StateError) as refusal:
            error = f"{refusal.message}. {refusal.hint}".removesuffix(" ")
        else:
            messages.success(
                request,
                f"Edition {kept.edition} is on record. Lines that it prices are expected anew.",
            )
            return redirect("contracts:contract", kept.contract_id)
    context = {"given": given, "error": error, "contract": row}
    return render(request, "contracts/form.html", context, status=422 if error else 200)


def _one(given: str, row: Contract | None) -> list[dict[str, object]]:
    found = [dict(raw) for raw in read_yaml(given)]
    if len(found) != 1:
        raise InputError(f"contracts: {len(found)} of them, expected one")
    if row is not None and str(found[0].get("code")) != row.code:
        raise InputError(f"contract {found[0].get('code')}: expected an edition of {row.code}")
    return found


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The contract prices nothing from a day on."""
    get_object_or_404(Contract, pk=pk)
    services.end_contract(
        pk,
        on=day(request.POST.get("on"), "ends on"),
        reason=_text(request, "reason"),
        today=timezone.localdate(),
    )
    messages.success(
        request,
        "The contract ends. Services before that day keep their price; what was expected of later ones is worked out anew.",
    )
    return redirect("contracts:contract", pk)


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
def add_obligation(request: HttpRequest, pk: int) -> HttpResponse:
    """Something that the contract asks by a day."""
    get_object_or_404(Contract, pk=pk)
    duty = services.Duty(
        _text(request, "words"), day(request.POST.get("due_on"), "due on"), _text(request, "clause")
    )
    services.add_obligation(pk, duty, on=timezone.localdate())
    messages.success(request, "The obligation is kept and stands in the queue.")
    return redirect("contracts:contract", pk)


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
def finish_obligation(request: HttpRequest, pk: int) -> HttpResponse:
    """It is met."""
    row = get_object_or_404(Obligation, pk=pk)
    services.finish_obligation(pk, on=timezone.localdate(), by=_person(request))
    messages.success(request, "The obligation is met; its work is closed.")
    return redirect("contracts:contract", row.contract_id)


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
def keep_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the contract as signed."""
    get_object_or_404(Contract, pk=pk)
    given = request.FILES.get("file")
    if given is None or isinstance(given, list):
        raise InputError("document: no file was chosen", hint="Choose the file, then keep it.")
    services.keep_document(
        pk, name=given.name or "document", content=given.read(), by=_person(request)
    )
    messages.success(request, "The document is kept.")
    return redirect("contracts:contract", pk)


@requires(Permission.CONTRACTS_CHANGE)
@require_http_methods(METHODS)
def import_fees(request: HttpRequest) -> HttpResponse:
    """A fee schedule from a CSV file, all of it or nothing."""
    error = ""
    if request.method == "POST":
        try:
            edition = services.import_fees(
                _fee_text(request),
                name=_text(request, "name")[:60],
                release=_text(request, "release")[:60],
                valid_from=day(request.POST.get("valid_from"), "valid from"),
                on=timezone.localdate(),
            )
        except (InputError, StateError) as refusal:
            error = f"{refusal.message}. {refusal.hint}".removesuffix(" ")
        else:
            messages.success(request, f"{edition}: {edition.row_count:,} prices are loaded.")
            return redirect("contracts:list")
    context = {"error": error, "given": request.POST}
    return render(request, "contracts/fees.html", context, status=422 if error else 200)


def _fee_text(request: HttpRequest) -> str:
    given = request.FILES.get("file")
    if given is None or isinstance(given, list):
        raise InputError("fee schedule: no file was chosen")
    if (given.size or 0) > FEE_FILE_LIMIT_BYTES:
        raise InputError(f"fee schedule: {given.size} bytes, expected 20 MiB at most")
    try:
        return given.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"fee schedule: byte {error.start} is no UTF-8 text") from error


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()


def _person(request: HttpRequest) -> int:
    return cast(int, request.user.pk)
