"""Held payments: post one on a claim, beside its payer's answer that stands there, or in its place."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.models import RemittanceClaim as PlaceRow
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, operation
from cleanclaim.project.api.remittances import RemittanceDetail, TakingBack, detail
from cleanclaim.project.api.types import WORDS, BodyId, Request, RowId

router = Router(tags=["remittances"])


class Applying(Request):
    """The claim that a held payment answers."""

    claim_id: BodyId


class Replacing(Applying):
    """The claim that a held payment answers anew, and why it replaces the answer that stands there."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/claims/{position}/apply",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def apply_held_payment(
    request: HttpRequest,
    remittance_id: RowId,
    position: RowId,
    idempotency_key: IdempotencyKey,
    body: Applying,
) -> RemittanceDetail:
    """Post a held payment on the claim that is named."""
    PlaceRow.objects.only("pk").get(remittance_id=remittance_id, position=position)
    Claim.objects.only("pk").get(pk=body.claim_id)
    with services.fitting_sums():
        services.apply_held(
            remittance_id,
            position,
            claim_id=body.claim_id,
            on=timezone.localdate(),
            by=request.auth.user_id,
        )
    return detail(remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/claims/{position}/apply-beside",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def apply_held_payment_beside(
    request: HttpRequest,
    remittance_id: RowId,
    position: RowId,
    idempotency_key: IdempotencyKey,
    body: Applying,
) -> RemittanceDetail:
    """Post a held payment as a further one beside its payer's answer that stands: its cash is a credit there."""
    PlaceRow.objects.only("pk").get(remittance_id=remittance_id, position=position)
    Claim.objects.only("pk").get(pk=body.claim_id)
    with services.fitting_sums():
        services.apply_beside(
            remittance_id,
            position,
            claim_id=body.claim_id,
            on=timezone.localdate(),
            by=request.auth.user_id,
        )
    return detail(remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/claims/{position}/apply-instead",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def apply_held_payment_instead(
    request: HttpRequest,
    remittance_id: RowId,
    position: RowId,
    idempotency_key: IdempotencyKey,
    body: Replacing,
) -> RemittanceDetail:
    """Take its payer's answer back that stands, and post a held payment in its place, in one act."""
    PlaceRow.objects.only("pk").get(remittance_id=remittance_id, position=position)
    Claim.objects.only("pk").get(pk=body.claim_id)
    with services.fitting_sums():
        services.apply_instead(
            remittance_id,
            position,
            claim_id=body.claim_id,
            reason=body.reason,
            on=timezone.localdate(),
            by=request.auth.user_id,
        )
    return detail(remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/claims/{position}/settle",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def settle_held_reversal(
    request: HttpRequest, remittance_id: RowId, position: RowId, idempotency_key: IdempotencyKey
) -> RemittanceDetail:
    """Settle a held reversal with the held payment that it takes back."""
    PlaceRow.objects.only("pk").get(remittance_id=remittance_id, position=position)
    services.settle_reversal(
        remittance_id, position, on=timezone.localdate(), by=request.auth.user_id
    )
    return detail(remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/claims/{position}/unsettle",
    scope=Permission.REMITTANCES_POST,
    answer=RemittanceDetail,
)
def unsettle_reversal(
    request: HttpRequest,
    remittance_id: RowId,
    position: RowId,
    idempotency_key: IdempotencyKey,
    body: TakingBack,
) -> RemittanceDetail:
    """Have a payment and its reversal, settled with each other, held again."""
    PlaceRow.objects.only("pk").get(remittance_id=remittance_id, position=position)
    services.unsettle_reversal(
        remittance_id,
        position,
        reason=body.reason,
        on=timezone.localdate(),
        by=request.auth.user_id,
    )
    return detail(remittance_id)
