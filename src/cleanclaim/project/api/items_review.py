"""What stands out among a month's entries."""

from django.http import HttpRequest
from ninja import Query, Router

from cleanclaim.apps.reports.closing.items_marks import mark
from cleanclaim.apps.reports.closing.items_review import Finding, review_month
from cleanclaim.apps.reports.closing.months import read_month
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.closing import MonthFilter
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import Answer, BodyId, Money, Page, Request, Text20, Text200, page

router = Router(tags=["close"])


class StandsOut(Answer):
    """What a test found in an entry; `leg_id` is null where it is about all of it. `belongs_to` is the account where a misplaced reduction usually stands."""

    test: str
    entry_id: int
    leg_id: int | None
    item_id: int | None
    amount: Money
    why: str
    account: str
    belongs_to: str
    posted_by: int | None
    reviewed: str | None


class ItemTest(Answer):
    """A test with its findings, what was looked at included; `is_cut`: there are more."""

    name: str
    question: str
    left: int
    is_cut: bool
    findings: list[StandsOut]


class Mark(Answer):
    """How a finding stands now."""

    entry_id: int
    leg_id: int | None
    test: str
    is_reviewed: bool


class Looked(Request):
    """Entry and leg as the finding names them. `is_reviewed` false takes it back; `words` say what was seen."""

    entry_id: BodyId
    leg_id: BodyId | None = None
    test: Text20
    is_reviewed: bool = True
    words: Text200 = ""


@operation(
    router, "GET", "/close/items", scope=Permission.ACCOUNTS_READ, answer=Page[ItemTest],
    one_snapshot=True,
)  # fmt: skip
def get_items_review(request: HttpRequest, filters: Query[MonthFilter]) -> Page[ItemTest]:
    """Every test of a month's entries."""
    return page(
        ItemTest(
            name=test.name,
            question=test.question,
            left=len(test.left),
            is_cut=test.is_cut,
            findings=[_finding(one) for one in test.findings],
        )
        for test in review_month(read_month(filters.month))
    )


@operation(
    router, "POST", "/close/items/review", scope=Permission.WORK_READ, answer=Mark, status=201
)
def review_item(request: HttpRequest, idempotency_key: IdempotencyKey, body: Looked) -> Mark:
    """Say that somebody looked at what a test found in an entry, or take that back. It needs a person."""
    by = acting_user(request)
    mark(
        body.entry_id, body.test, leg_id=body.leg_id or 0, is_reviewed=body.is_reviewed,
        words=body.words, by=by,
    )  # fmt: skip
    return Mark(
        entry_id=body.entry_id, leg_id=body.leg_id, test=body.test, is_reviewed=body.is_reviewed
    )


def _finding(one: Finding) -> StandsOut:
    return StandsOut(
        test=one.test,
        entry_id=one.entry_id,
        leg_id=one.leg_id or None,
        item_id=one.item_id or None,
        amount=one.amount,
        why=one.words,
        account=one.account,
        belongs_to=one.belongs_to,
        posted_by=one.posted_by,
        reviewed=one.review.words if one.review else None,
    )
