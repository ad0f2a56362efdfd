"""Provider adjustments (PLB 72) by which a payer gives the money of a stopped payment back inside a later one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from cleanclaim.apps.billing.deposits.copies import bare
from cleanclaim.apps.billing.deposits.models import Deposit, Reissue
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceAdjustment, State
from cleanclaim.apps.shared.ledger.models import Entry, Leg
from cleanclaim.apps.shared.ledger.services.locks import lock_credits
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO, total

REASON = "72"
_BOOKED_ADJUSTMENTS = r"^remittance:\d+:\d+:0$"  # as `entry_key` makes them

Spoken = Callable[[str, int], Decimal]
_spoken: list[Spoken] = []


def speak_for(spoken: Spoken) -> None:
    """Name who knows what of a payer's credit on an account is promised: told the account and the payer."""
    if spoken not in _spoken:
        _spoken.append(spoken)


def free_credit(account: str, payer_id: int) -> Decimal:
    """What a payer has on an account of ours that nobody was promised; others are kept off it."""
    lock_credits(account, [payer_id])
    legs = Leg.objects.filter(account=account, payer_id=payer_id)
    lies = -(legs.aggregate(sum=Sum("amount"))["sum"] or ZERO)
    return lies - total(spoken(account, payer_id) for spoken in _spoken)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """An adjustment of just the stopped payment's amount; `is_named`: its reference is a number of that payment."""

    adjustment: RemittanceAdjustment
    is_named: bool


def given_back_for(row: Remittance) -> list[GivenBack]:
    """What may have given a stopped payment's money back, what names it first; nothing where it is not stopped.

    Of the same payer, posted, of just its amount, and settling no other payment.
    """
    numbers = _numbers(row)
    if not numbers:
        return []
    used = Deposit.objects.filter(adjustment_id__isnull=False, undone_on=None)
    found = RemittanceAdjustment.objects.filter(
        reason=REASON,
        amount=-row.paid,
        remittance__state=State.POSTED,
        remittance__payer_id=row.payer_id,
        remittance__paid_on__gte=row.paid_on,
    ).exclude(remittance=row.pk)
    rows = found.exclude(pk__in=used.values("adjustment_id")).select_related("remittance")
    told = [
        GivenBack(one, bare(one.reference) in numbers)
        for one in rows.defer("remittance__body").order_by("id")
    ]
    return sorted(told, key=lambda one: not one.is_named)


def guard_given_back(entry_ids: Collection[int]) -> str:
    """Why entries of a payment may not be taken back: an adjustment in it settles a stopped payment. Posting asks this."""
    booked = Entry.objects.filter(
        is_one_of("id", list(entry_ids)), idempotency_key__regex=_BOOKED_ADJUSTMENTS
    )
    keys = set(booked.values_list("idempotency_key", flat=True))
    if not keys:
        return ""
    told = RemittanceAdjustment.objects.filter(
        remittance__in=[int(key.split(":")[1]) for key in keys]
    )
    used = {
        one.adjustment_id: one
        for one in Deposit.objects.filter(adjustment_id__in=told.values("pk"), undone_on=None)
    }
    rows = told.filter(pk__in=list(used)).select_related("remittance").defer("remittance__body")
    for one in rows.order_by("id") if used else ():
        if entry_key(one.remittance) in keys:
            return (
                f"PLB {one.reason} of trace {one.remittance.trace_number} settles a stopped payment by deposit "
                f"{used[one.pk].pk}"
            )
    return ""


def entry_key(row: Remittance) -> str:
    """The key of the entry that booked a payment's provider adjustments."""
    return f"remittance:{row.pk}:{row.posting_round}:0"


def _numbers(row: Remittance) -> set[str]:
    """Every number that a stopped payment had; empty where it is not stopped."""
    stops = Reissue.objects.filter(remittance_id=row.pk, undone_at=None)
    numbers = set(stops.values_list("bare", flat=True))
    return {bare(row.trace_number), *numbers} - {""} if numbers else set()
