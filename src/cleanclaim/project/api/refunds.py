"""Credits on their way back: identified, requested, approved by a second person, issued in a file, cleared or stopped.

Every act needs a person's token: limits and second persons are theirs.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from cleanclaim.apps.billing.adjustments import services
from cleanclaim.apps.billing.adjustments.models import Refund as RefundRow
from cleanclaim.apps.billing.adjustments.models import RefundFile as FileRow
from cleanclaim.apps.billing.adjustments.models import RefundStep
from cleanclaim.apps.billing.adjustments.payees import PayeeBank
from cleanclaim.apps.billing.adjustments.payment_files import Bank
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, Reply, acting_user, operation
from cleanclaim.project.api.refund_bodies import (
    Investigation,
    IssueRefunds,
    NewRefund,
    Refund,
    RefundDetail,
    RefundFile,
    RefundFilter,
    RefundMoment,
    RefundReturn,
    RefundWords,
    RequestRefund,
)
from cleanclaim.project.api.types import (
    Page,
    Paging,
    RowId,
    page_of,
)

router = Router(tags=["refunds"])
_FIELDS = (
    "account", "item_id", "claim_id", "patient_id", "payer_id", "trace", "amount", "cause", "proof", "words", "owner",
    "owner_id", "program", "identified_by", "identified_on", "due_on", "citation", "clock", "state", "requested_by",
    "approved_by", "approved_on", "method", "reference", "issued_by", "issued_on", "file_id", "receipt_id", "cleared_on",
    "came_back", "came_back_on", "owed_since", "taken_by", "closed_words",
)  # fmt: skip


@operation(router, "GET", "/refunds", scope=Permission.ADJUSTMENTS_READ, answer=Page[Refund])
def list_refunds(request: HttpRequest, filters: Query[RefundFilter]) -> Page[Refund]:
    """Refunds, newest first."""
    found = RefundRow.objects.all()
    if filters.state:
        found = found.filter(state=filters.state)
    return page_of(found, lambda row: Refund(**_fields(row)), filters, order=("-id",))


@operation(
    router, "POST", "/refunds", scope=Permission.ACCOUNTS_ADJUST, answer=RefundDetail, status=201
)
def identify_refund(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewRefund
) -> RefundDetail:
    """Say that a credit is money to be given back: its clock starts."""
    row = services.identify_credit(
        body.credit,
        amount=body.amount,
        owner=body.owner,
        owner_id=body.owner_id,
        words=body.words,
        on=timezone.localdate(),
        by=acting_user(request),
    )
    return _detail(row.pk)


@operation(
    router, "GET", "/refunds/{refund_id}", scope=Permission.ADJUSTMENTS_READ, answer=RefundDetail
)
def get_refund(request: HttpRequest, refund_id: RowId) -> RefundDetail:
    """One refund with its steps."""
    return _detail(refund_id)


@operation(
    router, "POST", "/refunds/{refund_id}/investigate", scope=Permission.ACCOUNTS_ADJUST,
    answer=RefundDetail,
)  # fmt: skip
def investigate_refund(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey, body: Investigation
) -> RefundDetail:
    """Say from when to when it is looked into."""
    act = _with(services.investigate_credit, began=body.began, ended=body.ended)
    return _do(request, refund_id, act)


@operation(
    router, "POST", "/refunds/{refund_id}/request", scope=Permission.ACCOUNTS_ADJUST,
    answer=RefundDetail,
)  # fmt: skip
def request_refund(
    request: HttpRequest,
    refund_id: RowId,
    idempotency_key: IdempotencyKey,
    body: RequestRefund | None = None,
) -> RefundDetail:
    """Ask a second person to approve giving it back; with the owner's bank account where it is to leave by transfer."""
    bank = PayeeBank(body.routing, body.account, body.is_savings) if body else None
    return _do(request, refund_id, _with(services.request_refund, bank=bank))


@operation(
    router, "POST", "/refunds/{refund_id}/approve", scope=Permission.ACCOUNTS_ADJUST,
    answer=RefundDetail,
)  # fmt: skip
def approve_refund(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey
) -> RefundDetail:
    """Approve it as a second person whose limit covers it: the credit becomes a payable."""
    return _do(request, refund_id, services.approve_refund)


@operation(
    router, "POST", "/refunds/{refund_id}/cancel", scope=Permission.ACCOUNTS_ADJUST,
    answer=RefundDetail,
)  # fmt: skip
def cancel_refund(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey, body: RefundWords
) -> RefundDetail:
    """Refuse it, withdraw it, or take its approval back before it was issued."""
    return _do(request, refund_id, _with(services.cancel_refund, words=body.words))


@operation(
    router, "POST", "/refunds/{refund_id}/dismiss", scope=Permission.ACCOUNTS_ADJUST,
    answer=RefundDetail,
)  # fmt: skip
def dismiss_refund(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey, body: RefundWords
) -> RefundDetail:
    """Close the case without a refund."""
    return _do(request, refund_id, _with(services.dismiss_credit, words=body.words))


@operation(
    router, "POST", "/refunds/{refund_id}/settle", scope=Permission.ACCOUNTS_ADJUST,
    answer=RefundDetail,
)  # fmt: skip
def settle_refund(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey
) -> RefundDetail:
    """The payer took the money back itself (PLB): the case is closed, the refund stopped."""
    return _do(request, refund_id, services.settle_by_takeback)


@operation(
    router, "POST", "/refunds/{refund_id}/clear", scope=Permission.REFUNDS_ISSUE,
    answer=RefundDetail,
)  # fmt: skip
def clear_refund(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey
) -> RefundDetail:
    """The bank has paid it."""
    return _do(request, refund_id, services.clear_refund)


@operation(
    router, "POST", "/refunds/{refund_id}/clear/undo", scope=Permission.REFUNDS_ISSUE,
    answer=RefundDetail,
)  # fmt: skip
def undo_refund_clear(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey, body: RefundWords
) -> RefundDetail:
    """The bank had not paid it: it is issued, and the bank's line that it explained is open again."""
    return _do(request, refund_id, _with(services.undo_clear, words=body.words))


@operation(
    router, "POST", "/refunds/{refund_id}/stop", scope=Permission.REFUNDS_ISSUE,
    answer=RefundDetail,
)  # fmt: skip
def stop_refund(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey, body: RefundWords
) -> RefundDetail:
    """Stop or void what was issued; it is approved again and can go out under another number."""
    return _do(request, refund_id, _with(services.stop_refund, words=body.words))


@operation(
    router, "POST", "/refunds/{refund_id}/came-back", scope=Permission.REFUNDS_ISSUE,
    answer=RefundDetail,
)  # fmt: skip
def refund_came_back(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey, body: RefundReturn
) -> RefundDetail:
    """What was issued came back: it is approved and owed again, due as before."""
    said = body.model_dump()
    return _do(request, refund_id, _with(services.refund_came_back, **said))


@operation(
    router, "POST", "/refunds/{refund_id}/came-back/undo", scope=Permission.REFUNDS_ISSUE,
    answer=RefundDetail,
)  # fmt: skip
def undo_refund_came_back(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey, body: RefundWords
) -> RefundDetail:
    """It had not come back: it is out as before, and the bank's line that was said to bring it is open again."""
    return _do(request, refund_id, _with(services.undo_came_back, words=body.words))


@operation(
    router, "POST", "/refunds/{refund_id}/unclaimed", scope=Permission.REFUNDS_ISSUE,
    answer=RefundDetail,
)  # fmt: skip
def hand_refund_to_state(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey
) -> RefundDetail:
    """Nobody cashed it within the state's years: it becomes unclaimed property."""
    return _do(request, refund_id, services.hand_to_state)


@operation(
    router, "POST", "/refunds/{refund_id}/remit", scope=Permission.REFUNDS_ISSUE,
    answer=RefundDetail,
)  # fmt: skip
def remit_refund(
    request: HttpRequest, refund_id: RowId, idempotency_key: IdempotencyKey
) -> RefundDetail:
    """The unclaimed property was paid to the state."""
    return _do(request, refund_id, services.pay_state)


@operation(router, "GET", "/refund-files", scope=Permission.REFUNDS_ISSUE, answer=Page[RefundFile])
def list_refund_files(request: HttpRequest, paging: Query[Paging]) -> Page[RefundFile]:
    """Files that refunds left in, newest first."""
    rows = FileRow.objects.defer("content", "positive_pay")
    return page_of(rows, _file, paging, order=("-id",))


@operation(
    router, "POST", "/refund-files", scope=Permission.REFUNDS_ISSUE, answer=RefundFile, status=201
)
def issue_refunds(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: IssueRefunds
) -> RefundFile:
    """Send approved refunds out in one file (checks, NACHA, or references of cards); all of them, or none."""
    ids = [one.refund_id for one in body.refunds]
    found = RefundRow.objects.filter(pk__in=ids).values_list("pk", flat=True)
    for missing in sorted(set(ids) - set(found))[:1]:
        RefundRow.objects.get(pk=missing)
    file = services.issue_refunds(
        ids,
        method=body.method,
        bank=Bank(**body.bank.model_dump()),
        on=timezone.localdate(),
        by=acting_user(request),
        accounts={
            one.refund_id: {"routing": one.routing, "account": one.account} for one in body.refunds
        },
    )
    return _file(file)


@operation(
    router, "GET", "/refund-files/{refund_file_id}/content", scope=Permission.EXPORT, answer=None,
    extra={
        "responses": {
            200: {
                "description": "The file as it was made",
                "content": {"application/octet-stream": {"schema": {"type": "string"}}},
            }
        }
    },
)  # fmt: skip
def get_refund_file_content(request: HttpRequest, refund_file_id: RowId) -> Reply:
    """The bytes that the bank gets."""
    row = FileRow.objects.get(pk=refund_file_id)
    patients = RefundRow.objects.filter(file_id=row.pk).exclude(patient_id=0)
    return Reply(
        content=bytes(row.content),
        media_type="application/octet-stream",
        shows=sorted(set(patients.values_list("patient_id", flat=True))),
    )


def _do(request: HttpRequest, refund_id: int, act: Callable[..., RefundRow]) -> RefundDetail:
    RefundRow.objects.only("pk").get(pk=refund_id)
    act(refund_id, on=timezone.localdate(), by=acting_user(request))
    return _detail(refund_id)


def _with(act: Callable[..., RefundRow], **said: Any) -> Callable[..., RefundRow]:
    return lambda pk, **given: act(pk, **said, **given)


def _detail(refund_id: int) -> RefundDetail:
    row = RefundRow.objects.get(pk=refund_id)
    steps = RefundStep.objects.filter(refund=row).order_by("id")
    told = [RefundMoment(on=s.on, words=s.words, by=s.by, entry_id=s.entry_id) for s in steps]
    return RefundDetail(**_fields(row), steps=told)


def _fields(row: RefundRow) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in _FIELDS}}


def _file(row: FileRow) -> RefundFile:
    names = tuple(RefundFile.model_fields)[1:]
    return RefundFile(id=row.pk, **{name: getattr(row, name) for name in names})
