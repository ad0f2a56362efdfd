"""A month's checklist: as it stands now, and as it was kept with each close."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router

from cleanclaim.apps.reports.closing.checks import checklist
from cleanclaim.apps.reports.closing.evidence import Closing as ClosingValue
from cleanclaim.apps.reports.closing.evidence import closings, standing
from cleanclaim.apps.reports.closing.months import read_month
from cleanclaim.apps.shared.ledger.selectors import is_closed
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.closing import MonthFilter
from cleanclaim.project.api.operation import operation
from cleanclaim.project.api.types import Answer, Money

router = Router(tags=["close"])


class Check(Answer):
    """One question of the checklist and what it found."""

    name: str
    question: str
    passed: bool
    found: str
    amount: Money


class KeptCheck(Answer):
    """One question as it was answered when the month was closed; `waiver` why it was let stand unpassed."""

    name: str
    question: str
    passed: bool
    found: str
    amount: Money | None
    waiver: str


class Closing(Answer):
    """A close with the checklist it was approved on. `stands`: the month is closed by it.

    Not `is_whole`: it is from before checklists were kept with their figures.
    """

    request_id: int
    stands: bool
    is_whole: bool
    reason: str
    asked_by: int | None
    asked_at: datetime
    closed_by: int | None
    closed_at: datetime | None
    checks: list[KeptCheck]


class Checklist(Answer):
    """A month: `checks` as they stand now, `closings` as they stood at each close, newest first."""

    month: str
    is_closed: bool
    checks: list[Check]
    closings: list[Closing]


@operation(
    router,
    "GET",
    "/close/checklist",
    scope=Permission.ACCOUNTS_READ,
    answer=Checklist,
    one_snapshot=True,
)
def get_checklist(request: HttpRequest, filters: Query[MonthFilter]) -> Checklist:
    """What is left to do before a month can be closed, and what was shown when it was closed."""
    month = read_month(filters.month)
    closed, found = is_closed(month), closings(month)
    stands = standing(month, found) if closed else None
    return Checklist(
        month=filters.month,
        is_closed=closed,
        checks=[
            Check(
                name=one.name,
                question=one.question,
                passed=one.result.passed,
                found=one.result.words,
                amount=one.result.amount,
            )
            for one in checklist(month)
        ],
        closings=[_closing(one, stands=one is stands) for one in found],
    )


def _closing(one: ClosingValue, *, stands: bool) -> Closing:
    return Closing(
        request_id=one.request_id,
        stands=stands,
        is_whole=one.is_whole,
        reason=one.reason,
        asked_by=one.asked_by,
        asked_at=one.asked_at,
        closed_by=one.closed_by,
        closed_at=one.closed_at,
        checks=[
            KeptCheck(
                name=kept.name,
                question=kept.question,
                passed=kept.passed,
                found=kept.found,
                amount=kept.amount,
                waiver=kept.waiver,
            )
            for kept in one.checks
        ],
    )
