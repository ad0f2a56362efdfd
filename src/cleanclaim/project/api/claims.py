"""Claims: find, enter, correct, void, send."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.billing.charges.models import Charge
from cleanclaim.apps.billing.claims import services
from cleanclaim.apps.billing.claims.models import Claim as ClaimRow
from cleanclaim.apps.billing.claims.models import ClaimEvent, ClaimFinding, Submission
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.exchange.models import Partner
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.claim_body import ClaimBody, to_claim
from cleanclaim.project.api.operation import IdempotencyKey, operation
from cleanclaim.project.api.types import (
    PLAIN,
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
    Text80,
    page_of,
)

router = Router(tags=["claims"])
AnyState = Annotated[State, Inline(State)]
Reason = Annotated[str, Field(min_length=3, max_length=200, pattern=WORDS)]
_MONEY = (
    "billed", "charge", "paid", "prior_paid", "contractual", "other", "patient_owes",
    "patient_paid", "denied", "open_amount",
)  # fmt: skip
_PLAIN_FIELDS = (
    "patient_id", "patient_name", "payer_name", "payer_order", "member_id", "control_number",
    "payer_control_number", "state", "purpose", "frequency_code", "version", "billing_npi",
    "service_from", "service_to", "received_on", "submitted_on",
)  # fmt: skip


class Claim(Answer):
    """A claim to one payer. charge = paid + prior_paid + contractual + other + patient_owes + patient_paid
    + open_amount; `denied` is part of `open_amount`."""

    id: int
    patient_id: int
    patient_name: str
    payer_name: str
    payer_order: str
    member_id: str
    control_number: str
    payer_control_number: str
    state: AnyState
    purpose: str
    frequency_code: str
    version: int
    billing_npi: str
    service_from: Day | None
    service_to: Day | None
    received_on: Day
    submitted_on: Day | None
    billed: Money
    charge: Money
    paid: Money
    prior_paid: Money
    contractual: Money
    other: Money
    patient_owes: Money
    patient_paid: Money
    denied: Money
    open_amount: Money

    patient_field: ClassVar[str] = "patient_id"


class ClaimLine(Answer):
    """A line as it stands on the claim now; `item_id` is its open item in the ledger.

    Of a drug: its prescription without leading zeros, which fill it is (0 = the first, null = not told), its NDC.
    """

    number: int
    item_id: int
    procedure: str
    modifiers: str
    charge: Money
    quantity: str
    unit: str
    service_from: Day | None
    service_to: Day | None
    prescription_number: str
    fill_number: int | None
    ndc: str


class Finding(Answer):
    """What an edit has to say; `hold` keeps the claim from being sent."""

    id: int
    code: str
    severity: str
    place: str
    message: str
    hint: str
    source: str


class Event(Answer):
    """One step of the claim's story."""

    at: datetime
    on: Day
    kind: str
    words: str
    file_id: int
    entry_id: int
    by: int | None


class ClaimDetail(Claim):
    """A claim with its lines, open findings and timeline (oldest first)."""

    lines: list[ClaimLine]
    findings: list[Finding]
    events: list[Event]


class NewClaim(ClaimBody):
    """A claim to be entered for a patient."""

    patient_id: BodyId


class Void(Request):
    """Why the claim is taken back."""

    reason: Reason


class Submit(Request):
    """Which claims go to whom: `partner` is the receiving partner's slug; without ids, all that are ready."""

    partner: Annotated[str, Field(min_length=1, max_length=60, pattern=PLAIN)]
    claim_ids: Annotated[list[BodyId], Field(max_length=5000)] | None = None


class SentFile(Answer):
    """One 837 file that was queued for the partner."""

    file_id: int
    batch_reference: str
    claims: int
    charge: Money


class Submitted(Answer):
    """What was sent; claims that were not ready stayed where they are."""

    files: list[SentFile]


class ClaimFilter(Paging):
    """Which claims; empty = all."""

    state: AnyState | None = None
    patient_id: RowId | None = None
    control_number: Text80 = ""
    payer_control_number: Text80 = ""


@operation(router, "GET", "/claims", scope=Permission.CLAIMS_READ, answer=Page[Claim])
def list_claims(request: HttpRequest, filters: Query[ClaimFilter]) -> Page[Claim]:
    """Claims, newest first."""
    wanted = filters.dict(include={"state", "patient_id", "control_number", "payer_control_number"})
    found = ClaimRow.objects.filter(**{name: value for name, value in wanted.items() if value})
    return page_of(found, lambda row: Claim(**_fields(row)), filters, order=("-id",))


@operation(
    router, "POST", "/claims", scope=Permission.CHARGES_ENTER, answer=ClaimDetail, status=201
)
def enter_claim(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewClaim
) -> ClaimDetail:
    """Enter a claim: its charges are booked, its edits run; they may hold it."""
    Patient.objects.get(pk=body.patient_id)
    changed = services.enter_claim(
        to_claim(body, patient_id=body.patient_id),
        entered_on=timezone.localdate(),
        by=request.auth.user_id,
        patient_id=body.patient_id,
    )
    return _detail(changed.claim_id)


@operation(router, "POST", "/claims/submit", scope=Permission.CLAIMS_SUBMIT, answer=Submitted)
def submit_claims(request: HttpRequest, idempotency_key: IdempotencyKey, body: Submit) -> Submitted:
    """Send claims that are ready, as 837P files."""
    files = services.submit_ready_claims(
        partner=Partner.objects.get(slug=body.partner),
        submit_on=timezone.localdate(),
        claim_ids=body.claim_ids,
        by=request.auth.user_id,
    )
    sent = Submission.objects.filter(file_id__in=[file.pk for file in files]).order_by("id")
    return Submitted(
        files=[
            SentFile(
                file_id=row.file_id,
                batch_reference=row.batch_reference,
                claims=row.claim_count,
                charge=row.charge,
            )
            for row in sent
        ]
    )


@operation(router, "GET", "/claims/{claim_id}", scope=Permission.CLAIMS_READ, answer=ClaimDetail)
def get_claim(request: HttpRequest, claim_id: RowId) -> ClaimDetail:
    """One claim with lines, findings and timeline."""
    return _detail(claim_id)


@operation(
    router,
    "POST",
    "/claims/{claim_id}/change",
    scope=Permission.CLAIMS_CHANGE,
    answer=ClaimDetail,
)
def change_claim(
    request: HttpRequest, claim_id: RowId, idempotency_key: IdempotencyKey, body: ClaimBody
) -> ClaimDetail:
    """Change a claim that the payer does not have; a new version, its charges booked anew."""
    row = ClaimRow.objects.get(pk=claim_id)
    claim = to_claim(_with_number(body, row), patient_id=row.patient_id)
    services.change_claim(claim_id, claim, on=timezone.localdate(), by=request.auth.user_id)
    return _detail(claim_id)


@operation(
    router,
    "POST",
    "/claims/{claim_id}/correct",
    scope=Permission.CLAIMS_CHANGE,
    answer=ClaimDetail,
)
def correct_claim(
    request: HttpRequest, claim_id: RowId, idempotency_key: IdempotencyKey, body: ClaimBody
) -> ClaimDetail:
    """Make a corrected claim (frequency 7) for one that the payer answered; it is ready to be sent."""
    row = ClaimRow.objects.get(pk=claim_id)
    claim = to_claim(_with_number(body, row), patient_id=row.patient_id)
    services.correct_claim(claim_id, claim, on=timezone.localdate(), by=request.auth.user_id)
    return _detail(claim_id)


@operation(
    router, "POST", "/claims/{claim_id}/void", scope=Permission.CLAIMS_CHANGE, answer=ClaimDetail
)
def void_claim(
    request: HttpRequest, claim_id: RowId, idempotency_key: IdempotencyKey, body: Void
) -> ClaimDetail:
    """Take a claim back; one that the payer has goes out again as a void (frequency 8)."""
    services.void_claim(
        claim_id, reason=body.reason, on=timezone.localdate(), by=request.auth.user_id
    )
    return _detail(claim_id)


def _with_number(body: ClaimBody, row: ClaimRow) -> ClaimBody:
    """The body under the claim's own number, by which the payer's answers find it."""
    return body.model_copy(update={"control_number": row.control_number})


def _detail(claim_id: int) -> ClaimDetail:
    row = ClaimRow.objects.get(pk=claim_id)
    charges = Charge.objects.filter(claim_id=claim_id, last_version=None).order_by("line_number")
    findings = ClaimFinding.objects.filter(claim_id=claim_id, cleared_at=None).order_by("id")
    events = ClaimEvent.objects.filter(claim_id=claim_id).order_by("id")
    return ClaimDetail(
        **_fields(row),
        lines=[_line(charge) for charge in charges],
        findings=[
            Finding(
                id=one.pk,
                **_take(one, ("code", "severity", "place", "message", "hint", "source")),
            )
            for one in findings
        ],
        events=[
            Event(**_take(one, ("at", "on", "kind", "words", "file_id", "entry_id", "by")))
            for one in events
        ],
    )


def _line(row: Charge) -> ClaimLine:
    names = (
        "item_id", "procedure", "modifiers", "charge", "unit", "service_from", "service_to",
        "prescription_number", "fill_number", "ndc",
    )  # fmt: skip
    quantity = f"{row.quantity.normalize():f}"
    return ClaimLine(number=row.line_number, quantity=quantity, **_take(row, names))


def _fields(row: ClaimRow) -> dict[str, Any]:
    return {"id": row.pk, **_take(row, (*_PLAIN_FIELDS, *_MONEY))}


def _take(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
