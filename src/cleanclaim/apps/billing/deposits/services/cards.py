"""A payer pays a remittance by virtual card: what the processor will settle is on its way, its fee is booked at once.

The remittance has its money from then on, so that no bank line is awaited for its sum. The net stands as a batch of one
among the card batches; the bank's line of it pays that batch, alone or with other cards settled the same day.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.deposits.models import (
    BatchItem,
    BatchKind,
    BatchState,
    Deposit,
    DepositBatch,
    DepositPart,
)
from cleanclaim.apps.billing.deposits.services.placing import awaited_by_id, lock_placing
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.plans import trace_of
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.apps.shared.tenancy.bulk import reserve_ids
from cleanclaim.apps.shared.users.access import refuse_above
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, fits_ledger, show
from cleanclaim.values.accounts import CARD_CLEARING, CARD_FEES, REMIT_CLEARING
from cleanclaim.values.entry import Entry, Leg

CARD = "card"  # how such a deposit was placed


@transaction.atomic
def pay_by_card(
    remittance_id: int,
    *,
    fee: Decimal,
    number: str = "",
    on: date,
    by: int | None,
    limit: Decimal | None = None,
) -> Deposit:
    """Charge the payer's virtual card: the remittance is paid, less `fee` the processor owes it to the bank.

    Args:
        fee: what the processor keeps, zero or more, less than the payment.
        number: of the authorization; never the card's.
        limit: the largest fee that the person may say.

    Raises:
        InputError: no such remittance, or a fee that is no part of its payment.
        StateError: its money has come already, or none is awaited.
        PermissionRefusedError: the fee is above the person's limit.
    """
    lock_placing()
    [row] = awaited_by_id([remittance_id])
    if not fits_ledger(fee) or not ZERO <= fee < row.paid:
        raise InputError(
            f"card fee {fee}: expected whole cents, from 0.00 to less than the {show(row.paid)} paid"
        )
    if limit is not None:
        refuse_above(limit, fee, what="fee")
    [deposit_id] = reserve_ids(Deposit, 1)
    net = row.paid - fee
    number = number.strip()[:40]
    batch = _batch_of(row, net, number, on=on, by=by)
    counts_on = max(on, row.received_on)
    entry = Entry(
        "card-payment",
        f"card-deposit:{deposit_id}",
        counts_on,
        counts_on,
        _legs(row, net, fee, batch_trace=f"batch {batch.pk}"),
        memo=f"remittance {row.pk} paid by virtual card {number}".strip()[:200],
    )
    [entry_id] = post_entries([entry], by=by)
    BatchItem.objects.create(
        batch=batch,
        position=1,
        amount=net,
        number=number or row.trace_number[:40],
        payer_name=row.payer_name[:120],
        entry_id=entry_id,
    )
    deposit = Deposit.objects.create(
        pk=deposit_id,
        card_batch=batch,
        amount=net,
        short=fee,
        short_account=CARD_FEES.code if fee else "",
        how=CARD,
        reasons=f"virtual card {number}".strip()[:500],
        counts_on=counts_on,
        entry_id=entry_id,
        by=by,
    )
    DepositPart.objects.create(deposit=deposit, remittance_id=row.pk, amount=row.paid)
    return deposit


def _batch_of(
    row: Remittance, net: Decimal, number: str, *, on: date, by: int | None
) -> DepositBatch:
    """Closed from the start: its one item is the card, its total what the processor settles."""
    words = " ".join(("Virtual card", number, row.payer_name))
    return DepositBatch.objects.create(
        kind=BatchKind.CARD,
        name=" ".join(words.split())[:80],
        batch_on=on,
        expected_count=1,
        expected_total=net,
        state=BatchState.CLOSED,
        by=by,
        closed_by=by,
        closed_on=on,
    )


def _legs(row: Remittance, net: Decimal, fee: Decimal, *, batch_trace: str) -> tuple[Leg, ...]:
    legs = [Leg(CARD_CLEARING.code, net, payer_id=row.payer_id, trace=batch_trace)]
    if fee:
        legs.append(Leg(CARD_FEES.code, fee, payer_id=row.payer_id, trace=trace_of(row)))
    legs.append(Leg(REMIT_CLEARING.code, -row.paid, payer_id=row.payer_id, trace=trace_of(row)))
    return tuple(legs)
