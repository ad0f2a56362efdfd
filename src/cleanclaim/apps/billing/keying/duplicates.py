"""The same payment twice: keyed again, keyed after its 835, or an 835 after it was keyed."""

from datetime import date

from django.db.models import Max, Q, QuerySet

from cleanclaim.apps.billing.keying.models import Batch, State
from cleanclaim.apps.billing.remittances.known import Known
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.taken_back import last_taken_back
from cleanclaim.values import remittance as values


def same_number(one: str, other: str) -> bool:
    """Whether two check or EFT numbers are one: paper and 835 differ in leading zeros and in case."""
    return _bare(one) == _bare(other)


def _bare(number: str) -> str:
    return "".join(letter for letter in number.upper() if letter.isalnum()).lstrip("0")


def _same_name(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def find_keyed(value: values.Remittance) -> Known | None:
    """The remittance of a keyed batch that is this payment; asked of every 835 that comes."""
    posted = Batch.objects.filter(state=State.POSTED, amount=value.paid, paid_on=value.paid_on)
    for batch in posted.order_by("id"):
        row = Remittance.objects.defer("body").get(pk=batch.remittance_id)
        is_payer = row.payer_trace_id == value.payer_trace_id or _same_name(
            batch.payer_name, value.payer.name
        )
        if is_payer and same_number(batch.trace_number, value.trace_number):
            return Known(row.pk, row.file_id, row.received_on)
    return None


def find_received(batch: Batch) -> Remittance | None:
    """The remittance that brought this payment already, in whatever way, and was not keyed anew."""
    same = Remittance.objects.defer("body").filter(paid=batch.amount, paid_on=batch.paid_on)
    found = same.exclude(pk__in=_keyed_anew())
    return next(
        (
            row
            for row in found.order_by("id")
            if same_number(row.trace_number, batch.trace_number)
            and (row.payer_id == batch.payer_id or _same_name(row.payer_name, batch.payer_name))
        ),
        None,
    )


def repeat_of(value: values.Remittance, *, is_other: bool) -> int:
    """Which one of its trace it will be (`Remittance.repeat`): above zero where one of them was keyed anew.

    `is_other`: two persons said that it is another payment under a number that is known.

    The old one keeps its number, and the books tell them apart, so that proofs of earlier days stay as they were signed.
    """
    same = Remittance.objects.filter(
        payer_trace_id=value.payer_trace_id, trace_number=value.trace_number
    )
    if not is_other and not same.filter(pk__in=_keyed_anew()).exists():
        return 0
    return int(same.aggregate(last=Max("repeat"))["last"] or 0) + 1


def _keyed_anew() -> QuerySet[Batch, int | None]:
    """The remittances that stand no more because their batch was keyed anew."""
    return Batch.objects.filter(state=State.REPLACED).values_list("remittance_id", flat=True)


def keyed_anew_on(day: date) -> set[int]:
    """The remittances of which the one that they were keyed anew in came on the day: from then on that is the payment."""
    return _superseded_by(
        Batch.objects.filter(
            remittance_id__in=Remittance.objects.filter(received_on=day).values("pk")
        )
    )


def keyed_anew() -> set[int]:
    """The remittances of which the one that they were keyed anew in has come: that is the payment now."""
    old = list(Batch.objects.filter(state=State.REPLACED, remittance_id__isnull=False))
    if not old:
        return set()
    same = Q(amount__in={one.amount for one in old}, paid_on__in={one.paid_on for one in old})
    named = Q(pk__in={one.replaced_by_id for one in old})
    return _superseded_by(Batch.objects.filter(named | same, remittance_id__isnull=False))


def _superseded_by(batches: QuerySet[Batch]) -> set[int]:
    came = list(batches)
    replaced = Batch.objects.filter(state=State.REPLACED, remittance_id__isnull=False)
    old = list(replaced.filter(replaced_by_id__in=[one.pk for one in came])) if came else []
    dropped = Batch.objects.filter(state=State.DROPPED)
    # The batch that was to take its place may have been dropped, and another begun instead.
    orphans = list(replaced.filter(replaced_by_id__in=dropped.values("pk"))) if came else []
    for other in orphans:
        if any(_takes_place_of(one, other) for one in came):
            old.append(other)
    return {one.remittance_id for one in old if one.remittance_id}


def _takes_place_of(one: Batch, other: Batch) -> bool:
    """Whether it was begun after the batch that was to replace the other one, for the same payment."""
    return (
        one.pk > (other.replaced_by_id or one.pk)
        and (one.payer_id, one.amount, one.paid_on) == (other.payer_id, other.amount, other.paid_on)
        and same_number(other.trace_number, one.trace_number)
    )


def replaced_by(remittance_id: int) -> str:
    """Why the remittance of a batch that was keyed anew may not be posted again."""
    old = Batch.objects.filter(remittance_id=remittance_id, state=State.REPLACED).first()
    return f"it was keyed anew in batch {old.replaced_by_id}" if old else ""


def replaced_until(batch: Batch) -> date | None:
    """Until when the postings count whose place this batch takes, also by way of one that was dropped; None: of none."""
    same = Q(payer_id=batch.payer_id, amount=batch.amount, paid_on=batch.paid_on)
    found = Batch.objects.filter(Q(replaced_by_id=batch.pk) | same, state=State.REPLACED)
    days = [
        last_taken_back(old.remittance_id)
        for old in found
        if old.remittance_id
        and (old.replaced_by_id == batch.pk or same_number(old.trace_number, batch.trace_number))
    ]
    return max((day for day in days if day is not None), default=None)
