"""Money of patients: take it, put it on what they owe, take it back when it comes back; a wrong return is undone."""

import hashlib
from decimal import Decimal
from typing import Annotated, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router

from cleanclaim.apps.billing.patients.models import Patient as PatientRow
from cleanclaim.apps.billing.receipts import services
from cleanclaim.apps.billing.receipts.models import Kind, Method, ReturnKind, State
from cleanclaim.apps.billing.receipts.models import Receipt as ReceiptRow
from cleanclaim.apps.billing.receipts.selectors import Owed as OwedItem
from cleanclaim.apps.billing.receipts.selectors import owed_by, unapplied_of
from cleanclaim.apps.shared.users.access import money_limit_of
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    BodyId,
    Day,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text40,
    Text200,
    page_of,
)

router = Router(tags=["receipts"])
AnyKind = Annotated[Kind, Inline(Kind)]
AnyMethod = Annotated[Method, Inline(Method)]
AnyState = Annotated[State, Inline(State)]
AnyReturn = Annotated[ReturnKind, Inline(ReturnKind)]
_FIELDS = (
    "patient_id", "claim_id", "kind", "method", "amount", "reference", "received_on", "received_by", "note", "state",
    "entry_id", "return_kind", "fee", "end_entry_id", "ended_on", "ended_by", "reason",
)  # fmt: skip


class PatientReceipt(Answer):
    """One sum of a patient's money; `unapplied` is theirs until something is owed."""

    id: int
    patient_id: int
    claim_id: int
    kind: AnyKind
    method: AnyMethod
    amount: Money
    unapplied: Money
    reference: str
    received_on: Day
    received_by: int | None
    note: str
    state: AnyState
    entry_id: int
    return_kind: str
    fee: Money
    end_entry_id: int
    ended_on: Day | None
    ended_by: int | None
    reason: str

    patient_field: ClassVar[str] = "patient_id"


class PatientDebt(Answer):
    """One item that the patient owes on."""

    item_id: int
    patient_id: int
    claim_id: int
    line_number: int
    service_on: Day
    procedure: str
    amount: Money

    patient_field: ClassVar[str] = "patient_id"


class PatientDebts(Answer):
    """All of them, oldest service first."""

    items: list[PatientDebt]


class ReceiptFilter(Paging):
    """Which receipts; empty = all."""

    state: AnyState | None = None
    patient_id: RowId | None = None


class ReceiptPart(Request):
    """Dollars on one item."""

    item_id: BodyId
    amount: Money


Parts = Annotated[list[ReceiptPart], Field(min_length=1, max_length=200)]


class NewReceipt(Request):
    """Money as it came. A payment goes on `parts`, else on the oldest service first; the rest is a prepayment."""

    patient_id: BodyId
    amount: Money
    kind: AnyKind
    method: AnyMethod
    reference: Text40 = ""
    claim_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    parts: Parts | None = None
    note: Text200 = ""


class ApplyReceipt(Request):
    """Where it goes; by itself on its own claim, then on the oldest service, where nothing is said."""

    parts: Parts | None = None


class ReturnReceipt(Request):
    """Why it came back; `fee` is what the bank charges, `was_deposited` that the bank had the money."""

    kind: AnyReturn
    fee: Money = Decimal("0.00")
    was_deposited: bool = True
    reason: Text200 = ""


class VoidReceipt(Request):
    """Why it was a slip of the pen, or wrong."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


@operation(
    router,
    "GET",
    "/patients/{patient_id}/debts",
    scope=Permission.PATIENTS_READ,
    answer=PatientDebts,
)
def get_patient_debts(request: HttpRequest, patient_id: RowId) -> PatientDebts:
    """What the patient owes, item by item, oldest service first."""
    PatientRow.objects.only("pk").get(pk=patient_id)
    return PatientDebts(items=[_debt(patient_id, one) for one in owed_by(patient_id)])


@operation(router, "GET", "/receipts", scope=Permission.PATIENTS_READ, answer=Page[PatientReceipt])
def list_receipts(request: HttpRequest, filters: Query[ReceiptFilter]) -> Page[PatientReceipt]:
    """Receipts, newest first."""
    found = ReceiptRow.objects.all()
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.patient_id:
        found = found.filter(patient_id=filters.patient_id)
    return page_of(found, _receipt, filters, order=("-id",))


@operation(
    router,
    "POST",
    "/receipts",
    scope=Permission.REMITTANCES_POST,
    answer=PatientReceipt,
    status=201,
)
def take_receipt(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewReceipt
) -> PatientReceipt:
    """Take money of a patient. The same check or authorization of a patient is taken once."""
    row = services.take(
        body.patient_id,
        amount=body.amount,
        kind=body.kind,
        method=body.method,
        reference=body.reference,
        claim_id=body.claim_id,
        parts=_parts(body.parts),
        note=body.note,
        on=timezone.localdate(),
        by=request.auth.user_id,
        key=_key(request.auth.token_id, idempotency_key),
    )
    return _receipt(row)


@operation(
    router, "GET", "/receipts/{receipt_id}", scope=Permission.PATIENTS_READ, answer=PatientReceipt
)
def get_receipt(request: HttpRequest, receipt_id: RowId) -> PatientReceipt:
    """One receipt as it stands."""
    return _receipt(ReceiptRow.objects.get(pk=receipt_id))


@operation(
    router,
    "POST",
    "/receipts/{receipt_id}/apply",
    scope=Permission.REMITTANCES_POST,
    answer=PatientReceipt,
)
def apply_receipt(
    request: HttpRequest, receipt_id: RowId, idempotency_key: IdempotencyKey, body: ApplyReceipt
) -> PatientReceipt:
    """Put what is unapplied on what the patient owes; nothing owed changes nothing."""
    ReceiptRow.objects.only("pk").get(pk=receipt_id)
    services.apply(
        receipt_id, on=timezone.localdate(), by=request.auth.user_id, parts=_parts(body.parts)
    )
    return _receipt(ReceiptRow.objects.get(pk=receipt_id))


@operation(
    router,
    "POST",
    "/receipts/{receipt_id}/return",
    scope=Permission.REMITTANCES_POST,
    answer=PatientReceipt,
)
def return_receipt(
    request: HttpRequest, receipt_id: RowId, idempotency_key: IdempotencyKey, body: ReturnReceipt
) -> PatientReceipt:
    """It came back: a check `nsf` or `stopped`, a card's money `chargeback`, a transfer `ach`, cash not at all.

    What it paid is owed again, as old as before; what lay on hand is gone.
    A fee needs a person's token, and counts against their limit.
    """
    ReceiptRow.objects.only("pk").get(pk=receipt_id)
    row = services.return_receipt(
        receipt_id,
        kind=body.kind,
        fee=body.fee,
        was_deposited=body.was_deposited,
        reason=body.reason,
        on=timezone.localdate(),
        by=request.auth.user_id,
        limit=_limit(request) if body.fee else None,
    )
    return _receipt(row)


@operation(
    router,
    "POST",
    "/receipts/{receipt_id}/return/undo",
    scope=Permission.REMITTANCES_POST,
    answer=PatientReceipt,
)
def undo_receipt_return(
    request: HttpRequest, receipt_id: RowId, idempotency_key: IdempotencyKey, body: VoidReceipt
) -> PatientReceipt:
    """It had not come back: the receipt pays what it paid, and the bank's line of its return is open again.

    Where the return had a fee it needs a person's token, and the fee counts against their limit.
    """
    has_fee = bool(ReceiptRow.objects.only("fee").get(pk=receipt_id).fee)
    row = services.undo_return(
        receipt_id,
        reason=body.reason,
        on=timezone.localdate(),
        by=request.auth.user_id,
        limit=_limit(request) if has_fee else None,
    )
    return _receipt(row)


@operation(
    router,
    "POST",
    "/receipts/{receipt_id}/void",
    scope=Permission.REMITTANCES_POST,
    answer=PatientReceipt,
)
def void_receipt(
    request: HttpRequest, receipt_id: RowId, idempotency_key: IdempotencyKey, body: VoidReceipt
) -> PatientReceipt:
    """Take a slip of the pen back; not what lies in a batch for the bank."""
    ReceiptRow.objects.only("pk").get(pk=receipt_id)
    row = services.void(
        receipt_id, reason=body.reason, on=timezone.localdate(), by=request.auth.user_id
    )
    return _receipt(row)


def _limit(request: HttpRequest) -> Decimal:
    """What the person behind the token may move alone."""
    by = acting_user(request)
    return money_limit_of(by, organization_id=request.auth.organization_id)


def _parts(given: list[ReceiptPart] | None) -> list[services.Part] | None:
    return None if given is None else [services.Part(one.item_id, one.amount) for one in given]


def _key(token_id: int, idempotency_key: str) -> str:
    """One key for each token's key: whole, though a receipt has room for less than a caller may give."""
    return f"api:{hashlib.sha256(f'{token_id}:{idempotency_key}'.encode()).hexdigest()}"


def _receipt(row: ReceiptRow) -> PatientReceipt:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return PatientReceipt(id=row.pk, unapplied=unapplied_of([row])[row.pk], **fields)


def _debt(patient_id: int, one: OwedItem) -> PatientDebt:
    names = ("item_id", "claim_id", "line_number", "service_on", "procedure", "amount")
    return PatientDebt(patient_id=patient_id, **{name: getattr(one, name) for name in names})
