"""Large remittances: their claims page by page, and the worker's runs that simulate, post and take them back."""

from enum import StrEnum
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.large import found_from_json
from cleanclaim.apps.billing.remittances.models import PostingRun as RunRow
from cleanclaim.apps.billing.remittances.models import Remittance as RemittanceRow
from cleanclaim.apps.billing.remittances.models import RemittanceClaim as PlaceRow
from cleanclaim.apps.billing.remittances.models import RunState
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.project.api.operation import IdempotencyKey, operation
from cleanclaim.project.api.remittances import AnyOutcome, Place, places_of
from cleanclaim.project.api.types import (
    Answer,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text200,
    page,
)

router = Router(tags=["remittances"])
AnyRunState = Annotated[RunState, Inline(RunState)]


class RunKind(StrEnum):
    """What the worker is asked to do."""

    SIMULATE = "simulate"
    POST = "post"
    TAKE_BACK = "take_back"


AnyRunKind = Annotated[RunKind, Inline(RunKind)]


class RemittedClaimFilter(Paging):
    """Which claims; empty = all."""

    outcome: AnyOutcome | None = None


class AccountSum(Answer):
    """What a posting would do to one account; debits are positive."""

    account: str
    amount: Money


class Run(Answer):
    """How far the worker is: `done_count` claims, of a posting each twice. `words` is what it has to tell at its end.

    Of a simulation that is done: what posting would do, by its sums; `hold` says why nothing may be posted.
    """

    id: int
    remittance_id: int
    kind: AnyRunKind
    state: AnyRunState
    claim_count: int
    done_count: int
    is_stop_asked: bool
    words: str
    hold: str
    held_count: int
    sums: list[AccountSum]
    findings: list[str]


class NewRun(Request):
    """What is to be done; `reason` is why a posting is taken back."""

    kind: AnyRunKind
    reason: Text200 = ""


@operation(
    router,
    "GET",
    "/remittances/{remittance_id}/claims",
    scope=Permission.REMITTANCES_READ,
    answer=Page[Place],
)
def list_claims_of_remittance(
    request: HttpRequest, remittance_id: RowId, filters: Query[RemittedClaimFilter]
) -> Page[Place]:
    """What the payer says of each claim, in the order of the remittance."""
    row = RemittanceRow.objects.only("pk").get(pk=remittance_id)
    found = PlaceRow.objects.defer("body").filter(remittance=row)
    if filters.outcome:
        found = found.filter(outcome=filters.outcome)
    places, cursor = places_of(found, cursor=filters.cursor, limit=filters.limit)
    return page(places, cursor)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/runs",
    scope=Permission.REMITTANCES_POST,
    answer=Run,
    status=201,
)
def run_remittance(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey, body: NewRun
) -> Run:
    """Have the worker simulate, post as simulated, or take back; the run under way, where there is one."""
    row = RemittanceRow.objects.defer("body").get(pk=remittance_id)
    reason = body.reason.strip()
    if bool(reason) != (body.kind is RunKind.TAKE_BACK):
        raise InputError(
            f"reason {reason[:40]!r}: expected with kind take_back, and only there",
            hint="Say why the posting is taken back.",
        )
    run_id = services.ask_run(
        row.pk,
        is_posting=body.kind is RunKind.POST,
        shown=_seal(row) if body.kind is RunKind.POST else "",
        taking_back=reason,
        by=request.auth.user_id,
    )
    return _run(RunRow.objects.get(pk=run_id), row)


@operation(
    router,
    "GET",
    "/remittances/{remittance_id}/run",
    scope=Permission.REMITTANCES_READ,
    answer=Run,
)
def get_run_of_remittance(request: HttpRequest, remittance_id: RowId) -> Run:
    """The latest run of it: how far it is, what it found. None was asked for: not found."""
    return _latest(remittance_id)


@operation(
    router,
    "POST",
    "/remittances/{remittance_id}/run/stop",
    scope=Permission.REMITTANCES_POST,
    answer=Run,
)
def stop_run_of_remittance(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey
) -> Run:
    """Have the run that is under way stop at its next part: nothing of it stays."""
    RemittanceRow.objects.only("pk").get(pk=remittance_id)
    services.stop_run(remittance_id)
    return _latest(remittance_id)


def _latest(remittance_id: int) -> Run:
    row = RemittanceRow.objects.defer("body").get(pk=remittance_id)
    return _run(RunRow.objects.filter(remittance=row).latest("id"), row)


def _seal(row: RemittanceRow) -> str:
    """The seal of what its last simulation showed; empty where none holds any more."""
    shown = RunRow.objects.filter(remittance=row, posting_round=row.posting_round).exclude(
        result=""
    )
    last = shown.order_by("-id").first()
    if last is None:
        return ""
    found = found_from_json(last.result)
    return "" if found.hold else found.seal


def _run(run: RunRow, row: RemittanceRow) -> Run:
    found = found_from_json(run.result) if run.result else None
    kind = RunKind.POST if run.is_posting else RunKind.SIMULATE
    return Run(
        id=run.pk,
        remittance_id=row.pk,
        kind=RunKind.TAKE_BACK if run.taking_back else kind,
        state=run.state,
        claim_count=row.claim_count,
        done_count=run.done_count,
        is_stop_asked=run.is_stop_asked,
        words=run.words,
        hold=found.hold if found else "",
        held_count=found.held if found else 0,
        sums=[AccountSum(account=a, amount=m) for a, m in found.sums] if found else [],
        findings=list(found.findings) if found else [],
    )
