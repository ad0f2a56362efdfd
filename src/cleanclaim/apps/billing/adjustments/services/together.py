"""What counts together, so that a large amount is not let through in pieces.

Per account and person, over the organization's own days (`TermKind.ALONE_DAYS`, else `parameters/together_days.yaml`):
what they moved alone; and what an approver let through for the person who asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db.models import QuerySet, Sum
from django.db.models.functions import Abs

from cleanclaim.apps.billing.adjustments.models import (
    Adjustment,
    AdjustmentLine,
    Refund,
    RefundState,
    State,
    TermKind,
)
from cleanclaim.apps.billing.adjustments.models.refunds import PAID
from cleanclaim.apps.billing.adjustments.terms import term
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.parameters import parameter

DAYS = Path(__file__).parents[1] / "parameters" / "together_days.yaml"
SUBJECT = "limits"


def first_day(on: date) -> date:
    """The first of the days that count together with this one."""
    own = term(TermKind.ALONE_DAYS, [SUBJECT], on=on)
    days = own.length if own else int(parameter(DAYS).value(on=on))
    return on - timedelta(days=days - 1)


def moved_alone(row: Adjustment, lines: Sequence[AdjustmentLine], *, on: date) -> Decimal:
    """The most that the same person has posted alone, and not undone, on one of the accounts.

    Of a request of one account all of it counts there, of one of several accounts what its lines move on each; those
    of several count together as well, by the day.
    """
    mine = Adjustment.objects.filter(
        requested_by=row.requested_by,
        requested_on__gte=first_day(on),
        state=State.POSTED,
        approved_by=None,
    )
    on_account = _by_account(mine, {line.patient_id for line in lines})
    if row.patient_id:
        return on_account[row.patient_id]
    today = mine.filter(patient_id=0, requested_on__gte=on)
    together = today.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return max([together, *on_account.values()])


def approved_before(
    row: Adjustment, lines: Sequence[AdjustmentLine], *, on: date, by: int
) -> tuple[Decimal, date]:
    """The most that `by` has approved for the same person on one of the accounts, and since when it counts.

    Requests of several accounts count together by the day, as in `moved_alone`.
    """
    since = first_day(on)
    others = Adjustment.objects.filter(
        approved_by=by, requested_by=row.requested_by, posted_on__gte=since, state=State.POSTED
    )
    found = _by_account(others, {line.patient_id for line in lines})
    together = ZERO
    if not row.patient_id:  # parts of one batch share no account: they count together by the day
        today = others.filter(patient_id=0, posted_on__gte=on)
        together = today.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return max([together, *found.values()]), since


def refunds_approved_before(row: Refund, *, on: date, by: int) -> tuple[Decimal, date]:
    """What `by` has approved for the same person of the same claim's credits (of no claim: of the same credit)."""
    since = first_day(on)
    if row.claim_id:
        same = {"claim_id": row.claim_id}
    else:
        names = ("account", "item_id", "patient_id", "payer_id", "trace")
        same = {"claim_id": 0, **{name: getattr(row, name) for name in names}}
    others = Refund.objects.filter(
        approved_by=by,
        requested_by=row.requested_by,
        approved_on__gte=since,
        state__in=(RefundState.APPROVED, *PAID),
        **same,
    )
    return total(others.values_list("amount", flat=True)), since


def _by_account(found: QuerySet[Adjustment], patient_ids: Iterable[int]) -> dict[int, Decimal]:
    """{patient: dollars} that these requests move on each of the accounts."""
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    patients = list(patient_ids)
    single = found.filter(is_one_of("patient_id", patients)).exclude(patient_id=0)
    for patient_id, amount in single.values_list("patient_id").annotate(sum=Sum("amount")):
        sums[patient_id] += amount
    shared = AdjustmentLine.objects.filter(
        is_one_of("patient_id", patients), adjustment__in=found.filter(patient_id=0)
    )
    for patient_id, amount in shared.values_list("patient_id").annotate(sum=Sum(Abs("amount"))):
        sums[patient_id] += amount
    return sums
