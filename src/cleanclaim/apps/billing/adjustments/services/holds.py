"""Flags that keep people off an account: bankruptcy and legal holds."""

from collections.abc import Collection
from datetime import date

from django.db import IntegrityError, transaction

from cleanclaim.apps.billing.adjustments import work
from cleanclaim.apps.billing.adjustments.authority import authority_of
from cleanclaim.apps.billing.adjustments.models import AccountHold, HoldKind
from cleanclaim.apps.billing.adjustments.reasons import Reason
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, StateError

# What would be an act of collection, or its end, on an account that a court watches.
STOPPED = ("bad_debt", "to_agency", "small_balance")


@transaction.atomic
def hold_account(
    patient_id: int, *, kind: str, words: str, on: date, by: int, reference: str = ""
) -> AccountHold:
    """Stop contact, placement and write-off of a patient's account; the case goes to legal as work.

    Raises:
        InputError: the kind is unknown, or no reason.
        StateError: it is held for this already.
    """
    authority_of(by, Permission.ACCOUNTS_ADJUST)
    if kind not in HoldKind.values or not words.strip():
        raise InputError(
            f"account {patient_id}: hold {kind[:20]!r}, expected {' or '.join(HoldKind.values)}, and a reason",
            hint="Say what stops contact, and why.",
        )
    try:
        with transaction.atomic():
            row = AccountHold.objects.create(
                patient_id=patient_id, kind=kind, reference=reference.strip()[:80],
                words=words.strip()[:300], set_by=by, set_on=on,
            )  # fmt: skip
    except IntegrityError as error:
        raise StateError(
            f"account {patient_id} is held for {kind} already, expected one that is not",
            hint="Nothing was changed. Its hold stands on the account's page.",
        ) from error
    work.open_legal(row, on=on)
    _audit(patient_id, "account held", row.pk, by)
    return row


@transaction.atomic
def lift_hold(hold_id: int, *, words: str, on: date, by: int) -> AccountHold:
    """Let people work the account again.

    Raises:
        InputError: no reason.
        StateError: it is lifted already.
    """
    authority_of(by, Permission.ACCOUNTS_ADJUST)
    row = AccountHold.objects.select_for_update().get(pk=hold_id)
    if row.lifted_on is not None:
        raise StateError(
            f"hold {hold_id} was lifted on {row.lifted_on}, expected one in force",
            hint="Nothing was changed. People may work the account.",
        )
    if not words.strip():
        raise InputError(
            f"hold {hold_id}: the reason is empty, expected why it is lifted",
            hint="Name the court's order or letter.",
        )
    row.lifted_by, row.lifted_on, row.lifted_words = by, on, words.strip()[:300]
    row.save()
    work.close_legal(row)
    _audit(row.patient_id, "account hold lifted", row.pk, by)
    return row


def holds_of(patient_ids: Collection[int]) -> dict[int, AccountHold]:
    """{patient id: the hold in force}; accounts without one are left out."""
    found = AccountHold.objects.filter(patient_id__in=list(patient_ids), lifted_on=None)
    return {row.patient_id: row for row in found.order_by("-id")}


def may_contact(patient_id: int) -> bool:
    """Whether anybody may write to or call the patient about money."""
    return not holds_of([patient_id])


def refuse_held(patient_ids: Collection[int], why: Reason) -> None:
    """Raise where the reason is an act of collection and an account is with legal.

    Raises:
        StateError: one is.
    """
    if why.code not in STOPPED:
        return
    for patient_id, hold in holds_of(patient_ids).items():
        raise StateError(
            f"account {patient_id} is with legal ({HoldKind(hold.kind).label.lower()} "
            f"{hold.reference} since {hold.set_on})",
            hint="Nobody may contact the patient or write it off. Send it to legal.",
        )


def _audit(patient_id: int, what: str, hold_id: int, by: int) -> None:
    record_audit("change", patient_ids=[patient_id], by=by, what=what, detail=f"hold {hold_id}")
