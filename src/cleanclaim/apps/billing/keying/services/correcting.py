"""Key a posted batch anew: after its remittance was un-posted, a copy of its tape is opened and takes its place."""

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.billing.keying.models import Batch, Entry, State
from cleanclaim.apps.billing.keying.other_payments import carry_on
from cleanclaim.apps.billing.keying.selectors import standing
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.models import State as RemittanceState
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.tenancy.bulk import reserve_ids
from cleanclaim.kernel.errors import StateError

_COPIED = (
    "payer_id", "payer_name", "method", "trace_number", "amount", "paid_on", "deposited_on",
    "deposit_reference", "scan_id",
    "repeat",
)  # fmt: skip
_KEYED = ("number", "kind", "claim_id", "item_id", "is_reversal", "amount", "left", "body")


@transaction.atomic
def correct_batch(batch_id: int, *, by: int | None) -> Batch:
    """A new open batch with the same check and tape; the old remittance stays as it was and never posts again.

    Raises:
        StateError: the batch is not posted, or its remittance still stands.
    """
    old = Batch.objects.select_for_update().get(pk=batch_id)
    if old.state != State.POSTED:
        raise StateError(f"batch {old.pk} is {State(old.state).label.lower()}, not posted")
    row = Remittance.objects.defer("body").select_for_update().get(pk=old.remittance_id)
    if row.state != RemittanceState.REVERSED:
        raise StateError(
            f"remittance {row.pk} of batch {old.pk} stands", hint="Un-post it, then key it anew."
        )
    [old.replaced_by_id] = reserve_ids(Batch, 1)
    old.state = State.REPLACED
    old.save(update_fields=["state", "replaced_by_id"])
    new = Batch(
        pk=old.replaced_by_id,
        made_by=by,
        holder_id=by,
        held_at=timezone.now(),
        **{name: getattr(old, name) for name in _COPIED},
    )
    new.save(force_insert=True)
    for entry in standing(old.pk):
        copied = {name: getattr(entry, name) for name in _KEYED}
        Entry.objects.create(batch=new, keyed_by=entry.keyed_by, **copied)
    carry_on(old, new)
    record_audit(
        "change", patient_ids=[], by=by, what="key EOB anew",
        detail=f"batch {old.pk} in batch {new.pk}",
    )  # fmt: skip
    return new
