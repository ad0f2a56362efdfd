"""EOBs that came on paper: begin a batch, add what it says, look at what posting would do, post at zero."""

from typing import Annotated, Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.keying import selectors, services
from cleanclaim.apps.billing.keying.entries import Keyed, read_entry
from cleanclaim.apps.billing.keying.models import Batch, Entry, Kind, Method, State
from cleanclaim.apps.billing.keying.models import OtherPayment as OtherRow
from cleanclaim.apps.billing.keying.services.posting import require_zero
from cleanclaim.apps.billing.remittances.models import RequestState
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.simulation import Simulation, simulation_of
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
    Text2,
    Text20,
    Text40,
    page_of,
)

router = Router(tags=["paper EOBs"])
AnyState = Annotated[State, Inline(State)]
AnyMethod = Annotated[Method, Inline(Method)]
WORDS_OR_NONE = rf"^$|{WORDS}"
AnyKind = Annotated[Kind, Inline(Kind)]
Text50 = Annotated[
    str, Field(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]*$")
]


class NewPaperEob(Request):
    """What stands on the check and its deposit slip."""

    payer_id: BodyId
    number: Text50
    amount: Money
    paid_on: Day
    method: AnyMethod = Method.CHECK
    deposited_on: Day | None = None
    deposit_reference: Text40 = ""
    # Why it is another payment than the one of its number, amount and day that is here; a second person has to agree.
    other_payment: Annotated[str, Field(max_length=200, pattern=WORDS_OR_NONE)] = ""


class KeyedAdjustment(Request):
    """One adjustment of a line or claim, as printed."""

    group: Text2
    reason: Annotated[str, Field(min_length=1, max_length=5, pattern=r"^[A-Z0-9]+$")]
    amount: Money


class NewEntry(Request):
    """One thing that the paper says; amounts as printed, `reversal` turns a claim's or line's round."""

    kind: AnyKind = Kind.LINE
    claim_id: BodyId | None = None
    line: Text20 = ""  # its number on the claim, or its code where the claim has it once
    reversal: bool = False
    paid: Money = ZERO
    allowed: Money | None = None
    code: Text20 = ""
    adjustments: Annotated[list[KeyedAdjustment], Field(max_length=30)] = []
    reason: Text20 = ""
    reference: Text40 = ""
    amount: Money = ZERO


class NewEntries(Request):
    """Entries for the end of the tape, in their order; all are kept, or none."""

    entries: Annotated[list[NewEntry], Field(min_length=1, max_length=500)]


class PaperEob(Answer):
    """A batch with what is on its tape; it posts when `left` is 0.00 and `unfinished` is 0."""

    id: int
    payer_name: str
    number: str
    amount: Money
    paid_on: Day
    method: AnyMethod
    deposited_on: Day | None
    deposit_reference: str
    state: AnyState
    keyed: Money
    left: Money
    remittance_id: int | None


class OtherPayment(Answer):
    """Why a batch is another payment than the one that is here (`words`), and what a second person said."""

    id: int
    words: str
    reason: str
    state: Annotated[RequestState, Inline(RequestState)]
    requested_by: int
    decided_by: int | None
    decision: str


class OtherPaymentReason(Request):
    """Why it is the same payment."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class EntryOut(Answer):
    """One entry of the tape; `unexplained` is what is left of its charge."""

    number: int
    kind: AnyKind
    claim_id: int | None
    patient_id: int | None
    reversal: bool
    tape: Money
    unexplained: Money

    patient_field: ClassVar[str] = "patient_id"


class PaperEobDetail(PaperEob):
    """A batch with its entries, and what was said where another one has its number, amount and day."""

    entries: list[EntryOut]
    other_payments: list[OtherPayment]


class PaperEobFilter(Paging):
    """Which batches; empty = all."""

    state: AnyState | None = None


@operation(router, "GET", "/paper-eobs", scope=Permission.REMITTANCES_READ, answer=Page[PaperEob])
def list_paper_eobs(request: HttpRequest, filters: Query[PaperEobFilter]) -> Page[PaperEob]:
    """Batches keyed from paper, newest first."""
    found = selectors.batches(selectors.Filters(state=filters.state or ""))
    return page_of(found, lambda row: PaperEob(**_fields(row)), filters, order=("-id",))


@operation(
    router,
    "POST",
    "/paper-eobs",
    scope=Permission.REMITTANCES_POST,
    answer=PaperEobDetail,
    status=201,
)
def begin_paper_eob(
    request: HttpRequest, body: NewPaperEob, idempotency_key: IdempotencyKey
) -> PaperEobDetail:
    """Begin a batch; a payment that is here already, keyed or as an 835, is refused and named."""
    header = services.Header(
        body.payer_id,
        body.number,
        body.amount,
        body.paid_on,
        body.method.value,
        body.deposited_on,
        body.deposit_reference,
    )
    made = services.open_batch(header, by=request.auth.user_id, other_payment=body.other_payment)
    return _detail(made.pk)


@operation(
    router,
    "GET",
    "/paper-eobs/{batch_id}",
    scope=Permission.REMITTANCES_READ,
    answer=PaperEobDetail,
)
def get_paper_eob(request: HttpRequest, batch_id: RowId) -> PaperEobDetail:
    """One batch with its tape."""
    return _detail(batch_id)


@operation(
    router,
    "POST",
    "/paper-eobs/{batch_id}/entries",
    scope=Permission.REMITTANCES_POST,
    answer=PaperEobDetail,
)
def add_paper_eob_entries(
    request: HttpRequest, batch_id: RowId, body: NewEntries, idempotency_key: IdempotencyKey
) -> PaperEobDetail:
    """Put entries at the end of the tape."""
    Batch.objects.get(pk=batch_id)
    keyed = [_keyed(one, place) for place, one in enumerate(body.entries)]
    services.add_entries(batch_id, keyed, by=request.auth.user_id)
    return _detail(batch_id)


@operation(
    router,
    "GET",
    "/paper-eobs/{batch_id}/simulation",
    scope=Permission.REMITTANCES_READ,
    answer=Simulation,
)
def simulate_paper_eob(request: HttpRequest, batch_id: RowId) -> Simulation:
    """What posting would do; a batch that is posted already has no remittance to come and answers 409."""
    require_zero(Batch.objects.get(pk=batch_id))
    plan = services.simulate_batch(batch_id, posted_on=timezone.localdate())
    return simulation_of(plan, remittance_id=0)


@operation(
    router,
    "POST",
    "/paper-eobs/{batch_id}/post",
    scope=Permission.REMITTANCES_POST,
    answer=PaperEobDetail,
)
def post_paper_eob(
    request: HttpRequest, batch_id: RowId, idempotency_key: IdempotencyKey
) -> PaperEobDetail:
    """Post it as a remittance; refused while the tape is not at 0.00."""
    services.post_batch(batch_id, posted_on=timezone.localdate(), by=request.auth.user_id)
    return _detail(batch_id)


@operation(
    router,
    "POST",
    "/other-payments/{other_payment_id}/approve",
    scope=Permission.FILES_RELEASE,
    answer=PaperEobDetail,
)
def approve_other_payment(
    request: HttpRequest, other_payment_id: RowId, idempotency_key: IdempotencyKey
) -> PaperEobDetail:
    """Agree, as the second person, that a batch is another payment; it may be posted at zero."""
    OtherRow.objects.only("pk").get(pk=other_payment_id)
    return _detail(services.approve_other(other_payment_id, by=acting_user(request)).pk)


@operation(
    router,
    "POST",
    "/other-payments/{other_payment_id}/refuse",
    scope=Permission.FILES_RELEASE,
    answer=PaperEobDetail,
)
def refuse_other_payment(
    request: HttpRequest,
    other_payment_id: RowId,
    idempotency_key: IdempotencyKey,
    body: OtherPaymentReason,
) -> PaperEobDetail:
    """Say that it is the same payment; the batch is never posted."""
    OtherRow.objects.only("pk").get(pk=other_payment_id)
    by = acting_user(request)
    return _detail(services.refuse_other(other_payment_id, by=by, words=body.reason).pk)


@operation(
    router,
    "POST",
    "/other-payments/{other_payment_id}/withdraw",
    scope=Permission.REMITTANCES_POST,
    answer=PaperEobDetail,
)
def withdraw_other_payment(
    request: HttpRequest, other_payment_id: RowId, idempotency_key: IdempotencyKey
) -> PaperEobDetail:
    """Take one's own word back."""
    OtherRow.objects.only("pk").get(pk=other_payment_id)
    return _detail(services.withdraw_other(other_payment_id, by=acting_user(request)).pk)


def _keyed(entry: NewEntry, place: int) -> Keyed:
    """The entry as keyed, its claim and line found; what is wrong is named with its place."""
    try:
        return read_entry(_raw(entry))
    except InputError as error:
        raise InputError(f"entries.{place}: {error.message}") from error


def _raw(entry: NewEntry) -> dict[str, Any]:
    if entry.claim_id is not None and not Claim.objects.filter(pk=entry.claim_id).exists():
        raise InputError(f"claim {entry.claim_id}: not found")
    is_line = entry.kind == Kind.LINE and entry.claim_id is not None
    return {
        "kind": entry.kind.value,
        "claim": entry.claim_id,
        "item": services.line_named(entry.claim_id or 0, entry.line).item_id if is_line else None,
        "reversal": entry.reversal,
        "paid": f"{entry.paid:.2f}",
        "allowed": None if entry.allowed is None else f"{entry.allowed:.2f}",
        "code": entry.code,
        "adjustments": [[one.group, one.reason, f"{one.amount:.2f}"] for one in entry.adjustments],
        "reason": entry.reason,
        "reference": entry.reference,
        "amount": f"{entry.amount:.2f}",
    }


def _detail(batch_id: int) -> PaperEobDetail:
    batch = selectors.batches(selectors.Filters()).get(pk=batch_id)
    entries = selectors.standing(batch_id)
    claim_ids = [one.claim_id for one in entries if one.claim_id]
    patients = dict(
        Claim.objects.filter(is_one_of("id", sorted(claim_ids))).values_list("id", "patient_id")
    )
    return PaperEobDetail(
        **_fields(batch),
        entries=[_entry(one, patients.get(one.claim_id)) for one in entries],
        other_payments=[
            OtherPayment(id=one.pk, **{name: getattr(one, name) for name in _OTHER_FIELDS})
            for one in batch.other_payments.order_by("id")
        ],
    )


_OTHER_FIELDS = ("words", "reason", "state", "requested_by", "decided_by", "decision")


def _entry(entry: Entry, patient_id: int | None) -> EntryOut:
    return EntryOut(
        number=entry.number,
        kind=Kind(entry.kind),
        claim_id=entry.claim_id,
        patient_id=patient_id,
        reversal=entry.is_reversal,
        tape=entry.amount,
        unexplained=entry.left,
    )


def _fields(row: Batch) -> dict[str, Any]:
    keyed = row.keyed or ZERO
    return {
        "id": row.pk,
        "payer_name": row.payer_name,
        "number": row.trace_number,
        "amount": row.amount,
        "paid_on": row.paid_on,
        "method": Method(row.method),
        "deposited_on": row.deposited_on,
        "deposit_reference": row.deposit_reference,
        "state": State(row.state),
        "keyed": keyed,
        "left": row.amount - keyed,
        "remittance_id": row.remittance_id,
    }
