"""Remittances: find, look at what posting would do, post, take back."""

from typing import Annotated, Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances import selectors, services
from cleanclaim.apps.billing.remittances.models import Outcome, RemittanceAdjustment, State
from cleanclaim.apps.billing.remittances.models import Remittance as RemittanceRow
from cleanclaim.apps.billing.remittances.models import RemittanceClaim as PlaceRow
from cleanclaim.apps.billing.remittances.worker_rules import is_ready
from cleanclaim.apps.shared.pages.paging import LARGEST_PAGE, keyset_page
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import StateError
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.simulation import Simulation, simulation_of
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    Day,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    page_of,
)

router = Router(tags=["remittances"])
CLAIMS_SHOWN = LARGEST_PAGE
AnyState = Annotated[State, Inline(State)]
AnyOutcome = Annotated[Outcome, Inline(Outcome)]


class Remittance(Answer):
    """One payment to us under one trace number."""

    id: int
    file_id: int
    payer_name: str
    payer_trace_id: str
    trace_number: str
    paid: Money
    paid_on: Day
    method: str
    state: AnyState
    hold: str
    claim_count: int
    held_count: int
    received_on: Day
    posted_on: Day | None
    posted_by: int | None
    # The worker rule by which it was posted by itself (0: none spoke), or left to a person; none: no matter of the worker.
    worker_rule_id: int | None
    is_ready: bool  # left to a person, who has not posted it yet


class Place(Answer):
    """What the payer says of one claim, and what became of it here."""

    position: int
    claim_id: int | None
    patient_id: int | None
    control_number: str
    payer_control_number: str
    status_code: str
    charge: Money
    paid: Money
    patient_responsibility: Money
    outcome: AnyOutcome
    hold: str
    entry_id: int

    patient_field: ClassVar[str] = "patient_id"


class ProviderAdjustment(Answer):
    """A provider adjustment; a positive amount reduces the payment."""

    reason: str
    reference: str
    amount: Money


class RemittanceDetail(Remittance):
    """A remittance with its claims (the first 200; `claims_next` is the cursor of the others) and adjustments."""

    claims: list[Place]
    claims_next: str | None
    adjustments: list[ProviderAdjustment]


class DayOfPayment(Request):
    """Which day is meant where the payer's cannot be; none: the payer's is right."""

    day: Day | None = None
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class TakingBack(Request):
    """Why a posting is taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class RemittanceFilter(Paging):
    """Which remittances; empty = all."""

    state: AnyState | None = None
    ready: bool | None = None


_FIELDS = (
    "file_id", "payer_name", "payer_trace_id", "trace_number", "paid", "paid_on", "method", "state",
    "hold", "claim_count", "held_count", "received_on", "posted_on", "posted_by",
    "worker_rule_id",
)  # fmt: skip
_PLACE_FIELDS = (
    "position", "claim_id", "control_number", "payer_control_number", "status_code", "charge",
    "paid", "patient_responsibility", "outcome", "hold", "entry_id",
)  # fmt: skip


@operation(
    router, "GET", "/remittances", scope=Permission.REMITTANCES_READ, answer=Page[Remittance]
)
def list_remittances(request: HttpRequest, filters: Query[RemittanceFilter]) -> Page[Remittance]:
    """Remittances, newest first."""
    found = RemittanceRow.objects.defer("body")
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.ready is not None:
        ready = selectors.remittances(selectors.Filters(is_ready=True)).values("pk")
        found = found.filter(pk__in=ready) if filters.ready else found.exclude(pk__in=ready)
    return page_of(found, lambda row: Remittance(**_fields(row)), filters, order=("-id",))


@operation(
    router,
    "GET",
    "/remittances/{remittance_id}",
    scope=Permission.REMITTANCES_READ,
    answer=RemittanceDetail,
)
def get_remittance(request: HttpRequest, remittance_id: RowId) -> RemittanceDetail:
    """One remittance with its claims and provider adjustments."""
    return detail(remittance_id)


@operation(
    router,
    "GET",
    "/remittances/{remittance_id}/simulation",
    scope=Permission.REMITTANCES_READ,
    answer=Simulation,
)
def simulate_posting(request: HttpRequest, remittance_id: RowId) -> Simulation:
    """What posting would do on the ledger as it stands; nothing is written. Of a large one ask for a run."""
    row = RemittanceRow.objects.only("claim_count").get(pk=remittance_id)
    if services.is_large(row):
        raise StateError(
            f"remittance {remittance_id} answers {row.claim_count:,} claims, too many to list what posting would do",
            hint=f"Ask for a run of kind simulate: POST /remittances/{remittance_id}/runs.",
        )
    plan = services.simulate_posting(remittance_id, posted_on=timezone.localdate())
    return simulation_of(plan, remittance_id=remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/post",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def post_remittance(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey
) -> RemittanceDetail:
    """Post it: every claim payment and provider adjustment, all or nothing."""
    with services.fitting_sums():
        services.post_remittance(
            remittance_id, posted_on=timezone.localdate(), by=request.auth.user_id
        )
    return detail(remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/take-back",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def take_back_remittance(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey, body: TakingBack
) -> RemittanceDetail:
    """Reverse every entry of its posting; it can be posted again."""
    services.reverse_posting(
        remittance_id, on=timezone.localdate(), reason=body.reason, by=request.auth.user_id
    )
    return detail(remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/claims/{position}/take-back",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def take_back_claim_payment(
    request: HttpRequest,
    remittance_id: RowId,
    position: RowId,
    idempotency_key: IdempotencyKey,
    body: TakingBack,
) -> RemittanceDetail:
    """Take the payment of one claim back: its cash waits as unapplied, and it is held."""
    PlaceRow.objects.only("pk").get(remittance_id=remittance_id, position=position)
    services.reverse_place(
        remittance_id,
        position,
        on=timezone.localdate(),
        reason=body.reason,
        by=request.auth.user_id,
    )
    return detail(remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/confirm-day",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def confirm_day_of_remittance(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey, body: DayOfPayment
) -> RemittanceDetail:
    """Say that the day of a payment (BPR16) that cannot be meant is right, or which one is. It needs a person."""
    RemittanceRow.objects.only("pk").get(pk=remittance_id)
    by = acting_user(request)
    services.confirm_day(
        remittance_id, day=body.day, reason=body.reason, on=timezone.localdate(), by=by
    )
    return detail(remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/undo-day",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def undo_day_of_remittance(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey
) -> RemittanceDetail:
    """Take the word on its day back, until it is posted."""
    RemittanceRow.objects.only("pk").get(pk=remittance_id)
    services.undo_day(remittance_id, by=acting_user(request))
    return detail(remittance_id)


def detail(remittance_id: int) -> RemittanceDetail:
    row = RemittanceRow.objects.defer("body").get(pk=remittance_id)
    rows = PlaceRow.objects.defer("body").filter(remittance=row)
    places, following = places_of(rows, limit=CLAIMS_SHOWN)
    adjustments = RemittanceAdjustment.objects.filter(remittance=row).order_by("position")
    return RemittanceDetail(
        **_fields(row),
        claims=places,
        claims_next=following or None,
        adjustments=[
            ProviderAdjustment(reason=one.reason, reference=one.reference, amount=one.amount)
            for one in adjustments
        ],
    )


def places_of(rows: QuerySet[PlaceRow], *, limit: int, cursor: str = "") -> tuple[list[Place], str]:
    """A page of places in the order of their remittance, with the cursor of the next one."""
    found = keyset_page(rows, order=("position",), cursor=cursor, size=limit)
    claim_ids = sorted({place.claim_id for place in found.rows if place.claim_id})
    patients = dict(
        Claim.objects.filter(is_one_of("id", claim_ids)).values_list("id", "patient_id")
    )
    places = [
        Place(
            patient_id=patients.get(place.claim_id),
            **{name: getattr(place, name) for name in _PLACE_FIELDS},
        )
        for place in found.rows
    ]
    return places, found.next_cursor


def _fields(row: RemittanceRow) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return {"id": row.pk, "is_ready": is_ready(row), **fields}
