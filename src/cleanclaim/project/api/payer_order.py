"""Who owes what of a claim, and in which order a patient's payers are billed."""

from typing import Annotated, Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.billing.claims.models import Claim as ClaimRow
from cleanclaim.apps.billing.claims.owing import as_object, claim_owed
from cleanclaim.apps.billing.coverage.order_views import rows_of
from cleanclaim.apps.billing.coverage.ordering import follow_rules, order_of, say_order
from cleanclaim.apps.billing.patients.models import Patient as PatientRow
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, operation
from cleanclaim.project.api.types import WORDS, Answer, BodyId, Day, Money, Request, RowId

router = Router(tags=["payers"])
Reason = Annotated[str, Field(min_length=3, max_length=300, pattern=WORDS)]


class OwedStep(Answer):
    """One step of the derivation: what it took off (or 0), and what is left after it."""

    rule: str
    words: str
    amount: Money | None
    left: Money | None
    source: str


class OwedLine(Answer):
    """charge = paid + reduced + patient + disputed + denied + protected."""

    line: int
    charge: Money
    paid: Money
    reduced: Money
    patient: Money
    disputed: Money
    denied: Money
    protected: Money
    steps: list[OwedStep]


class OwedByPayer(Answer):
    """What a payer owes still: left to the patient wrongly, or denied and not worked yet."""

    name: str
    disputed: Money
    denied: Money
    why: str


class Owed(Answer):
    """Who owes what of a claim, line by line, and what may be billed to the patient now."""

    claim: int
    patient_id: int
    control_number: str
    patient_owes: Money
    billable_now: Money
    held: Money
    held_because: str
    payers: list[OwedByPayer]
    protected_by: str
    lines: list[OwedLine]

    patient_field: ClassVar[str] = "patient_id"


class OrderedPayer(Answer):
    """A coverage at its place: the rule that puts it before the next, its source, and SBR05 of a claim to it."""

    place: int
    patient_id: int
    coverage_id: int
    payer_name: str
    member_id: str
    words: str
    source: str
    insurance_type: str

    patient_field: ClassVar[str] = "patient_id"


class PayerOrder(Answer):
    """The payers on a day of service. `made_by`: `rules`, `person`, or `entry` where `asks` names what is missing."""

    patient_id: int
    on: Day
    made_by: str
    reason: str
    asks: list[str]
    payers: list[OrderedPayer]

    patient_field: ClassVar[str] = "patient_id"


class OrderFilter(Request):
    """The day of service; today where none is given."""

    on: Day | None = None


class SaidOrder(Request):
    """The coverages from the first payer to the last; an empty list follows the rules again."""

    coverage_ids: Annotated[list[BodyId], Field(max_length=11)]
    valid_from: Day
    reason: Reason


@operation(router, "GET", "/claims/{claim_id}/owes", scope=Permission.CLAIMS_READ, answer=Owed)
def get_owed(request: HttpRequest, claim_id: RowId) -> Owed:
    """Who owes what of the claim, with every step and its source."""
    row = ClaimRow.objects.get(pk=claim_id)
    told: dict[str, Any] = as_object(claim_owed(row))
    return Owed(patient_id=row.patient_id, **told)


@operation(
    router,
    "GET",
    "/patients/{patient_id}/payers",
    scope=Permission.PATIENTS_READ,
    answer=PayerOrder,
)
def get_payer_order(
    request: HttpRequest, patient_id: RowId, filters: Query[OrderFilter]
) -> PayerOrder:
    """The order in which the patient's payers are billed, with the rule of each step."""
    return _order(patient_id, filters.on or timezone.localdate())


@operation(
    router,
    "POST",
    "/patients/{patient_id}/payers",
    scope=Permission.PATIENTS_CHANGE,
    answer=PayerOrder,
)
def say_payer_order(
    request: HttpRequest, patient_id: RowId, idempotency_key: IdempotencyKey, body: SaidOrder
) -> PayerOrder:
    """Say another order from a day of service on, with the reason; or follow the rules again."""
    PatientRow.objects.get(pk=patient_id)
    by = request.auth.user_id
    if body.coverage_ids:
        say_order(
            patient_id, body.coverage_ids, valid_from=body.valid_from, reason=body.reason, by=by
        )
    else:
        follow_rules(patient_id, valid_from=body.valid_from, reason=body.reason, by=by)
    return _order(patient_id, body.valid_from)


def _order(patient_id: int, on: Day) -> PayerOrder:
    PatientRow.objects.get(pk=patient_id)
    found = order_of(patient_id, on=on)
    made_by = "person" if found.override else "rules" if found.is_decided else "entry"
    return PayerOrder(
        patient_id=patient_id,
        on=on,
        made_by=made_by,
        reason=found.override.reason if found.override else "",
        asks=list(found.ranking.asks),
        payers=[
            OrderedPayer(
                place=row["place"],
                patient_id=patient_id,
                coverage_id=row["coverage"].pk,
                payer_name=row["coverage"].payer.name,
                member_id=row["coverage"].member_id,
                words=row["words"],
                source=row["source"],
                insurance_type=row["insurance_type"],
            )
            for row in rows_of(found)
        ],
    )
