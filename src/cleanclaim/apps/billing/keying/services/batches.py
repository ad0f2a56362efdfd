"""Open, change, hold and drop a keyed batch; keep its scan."""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from cleanclaim.apps.billing.keying import duplicates
from cleanclaim.apps.billing.keying.models import GONE, Batch, Method, State
from cleanclaim.apps.billing.keying.other_payments import ask_for_other
from cleanclaim.apps.billing.keying.scans import media_type
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.exchange.kinds import Kind as FileKind
from cleanclaim.apps.shared.exchange.services import Receipt, keep_plain_file
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users.models import User
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import fits_ledger

IDENTITY = ("payer_id", "trace_number", "amount", "paid_on")  # what tells payments apart
HELD_FOR = timedelta(minutes=15)  # as long as a session may idle


@dataclass(frozen=True, slots=True)
class Header:
    """What stands on the check and on its deposit slip."""

    payer_id: int
    trace_number: str
    amount: Decimal
    paid_on: date
    method: str = Method.CHECK.value
    deposited_on: date | None = None
    deposit_reference: str = ""


@transaction.atomic
def open_batch(header: Header, *, by: int | None, other_payment: str = "") -> Batch:
    """Begin a batch; who begins it holds it.

    `other_payment` says how the person knows that it is another payment than the one that is here already: then it
    may be keyed, and is posted once a second person agrees (`other_payments`).

    Raises:
        InputError: the header cannot be right.
        StateError: this payment is here already; the message names where.
    """
    lock_names(
        ["keying batches"]
    )  # of two who begin the same check at once the second sees the first
    batch = Batch(made_by=by, holder_id=by, held_at=timezone.now())
    _fill(batch, header)
    here = _here_already(batch)
    if here and not other_payment.strip():
        raise StateError(here[0], hint=here[1])
    batch.repeat = _next_repeat(batch) if here else 0
    batch.save()
    if here:
        ask_for_other(batch, other_payment, words=here[0], by=by)
    return batch


@transaction.atomic
def change_batch(batch_id: int, header: Header, *, by: int) -> Batch:
    """Write the header anew; what was keyed stays.

    Raises:
        InputError: the header cannot be right.
        StateError: the batch is not open, somebody else holds it, or the payment is here already.
    """
    lock_names(["keying batches"])
    batch = lock_open(batch_id, by=by)
    before = [getattr(batch, name) for name in IDENTITY]
    _fill(batch, header)
    if batch.repeat and before != [getattr(batch, name) for name in IDENTITY]:
        raise StateError(
            f"batch {batch.pk} was asked for as another payment of just this check",
            hint="Drop it and begin the right one.",
        )
    if not batch.repeat and (here := _here_already(batch)):
        raise StateError(here[0], hint=here[1])
    batch.revision += 1
    batch.save()
    return batch


def _fill(batch: Batch, header: Header) -> None:
    payer = Payer.objects.filter(pk=header.payer_id).first()
    if payer is None:
        raise InputError(f"payer {header.payer_id}: not found")
    number = header.trace_number.strip()
    if not number or len(number) > 50 or not number.isprintable():
        raise InputError("number: missing or too long, expected that of the check or EFT")
    if header.method not in Method.values:
        raise InputError(f"method {header.method!r}: expected one of {', '.join(Method.values)}")
    if header.amount < 0 or not fits_ledger(header.amount):
        raise InputError(f"amount {header.amount}: expected whole cents, zero or more")
    if bool(header.amount) == (header.method == Method.NONE):
        raise InputError(f"amount {header.amount}: does not go with {Method(header.method).label}")
    if len(header.deposit_reference) > 40:
        raise InputError("deposit reference: expected at most 40 characters")
    for field in fields(header):
        setattr(batch, field.name, getattr(header, field.name))
    batch.trace_number = number
    batch.payer_name = payer.name


def _next_repeat(batch: Batch) -> int:
    """Counts those of one payer, number, amount and day that are said to be payments of their own."""
    same = Batch.objects.filter(**{name: getattr(batch, name) for name in IDENTITY})
    return (same.aggregate(last=Max("repeat"))["last"] or 0) + 1


def _here_already(batch: Batch) -> tuple[str, str] | None:
    """Where the payment is already, and what to do; None where it is new."""
    same = Batch.objects.exclude(pk=batch.pk).exclude(state__in=GONE)
    for other in same.filter(
        payer_id=batch.payer_id, amount=batch.amount, paid_on=batch.paid_on
    ).order_by("id"):
        if duplicates.same_number(other.trace_number, batch.trace_number):
            return (
                f"{batch.trace_number}, {batch.amount} of {batch.paid_on}, is batch {other.pk} already",
                "Open that batch instead, or say why this is another payment.",
            )
    if found := duplicates.find_received(batch):
        return (
            f"{batch.trace_number}, {batch.amount} of {batch.paid_on}, was received before: "
            f"remittance {found.pk} on {found.received_on}",
            "Post that remittance instead, or say why this is another payment.",
        )
    return None


def lock_open(batch_id: int, *, by: int | None) -> Batch:
    """The batch, locked until the caller commits, held by this person from now on.

    Raises:
        StateError: it is not open, or somebody else keys it.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    _require_open(batch)
    if other := holder_of(batch, by=by):
        raise StateError(
            f"{other} is keying batch {batch.pk}", hint="Wait, or take it over on its page."
        )
    batch.holder_id, batch.held_at = by, timezone.now()
    return batch


def holder_of(batch: Batch, *, by: int | None) -> str:
    """The name of the person who keys it now, if that is somebody else."""
    if batch.holder_id is None or batch.holder_id == by or batch.held_at is None:
        return ""
    if batch.held_at < timezone.now() - HELD_FOR:
        return ""
    user = User.objects.filter(pk=batch.holder_id).first()
    return user.name if user else f"user {batch.holder_id}"


@transaction.atomic
def take_batch(batch_id: int, *, by: int) -> None:
    """Take an open batch over from whoever keys it; they are told at their next key.

    Raises:
        StateError: it is not open.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    _require_open(batch)
    if before := holder_of(batch, by=by):
        record_audit(
            "change", patient_ids=[], by=by, what="take over keyed batch",
            detail=f"batch {batch_id} from {before}",
        )  # fmt: skip
    batch.holder_id, batch.held_at = by, timezone.now()
    batch.save(update_fields=["holder_id", "held_at"])


def _require_open(batch: Batch) -> None:
    if batch.state != State.OPEN:
        raise StateError(f"batch {batch.pk} is {State(batch.state).label.lower()}, not open")


@transaction.atomic
def release_batch(batch_id: int, *, by: int) -> None:
    """Let others key it on."""
    Batch.objects.filter(pk=batch_id, holder_id=by, state=State.OPEN).update(
        holder_id=None, held_at=None
    )


@transaction.atomic
def drop_batch(batch_id: int, *, by: int) -> None:
    """Give a batch up that should not have been begun; what was keyed stays readable.

    Raises:
        StateError: it is not open, or somebody else holds it.
    """
    lock_open(batch_id, by=by)
    Batch.objects.filter(pk=batch_id).update(
        state=State.DROPPED, holder_id=None, held_at=None, revision=F("revision") + 1
    )


@transaction.atomic
def attach_scan(batch_id: int, data: bytes, *, name: str, on: date, by: int | None) -> Receipt:
    """Keep the paper's scan beside the batch; a duplicate is the file that has these bytes already.

    Raises:
        InputError: it is no PDF, PNG, JPEG or TIFF, or too large.
        StateError: the batch is not open, or somebody else holds it.
    """
    media_type(data)  # refuses what is none of the four
    batch = lock_open(batch_id, by=by)
    kept = keep_plain_file(data, name=name, kind=FileKind.SCAN, received_on=on, by=by)
    batch.scan_id = kept.first_id or kept.file_id
    batch.save(update_fields=["scan_id", "holder_id", "held_at"])
    return kept
