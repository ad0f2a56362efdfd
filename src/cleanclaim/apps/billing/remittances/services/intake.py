"""835 files from the door to the ledger: each file taken in at once, each payment posted in its own transaction.

A run that broke off is simply run again: what is posted is told as such and skipped. A simulation does the same work
in one transaction and rolls it back, so that it cannot differ from posting; nothing of it is kept. Who names the files
vouches for their senders: one that is not yet a partner becomes one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from cleanclaim.apps.billing.remittances.bodies import head_of
from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.billing.remittances.plans import plan_head
from cleanclaim.apps.billing.remittances.posting_order import in_posting_order
from cleanclaim.apps.billing.remittances.reports import (
    FileReport,
    PaymentReport,
    PaymentState,
    already,
    planned_report,
    refused,
    summed_report,
)
from cleanclaim.apps.billing.remittances.seals import seal
from cleanclaim.apps.billing.remittances.services.posting import (
    Posted,
    post_remittance,
    simulate_posting,
)
from cleanclaim.apps.billing.remittances.services.receiving import (
    ReceivedRemittances,
    receive_remittances,
)
from cleanclaim.apps.billing.remittances.services.sums import fitting_sums
from cleanclaim.apps.shared.exchange import services as exchange
from cleanclaim.apps.shared.exchange.envelope import Peek, peek
from cleanclaim.apps.shared.exchange.models import Kind, MessageFile, Partner
from cleanclaim.apps.shared.exchange.selectors import content_in
from cleanclaim.apps.shared.exchange.traded import read_traded
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO

MOST_LISTED = 2_000  # claims; a larger payment is told by its sums


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file's bytes under its name."""

    name: str
    data: bytes


def post_files(
    organization_id: int,
    files: Sequence[Incoming],
    *,
    posted_on: date,
    received_on: date | None = None,
    by: int | None = None,
) -> list[FileReport]:
    """Take each file in, then post each of its payments, every one in a transaction of its own.

    Args:
        posted_on: the day of the books.
        received_on: the day on which the files came; today, whatever the day of the books.

    Raises:
        InputError: a file holds no 835; of it nothing is kept, those before it are done.
    """
    days = _Days(posted_on, received_on or timezone.localdate())
    return _post_each(organization_id, files, days, by=by, lists_legs=False)


def simulate_files(
    organization_id: int,
    files: Sequence[Incoming],
    *,
    posted_on: date,
    received_on: date | None = None,
) -> list[FileReport]:
    """What `post_files` would do, leg by leg, each payment after those before it; nothing is kept.

    Raises:
        InputError: a file holds no 835.
    """
    days = _Days(posted_on, received_on or timezone.localdate())
    with tenant(organization_id), transaction.atomic():
        reports = _post_each(organization_id, files, days, by=None, lists_legs=True)
        with connection.cursor() as cursor:  # what a COMMIT would check, before it is taken back
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        transaction.set_rollback(True)
    return reports


@dataclass(frozen=True, slots=True)
class _Days:
    """The day of the books, and the day on which the files came."""

    posted_on: date
    received_on: date


def _post_each(
    organization_id: int,
    files: Sequence[Incoming],
    days: _Days,
    *,
    by: int | None,
    lists_legs: bool,
) -> list[FileReport]:
    """Each file in order; one whose bytes were named before in the same call is only told."""
    named: dict[bytes, str] = {}
    reports = []
    for file in files:
        if first := named.get(file.data):
            words = f"named twice, its bytes are those of {first}: done once"
            reports.append(FileReport(file.name, 0, words, (), ()))
            continue
        named[file.data] = file.name
        reports.append(_post_file(organization_id, file, days, by=by, lists_legs=lists_legs))
    return reports


def _post_file(
    organization_id: int, file: Incoming, days: _Days, *, by: int | None, lists_legs: bool
) -> FileReport:
    with tenant(organization_id):
        taken = _take_in(file, received_on=days.received_on, by=by)
        payments = [refused(file.name, one) for one in taken.received.refused]
        order = in_posting_order([(one, taken.file_id) for one in taken.remittance_ids])
    done = {}
    for remittance_id in order:
        with tenant(organization_id):
            done[remittance_id] = _post_one(
                file.name, remittance_id, posted_on=days.posted_on, by=by, legs=lists_legs
            )
    payments += [done[remittance_id] for remittance_id in taken.remittance_ids]
    return FileReport(
        file.name, taken.file_id, taken.message, tuple(payments), taken.received.faults
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file at the door: the payments to be posted, in order, and what was refused."""

    file_id: int
    message: str
    remittance_ids: tuple[int, ...]
    received: ReceivedRemittances


def _take_in(file: Incoming, *, received_on: date, by: int | None) -> _Taken:
    receipt = exchange.receive_file(
        file.data, partner=_sender(file.data), name=file.name, received_on=received_on, by=by
    )
    if receipt.outcome == "duplicate" and receipt.first_id is not None:
        file_id, message = receipt.first_id, receipt.message
    elif receipt.is_accepted:
        file_id, message = receipt.file_id, ""
    else:
        return _Taken(
            receipt.file_id, receipt.message, (), ReceivedRemittances((), faults=(receipt.message,))
        )
    kept = MessageFile.objects.defer("content").get(pk=file_id)
    if kept.kind != Kind.REMITTANCE:
        raise InputError(f"{file.name}: holds no 835", hint="Name files of remittances")
    received = ReceivedRemittances(())
    waiting = exchange.lock_received_file(file_id)
    if waiting is not None:
        received = receive_remittances(waiting, received_on=received_on, by=by)
        if received.is_refused:
            exchange.mark_refused(file_id, reason=received.faults[0], by=by)
        else:
            exchange.mark_processed(file_id, by=by)
    else:
        received = ReceivedRemittances((), faults=_left_out(kept))
    found = Remittance.objects.filter(file_id=file_id).order_by("position")
    return _Taken(file_id, message, tuple(found.values_list("id", flat=True)), received)


def _left_out(file: MessageFile) -> tuple[str, ...]:
    """The payments of which nothing was kept when the file came first: it is no cleaner for coming again."""
    kept = set(Remittance.objects.filter(file_id=file.pk).values_list("position", flat=True))
    messages = [
        message
        for interchange in read_traded(content_in(file)).interchanges
        for group in interchange.groups
        for message in group.messages
        if message.kind == "835"
    ]
    return tuple(
        f"message {message.control_number}: nothing of it was kept when the file came first; work says why"
        for position, message in enumerate(messages, 1)
        if position not in kept
    )


def _sender(data: bytes) -> Partner | None:
    """The partner that the first envelope names, added where it is new; None where it cannot be read."""
    peeked = peek(data)
    return exchange.find_or_add_sender(peeked) if isinstance(peeked, Peek) else None


def _post_one(
    name: str, remittance_id: int, *, posted_on: date, by: int | None, legs: bool
) -> PaymentReport:
    """Plan, then post what was planned; a payment that may not be posted is told with its reason."""
    row = Remittance.objects.defer("body").select_for_update().get(pk=remittance_id)
    if row.state in (State.POSTED, State.REVERSED):
        return already(name, row)
    if row.claim_count > MOST_LISTED:
        return _post_large(name, row, posted_on=posted_on, by=by)
    plan = simulate_posting(remittance_id, posted_on=posted_on)
    try:
        shown = seal(plan, payer_id=row.payer_id)
        done = _post(remittance_id, posted_on=posted_on, by=by, shown=shown)
    except StateError as error:
        return planned_report(
            name, row, plan, state=PaymentState.REFUSED, reason=str(error), lists_legs=legs
        )
    state = PaymentState.HELD if done.hold else PaymentState.POSTED
    return planned_report(name, row, plan, state=state, reason=done.hold, lists_legs=legs)


def _post(remittance_id: int, *, posted_on: date, by: int | None, shown: str = "") -> Posted:
    """As `post_remittance`; a sum that no account can hold stops this payment and none after it.

    Raises:
        StateError: also where a sum is too large.
    """
    with fitting_sums():
        return post_remittance(remittance_id, posted_on=posted_on, by=by, shown=shown)


def _post_large(name: str, row: Remittance, *, posted_on: date, by: int | None) -> PaymentReport:
    """A payment of too many claims to list them all: posted in parts, told by its sums and its held claims."""
    head = plan_head(row, head_of(row), posted_on=posted_on, difference=ZERO)
    accounts = head.plan.adjustment_accounts
    try:
        done = _post(row.pk, posted_on=posted_on, by=by)
    except StateError as error:
        return summed_report(
            name, row, state=PaymentState.REFUSED, reason=str(error), accounts=accounts
        )
    state = PaymentState.HELD if done.hold else PaymentState.POSTED
    return summed_report(
        name, row, state=state, reason=done.hold, accounts=accounts, findings=done.findings
    )
