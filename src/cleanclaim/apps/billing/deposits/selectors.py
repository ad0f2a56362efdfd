"""Questions about money at the bank: what is awaited, what waits, what a line may pay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from cleanclaim.apps.billing.deposits.copies import copy_ids
from cleanclaim.apps.billing.deposits.models import (
    BankLine,
    BatchItem,
    BatchKind,
    BatchState,
    DaySignature,
    Deposit,
    DepositBatch,
    DepositPart,
    LineState,
    Reissue,
)
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.models import State as RemittanceState
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry
from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.reconciliation import (
    AwaitedBatch,
    BatchCandidate,
    Expected,
    Match,
    match_deposits,
    propose_batches,
)
from cleanclaim.values import bank as values
from cleanclaim.values.accounts import BANK, CARD_CLEARING, REMIT_CLEARING, UNIDENTIFIED_CASH

MONEY_IN = "in"
_STANDING = Reissue.objects.filter(undone_at=None, replaced_by_id=None)
_EARLIER = "deposit:"  # the keys of deposits booked before bank lines were kept


def to_value(row: BankLine) -> values.BankLine:
    """The row as the rules read it."""
    return values.BankLine(
        row.amount,
        row.booked_on,
        code=row.code,
        trace_number=row.trace_number,
        payer_trace_id=row.payer_trace_id,
        references=tuple(row.references),
        text=row.text,
        place=row.place,
    )


def awaited_remittances() -> QuerySet[Remittance]:
    """Remittances with money that no standing deposit pays, without their bodies; `as_awaited` adds two columns.

    Those taken back, and copies of stopped payments, are not awaited.
    """
    paid = DepositPart.objects.filter(remittance_id=OuterRef("pk"), stands=True)
    earlier = Entry.objects.filter(under(_EARLIER), kind="deposit", reversals=None).values_list(
        "idempotency_key", flat=True
    )
    ids = [int(key.removeprefix(_EARLIER)) for key in earlier]
    found = as_awaited(Remittance.objects.filter(~Exists(paid), paid__gt=0))
    found = found.exclude(state=RemittanceState.REVERSED)
    ids += copy_ids()
    return found.exclude(pk__in=ids) if ids else found


def as_awaited(rows: QuerySet[Remittance]) -> QuerySet[Remittance]:
    """Each with `awaited_under` (the number its money comes under, empty = stopped) and `awaited_on`; without its body."""
    last = _STANDING.filter(remittance_id=OuterRef("pk"))
    return rows.defer("body").annotate(
        awaited_under=Coalesce(Subquery(last.values("number")[:1]), F("trace_number")),
        awaited_on=Coalesce(Subquery(last.values("reissued_on")[:1]), F("paid_on")),
    )


def reissues_of(remittance_id: int) -> list[Reissue]:
    """Every stop and reissue of a payment, oldest first."""
    return list(Reissue.objects.filter(remittance_id=remittance_id).order_by("id"))


def standing_reissue(remittance_id: int) -> Reissue | None:
    """The last reissue that stands."""
    return _STANDING.filter(remittance_id=remittance_id).first()


def numbers_by_then(remittance_ids: Iterable[int], day: date) -> dict[int, str]:
    """What a proof of the day shows beside a payment's trace: `, reissued as T2`, or that it was stopped by then.

    Beside it alone: a stop moves no money, so that no signature may fall by it.
    """
    told = Reissue.objects.filter(
        Q(undone_at=None) | Q(undone_at__date__gt=day),
        is_one_of("remittance_id", sorted(remittance_ids)),
        at__date__lte=day,
    )
    return {
        row.remittance_id: f", reissued as {row.number}" if row.number else ", stopped"
        for row in told.order_by("id")
    }


def awaited_deposits() -> list[Expected]:
    """As `awaited_remittances`, for the rules; oldest first."""
    return [
        Expected(row.pk, under, row.payer_trace_id, row.payer_name, row.paid, awaited_on)
        for row in awaited_remittances().order_by("id")
        for under, awaited_on in [(row.awaited_under, row.awaited_on)]  # type: ignore[attr-defined]
    ]


def waiting_lines() -> QuerySet[BankLine]:
    """Money in of which something is not placed, oldest first."""
    return BankLine.objects.filter(kind=MONEY_IN, state=LineState.OPEN).order_by("booked_on", "id")


def open_debits() -> QuerySet[BankLine]:
    """Money out that nobody has explained, oldest first."""
    found = BankLine.objects.filter(state=LineState.OPEN).exclude(kind=MONEY_IN)
    return found.order_by("booked_on", "id")


def open_lines() -> QuerySet[BankLine]:
    """Bank lines that a person has to look at, counted on the rail."""
    return BankLine.objects.filter(state=LineState.OPEN)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which bank lines a list shows; empty = all. `text` is looked for in the bank's words, trace and references."""

    state: str = ""
    booked_from: date | None = None
    booked_to: date | None = None
    text: str = ""


def bank_lines(filters: Filters) -> QuerySet[BankLine]:
    """The filtered lines; page them by key (`order=("-id",)`)."""
    found = BankLine.objects.all()
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.booked_from is not None:
        found = found.filter(booked_on__gte=filters.booked_from)
    if filters.booked_to is not None:
        found = found.filter(booked_on__lte=filters.booked_to)
    if text := filters.text.strip():
        found = found.filter(
            Q(text__icontains=text) | Q(trace_number=text) | Q(references__contains=[text])
        )
    return found


def match_of(row: BankLine, expected: Sequence[Expected] | None = None) -> Match:
    """What the rest of a line may pay of what is awaited now.

    Args:
        expected: what is awaited, where the caller has read it.
    """
    awaited = awaited_deposits() if expected is None else expected
    return match_deposits([replace(to_value(row), amount=row.left or row.amount)], awaited)[0]


def deposits_of(row: BankLine) -> list[Deposit]:
    """Everything that was placed from the line, undone or not, oldest first."""
    return list(Deposit.objects.filter(line=row).prefetch_related("parts").order_by("id"))


def deposits_on(row: Remittance) -> list[Deposit]:
    """Every placement of a remittance's money, undone or not, oldest first, with its line or card batch."""
    found = Deposit.objects.filter(parts__remittance_id=row.pk).order_by("id")
    return list(found.select_related("line", "card_batch"))


def awaited_batches() -> QuerySet[DepositBatch]:
    """Batches whose total agreed and whose money is not at the bank, oldest first."""
    return DepositBatch.objects.filter(state=BatchState.CLOSED).order_by("batch_on", "id")


def batch_candidates(row: BankLine) -> list[BatchCandidate]:
    """Batches that what is left of a line of money in may be, best first."""
    return propose_batches(to_value(row), awaited_batch_values(), left=row.left)


def awaited_batch_values() -> list[AwaitedBatch]:
    """The closed batches whose money is not at the bank, as the rules take them."""
    found = awaited_batches().values_list("pk", "expected_total", "batch_on", "kind")
    return [
        AwaitedBatch(pk, paid, batch_on, kind == BatchKind.CARD)
        for pk, paid, batch_on, kind in found
    ]


def batch_total(batch: DepositBatch) -> Decimal:
    """The sum of a batch's items."""
    return batch.items.aggregate(sum=Sum("amount"))["sum"] or ZERO


def batch_of_entry(entry_id: int) -> str:
    """The batch in which this entry's money lies, in words; empty where it lies in none."""
    item = BatchItem.objects.filter(entry_id=entry_id).exclude(entry_id=0).first()
    if item is None:
        return ""
    return f"batch {item.batch_id}, {BatchState(item.batch.state).label.lower()}"


def remittances_by_id(ids: Sequence[int]) -> dict[int, Remittance]:
    """These remittances, `as_awaited`."""
    return {row.pk: row for row in as_awaited(Remittance.objects.filter(pk__in=list(ids)))}


def cash_of_remittances() -> Decimal:
    """What remittances have paid, whether their money came or is awaited: clearing but for deposits and cards."""
    found = sum_legs(
        ("account",),
        where="leg.account = %s AND NOT EXISTS (SELECT 1 FROM ledger_leg AS other "
        "WHERE other.entry_id = leg.entry_id AND other.account = ANY(%s::text[]))",
        parameters=(REMIT_CLEARING.code, [BANK.code, UNIDENTIFIED_CASH.code, CARD_CLEARING.code]),
    )
    return total(amount for _, amount in found)


def approved_since(day: date) -> bool:
    """Whether a second person approved the proof of this day, or of a later one, which holds what was open by then."""
    return DaySignature.objects.filter(day__gte=day, place="approved").exists()
