"""A keyed batch as a remittance: what posting would do, and posting it, by the same plan as an 835."""

import json
from datetime import date

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.billing.charges.selectors import Line, charges_of
from cleanclaim.apps.billing.claims.models import BillingProfile, Claim
from cleanclaim.apps.billing.keying import duplicates, other_payments
from cleanclaim.apps.billing.keying.convert import to_remittance
from cleanclaim.apps.billing.keying.models import Batch, Entry, State
from cleanclaim.apps.billing.keying.selectors import keyed_of, standing
from cleanclaim.apps.billing.keying.services.batches import lock_open
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.plans import RemittancePlan, plan_remittance
from cleanclaim.apps.billing.remittances.services import (
    Posted,
    fitting_sums,
    keep_remittance,
    post_remittance,
)
from cleanclaim.apps.billing.remittances.takebacks import payee_key
from cleanclaim.apps.shared.exchange.kinds import Kind as FileKind
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.exchange.services import keep_plain_file
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.parties.convert import to_payer
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import show, total
from cleanclaim.values import remittance as values
from cleanclaim.values.codec import from_json
from cleanclaim.values.party import Provider, Role


def value_of(batch: Batch) -> values.Remittance:
    """The batch as the payment that it will be."""
    keyed = keyed_of(batch.pk)
    claim_ids = sorted({one.claim_id for one in keyed if one.claim_id})
    lines: dict[int, Line] = {
        line.item_id: line for own in charges_of(claim_ids).values() for line in own
    }
    return to_remittance(
        batch,
        keyed,
        payer=to_payer(Payer.objects.get(pk=batch.payer_id)),
        payee=_payee(),
        payer_trace_id=_payer_trace_id(batch),
        claims=Claim.objects.in_bulk(claim_ids),
        lines=lines,
    )


def _payee() -> Provider:
    """The organization as payers pay it."""
    us = Organization.objects.get(pk=current_tenant())
    profile = BillingProfile.objects.filter(npi=us.npi, tin=us.tin).first()
    if profile is not None:
        return from_json(profile.body, Provider)
    return Provider(Role.BILLING, us.name, npi=us.npi, tin=us.tin)


def _payer_trace_id(batch: Batch) -> str:
    """The id under which the payer's 835s come (TRN03); of a payer that sends none, one of our own."""
    known = Remittance.objects.filter(payer_id=batch.payer_id).order_by("-id")
    found = known.values_list("payer_trace_id", flat=True).first()
    return found or f"P{batch.payer_id}"[:10]


def simulate_batch(batch_id: int, *, posted_on: date) -> RemittancePlan:
    """What posting would do on the ledger as it stands; writes nothing. `hold` says why it may not be posted."""
    batch = Batch.objects.get(pk=batch_id)
    return plan_remittance(_row(batch, value := value_of(batch)), value, posted_on=posted_on)


def _row(batch: Batch, value: values.Remittance) -> Remittance:
    """The remittance that the batch will be, not kept yet."""
    return Remittance(
        payer_id=batch.payer_id,
        payer_trace_id=value.payer_trace_id,
        trace_number=batch.trace_number,
        paid=batch.amount,
        paid_on=batch.paid_on,
        received_on=timezone.localdate(),
        payee_key=payee_key(value),
        repeat=duplicates.repeat_of(value, is_other=bool(batch.repeat)),
    )


@transaction.atomic
def post_batch(
    batch_id: int,
    *,
    posted_on: date,
    by: int | None,
    received_on: date | None = None,
    shown: str = "",
) -> Posted:
    """Post the batch as a remittance whose tape is at zero; all or nothing.

    It is received today, or on `received_on`, whatever the day of the books. `shown` is the seal of the simulation that
    a person saw (see `remittances.seals`).

    Raises:
        StateError: the tape is not at zero, a line is unfinished, the payment is here already, it may not be posted
            as it is or would not do what was shown, or the batch is not open or somebody else's.
    """
    lock_names(["remittances receive"])  # an 835 with the same payment waits, then finds this one
    batch = lock_open(batch_id, by=by)
    require_zero(batch)
    if batch.repeat:
        other_payments.require_approved(batch)
    elif found := duplicates.find_received(batch):
        raise StateError(
            f"this payment was received before: remittance {found.pk} on {found.received_on}",
            hint="Nothing was posted. Drop this batch.",
        )
    value = value_of(batch)
    received_on = received_on or timezone.localdate()
    file = MessageFile.objects.get(pk=_keep_document(batch, on=received_on, by=by))
    repeat = duplicates.repeat_of(value, is_other=bool(batch.repeat))
    remittance_id = keep_remittance(file, value, position=1, received_on=received_on, repeat=repeat)
    batch.remittance_id, batch.state, batch.holder_id = remittance_id, State.POSTED, None
    batch.revision += 1
    batch.save()
    with fitting_sums():
        done = post_remittance(
            remittance_id,
            posted_on=posted_on,
            by=by,
            shown=shown,
            not_before=duplicates.replaced_until(batch),
        )
    if done.hold:
        raise StateError(f"batch {batch_id} cannot be posted: {done.hold}")
    return done


def require_zero(batch: Batch) -> None:
    """Say no while the entries do not explain the check to the cent.

    Raises:
        StateError: something is left, or a line is unfinished.
    """
    entries = standing(batch.pk)
    if not entries:
        raise StateError(f"batch {batch.pk}: nothing is keyed")
    unfinished = [entry for entry in entries if entry.left]
    if unfinished:
        first = unfinished[0]
        raise StateError(
            f"line {first.number} of the tape: {show(first.left)} of its charge is not explained"
        )
    left = batch.amount - total(entry.amount for entry in entries)
    if left:
        raise StateError(f"the tape is off by {show(left)}, expected 0.00")


def _keep_document(batch: Batch, *, on: date, by: int | None) -> int:
    """The keyed batch as bytes that nobody can change: header and tape, one entry a line."""
    head = {
        name: str(getattr(batch, name))
        for name in ("id", "payer_name", "method", "trace_number", "amount", "paid_on")
    }
    lines = [json.dumps(head, sort_keys=True), *map(_line, standing(batch.pk))]
    name = f"keyed-{batch.pk}-{batch.trace_number}.jsonl"
    data = ("\n".join(lines) + "\n").encode()
    return keep_plain_file(data, name=name, kind=FileKind.KEYED, received_on=on, by=by).file_id


def _line(entry: Entry) -> str:
    return json.dumps({"number": entry.number, **json.loads(entry.body)}, sort_keys=True)
