"""Questions about receipts: what a patient owes, what is still unapplied, what waits for the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Max

from cleanclaim.apps.billing.claims.selectors import control_numbers
from cleanclaim.apps.billing.receipts.models import Receipt, State
from cleanclaim.apps.shared.ledger.models import Entry
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.accounts import PATIENT_PREPAYMENT, RECEIVABLE_PATIENT


@dataclass(frozen=True, slots=True)
class Owed:
    """One item that the patient owes on, oldest service first."""

    item_id: int
    claim_id: int
    line_number: int
    service_on: date
    procedure: str
    amount: Decimal


def owed_by(patient_id: int, *, claim_id: int = 0) -> list[Owed]:
    """What the patient owes, item by item; of one claim where it is named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item.id, item.claim_id, item.line_number, item.service_on, item.procedure, "
            "sum(leg.amount) FROM ledger_item AS item JOIN ledger_leg AS leg "
            "ON leg.claim_id = item.claim_id AND leg.claim_id <> 0 AND leg.item_id = item.id "
            "WHERE item.patient_id = %s::bigint AND leg.item_id <> 0 AND leg.account = %s::text "
            "AND (%s::bigint = 0 OR item.claim_id = %s::bigint) "
            "GROUP BY item.id HAVING sum(leg.amount) > 0 ORDER BY item.service_on, item.id",
            [patient_id, RECEIVABLE_PATIENT.code, claim_id, claim_id],
        )
        return [Owed(*row) for row in cursor.fetchall()]


def unapplied_of(receipts: Sequence[Receipt]) -> dict[int, Decimal]:
    """{receipt id: what of it is still a prepayment}: what lies there under its number, refunds taken off."""
    traces = {trace_of(row.pk): row.pk for row in receipts if row.state == State.KEPT}
    found = dict.fromkeys((row.pk for row in receipts), ZERO)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trace, -sum(amount) FROM ledger_leg WHERE account = %s::text "
            "AND trace = ANY(%s::text[]) GROUP BY trace",
            [PATIENT_PREPAYMENT.code, list(traces)],
        )
        for trace, amount in cursor.fetchall():
            found[traces[trace]] = amount
    return found


@dataclass(frozen=True, slots=True)
class OnHand:
    """What of a receipt is on no visit yet; `number` is that of the claim that it names."""

    receipt: Receipt
    amount: Decimal
    number: str


def on_hand(patient_id: int) -> list[OnHand]:
    """The patient's money that is unapplied now, oldest receipt first."""
    kept = list(Receipt.objects.filter(patient_id=patient_id, state=State.KEPT).order_by("id"))
    unapplied = unapplied_of(kept) if kept else {}
    there = [row for row in kept if unapplied[row.pk] > ZERO]
    numbers = control_numbers(row.claim_id for row in there)
    return [OnHand(row, unapplied[row.pk], numbers.get(row.claim_id, "")) for row in there]


def short_of(patient_id: int = 0) -> list[tuple[int, str, Decimal]]:
    """(patient, trace, dollars) of receipts that came back after they were refunded, oldest first: owed to us again.

    Args:
        patient_id: of one patient; 0: of all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT patient_id, trace, sum(amount) FROM ledger_leg WHERE account = %s::text "
            "AND trace <> '' AND (%s::bigint = 0 OR patient_id = %s::bigint) "
            "GROUP BY patient_id, trace HAVING sum(amount) > 0 ORDER BY min(id)",
            [PATIENT_PREPAYMENT.code, patient_id, patient_id],
        )
        return [tuple(row) for row in cursor.fetchall()]


def trace_of(receipt_id: int) -> str:
    """Under which the money of a receipt lies in the books until it is applied."""
    return f"receipt {receipt_id}"


def live_applications(receipt: Receipt) -> list[int]:
    """The entries that put its prepayment on items and stand, newest first."""
    ids = list(receipt.applications.order_by("-id").values_list("entry_id", flat=True))
    gone = set(Entry.objects.filter(reverses__in=ids).values_list("reverses_id", flat=True))
    return [entry_id for entry_id in ids if entry_id not in gone]


def entries_of(row: Receipt) -> list[int]:
    """Every entry that moved a receipt's money, oldest first: taken, applied, come back with its fee, and all that undid or
    repeats one of these."""
    own = [
        row.entry_id,
        *row.applications.values_list("entry_id", flat=True),
        *row.undone_returns.values_list("again_entry_id", flat=True),
        row.again_entry_id,
    ]
    rounds = ["", *(f":{entry_id}" for entry_id in own)]  # `Receipt.round` of each of its returns
    keys = [f"receipt:{row.pk}:{act}{one}" for act in ("returned", "fee") for one in rounds]
    returns = Entry.objects.filter(idempotency_key__in=keys).values_list("pk", flat=True)
    known = {*own, *returns, *row.undone_returns.values_list("end_entry_id", flat=True)} - {0}
    known.add(row.end_entry_id or row.entry_id)
    undone = Entry.objects.filter(reverses__in=list(known)).values_list("pk", flat=True)
    return sorted({*known, *undone})


def latest_days(entry_ids: Sequence[int]) -> tuple[date, date]:
    """The latest day on which one of the entries counts, and the latest in whose books one is."""
    found = Entry.objects.filter(pk__in=list(entry_ids)).aggregate(
        day=Max("effective_on"), books=Max("accounting_on")
    )
    return found["day"], found["books"]
