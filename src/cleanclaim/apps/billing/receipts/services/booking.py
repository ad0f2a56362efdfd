"""What taking money, putting it on items and taking it back share: locks, legs, and what is brought up to date after."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from cleanclaim.apps.billing.claims import amounts
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.receipts.models import Method, Receipt, State
from cleanclaim.apps.billing.receipts.selectors import Owed, owed_by, trace_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.errors import StateError
from cleanclaim.values.accounts import (
    CARD_CLEARING,
    DEPOSITS_IN_TRANSIT,
    PATIENT_PREPAYMENT,
    RECEIVABLE_PATIENT,
)
from cleanclaim.values.entry import Leg


def lock_claims(claim_ids: Iterable[int]) -> None:
    """Keep others off these claims and their items until the database transaction ends."""
    wanted = sorted(set(claim_ids) - {0})
    found = Claim.objects.select_for_update().filter(is_one_of("pk", wanted)).order_by("pk")
    list(found.values_list("pk"))
    ledger.lock_claims(wanted)


def locked_owed(patient_id: int) -> list[Owed]:
    """What the patient owes, with everybody else kept off those claims until the database transaction ends."""
    lock_claims(one.claim_id for one in owed_by(patient_id))
    return owed_by(patient_id)


def kept(receipt_id: int) -> Receipt:
    """A receipt that stands, kept from others.

    Raises:
        StateError: it came back or was voided.
    """
    row = Receipt.objects.select_for_update().get(pk=receipt_id)
    if row.state != State.KEPT:
        words = "is voided since" if row.state == State.VOIDED else "came back on"
        raise StateError(
            f"receipt {receipt_id} {words} {row.ended_on}, expected one that is kept",
            hint="Nothing was changed. Take new money as a receipt of its own.",
        )
    lock_names([f"receipts {row.patient_id}"])
    return row


def pair(row: Receipt, item: Owed, debit: str, amount: Decimal) -> list[Leg]:
    """Legs that put dollars on an item, out of the account `debit`."""

    def leg(account: str, signed: Decimal) -> Leg:
        return Leg(
            account, signed, item.item_id, item.claim_id, item.line_number, row.patient_id,
            reason=row.method, trace="" if account == RECEIVABLE_PATIENT.code else trace_of(row.pk),
        )  # fmt: skip

    return [leg(debit, amount), leg(RECEIVABLE_PATIENT.code, -amount)]


def prepaid(row: Receipt, amount: Decimal) -> list[Leg]:
    """Legs of what stays the patient's."""

    def leg(account: str, signed: Decimal) -> Leg:
        return Leg(
            account, signed, claim_id=row.claim_id, patient_id=row.patient_id, reason=row.method, trace=trace_of(row.pk)
        )  # fmt: skip

    return [leg(transit(row.method), amount), leg(PATIENT_PREPAYMENT.code, -amount)]


def transit(method: str) -> str:
    """Where its money is until the bank has it."""
    return (CARD_CLEARING if method == Method.CARD else DEPOSITS_IN_TRANSIT).code


def memo_of(row: Receipt) -> str:
    """What its entries say."""
    return f"receipt {row.pk}, {row.method} {row.reference}".strip()[:200]


def settle(row: Receipt, claim_ids: Sequence[int], *, by: int | None) -> None:
    """Bring the claims' amounts up to date; the audit event."""
    wanted = {*claim_ids, row.claim_id} - {0}
    if wanted:
        amounts.refresh(wanted)
    record_audit("change", patient_ids={row.patient_id}, by=by, what="receipt")


def claims_of(row: Receipt) -> list[int]:
    """The claims that its entries touched."""
    entries = [row.entry_id, *row.applications.values_list("entry_id", flat=True)]
    found = LegRow.objects.filter(entry__in=entries).exclude(claim_id=0)
    return list(found.values_list("claim_id", flat=True).distinct())
