"""A payer stopped a payment and gave its money back inside a later one (PLB 72): that pays it, without a bank line of its own.

given back (`given-back:<deposit>`)    Dr where the PLB's credit lies (owed back to payers)    Cr remit clearing of the stopped payment
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from cleanclaim.apps.billing.deposits.given_back import (
    GivenBack,
    entry_key,
    free_credit,
    given_back_for,
)
from cleanclaim.apps.billing.deposits.models import Deposit, DepositPart, Reissue
from cleanclaim.apps.billing.deposits.selectors import awaited_remittances
from cleanclaim.apps.billing.deposits.services.placing import awaited_by_id, lock_placing
from cleanclaim.apps.billing.deposits.services.undoing import undo_deposit
from cleanclaim.apps.billing.remittances.laying import adjustment_words
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.plans import trace_of
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.apps.shared.tenancy.bulk import reserve_ids
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.values.accounts import REMIT_CLEARING
from cleanclaim.values.entry import Entry, Leg

GIVEN_BACK = "plb"  # how such a deposit was placed


@transaction.atomic
def settle_given_back(*, on: date, by: int | None = None) -> list[int]:
    """Settle each stopped payment that a posted PLB 72 of its payer and amount names by number; returns their ids.

    What a person undid is not settled again by itself, nor what two name, nor by one whose credit is not there: a person who
    chooses that one is told why not.
    """
    stopped = Reissue.objects.filter(undone_at=None, replaced_by_id=None)
    ids = sorted(set(stopped.values_list("remittance_id", flat=True)))
    if not ids:
        return []
    lock_placing()
    undone = set(
        DepositPart.objects.filter(
            remittance_id__in=ids, stands=False, deposit__adjustment_id__isnull=False
        ).values_list("remittance_id", "deposit__adjustment_id")
    )
    done = []
    for row in awaited_remittances().filter(pk__in=ids).order_by("id"):
        named = [one for one in given_back_for(row) if one.is_named]
        if len(named) != 1 or (row.pk, named[0].adjustment.pk) in undone:
            continue
        credit = _credit_of(named[0])
        if credit and _free(credit) >= row.paid:
            _settle(row, named[0], credit, on=on, by=by)
            done.append(row.pk)
    return done


def settle_after_posting(payload: Mapping[str, Any]) -> None:
    """Handle `remittances.moved`: what was posted may give a stopped payment's money back."""
    settle_given_back(on=date.fromisoformat(payload["on"]))


@transaction.atomic
def pay_by_adjustment(
    remittance_id: int, *, adjustment_id: int = 0, on: date, by: int | None
) -> Deposit:
    """Say that a posted PLB 72 gave a stopped payment's money back; it is awaited no more.

    Args:
        adjustment_id: which; 0 = the only one that it may be.

    Raises:
        InputError: no such remittance.
        StateError: its money has come, it is not stopped, or that adjustment is none, or not the only one, of its payer
            and amount, left no credit, or its credit was used or promised since.
    """
    lock_placing()
    [row] = awaited_by_id([remittance_id])
    found = given_back_for(row)
    chosen = [one for one in found if adjustment_id in (0, one.adjustment.pk)]
    if len(chosen) != 1:
        ids = ", ".join(f"{one.adjustment.pk}" for one in found) or "none"
        raise StateError(
            f"remittance {remittance_id}: adjustment {adjustment_id or 'not named'}, expected one PLB 72 of the same payer "
            f"and {show(row.paid)} that is posted and free, for a payment that is stopped: {ids}",
            hint="Say first that the payment was stopped; post the payment that gives the money back.",
        )
    credit = _credit_of(chosen[0])
    if credit is None:
        raise StateError(
            f"{_words(chosen[0])} left no credit of {show(row.paid)}",
            hint="Look at the entry of its remittance.",
        )
    if (free := _free(credit)) < row.paid:
        raise StateError(
            f"{_words(chosen[0])}: {show(max(free, ZERO))} of its payer's is free on {credit.account}, expected "
            f"{show(row.paid)}",
            hint="A refund or a takeback may have used it, or an open case speaks for it. Look at the payer's credits.",
        )
    return _settle(row, chosen[0], credit, on=on, by=by)


@transaction.atomic
def undo_given_back(remittance_id: int, *, reason: str, on: date, by: int | None) -> int:
    """Take back that a PLB 72 pays a stopped payment: it is awaited again. Returns the reversal's id.

    Raises:
        InputError: no reason.
        StateError: none pays it.
    """
    lock_placing()
    part = DepositPart.objects.filter(
        remittance_id=remittance_id, stands=True, deposit__adjustment_id__isnull=False
    ).first()
    if part is None:
        raise StateError(f"remittance {remittance_id} is not paid by a provider adjustment")
    return undo_deposit(part.deposit_id, reason=reason, on=on, by=by)


def _credit_of(given: GivenBack) -> LegRow | None:
    """The leg that the adjustment left when it was posted; nothing where it was netted away."""
    one = given.adjustment
    return (
        LegRow.objects.filter(
            entry__idempotency_key=entry_key(one.remittance),
            reason=adjustment_words(one.reason, one.reference),
            amount=one.amount,
        )
        .select_related("entry")
        .first()
    )


def _free(credit: LegRow) -> Decimal:
    """What still lies where the adjustment put it; an income is nobody's to use up."""
    if not credit.account.startswith("liability:"):
        return -credit.amount
    return free_credit(credit.account, credit.payer_id)


def _words(given: GivenBack) -> str:
    one = given.adjustment
    return f"{f'PLB-{one.reason} {one.reference}'.strip()} of trace {one.remittance.trace_number}"


def _settle(
    row: Remittance, given: GivenBack, credit: LegRow, *, on: date, by: int | None
) -> Deposit:
    [deposit_id] = reserve_ids(Deposit, 1)
    day = max(on, row.received_on, credit.entry.accounting_on)
    reason, words = credit.reason, _words(given)
    legs = (
        Leg(credit.account, row.paid, payer_id=row.payer_id, reason=reason),
        Leg(REMIT_CLEARING.code, -row.paid, payer_id=row.payer_id, reason=reason, trace=trace_of(row)),
    )  # fmt: skip
    memo = f"remittance {row.pk}, stopped: its money came by {words}"
    entry = Entry("given-back", f"given-back:{deposit_id}", day, day, legs, memo[:200])
    [entry_id] = post_entries([entry], by=by)
    how = "its reference names it" if given.is_named else "chosen by a person"
    deposit = Deposit.objects.create(
        pk=deposit_id,
        adjustment_id=given.adjustment.pk,
        amount=row.paid,
        how=GIVEN_BACK,
        reasons=f"{words}; {how}"[:500],
        counts_on=day,
        entry_id=entry_id,
        by=by,
    )
    DepositPart.objects.create(deposit=deposit, remittance_id=row.pk, amount=row.paid)
    return deposit
