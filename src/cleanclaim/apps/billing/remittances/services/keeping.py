"""How the claims of a remittance are kept: their rows, a few at once or very many side by side."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction

from cleanclaim.apps.billing.coverage.services import find_or_add_payers, payer_key
from cleanclaim.apps.billing.remittances.bodies import head_json, payment_json
from cleanclaim.apps.billing.remittances.models import (
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
)
from cleanclaim.apps.billing.remittances.takebacks import payee_key
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.tenancy.apart import Apart
from cleanclaim.apps.shared.tenancy.beside import Beside
from cleanclaim.apps.shared.tenancy.bulk import ReadyStatement, insert_rows, insertion, reserve_ids
from cleanclaim.edi import ReceivedMessage
from cleanclaim.kernel.money import fits_ledger, total
from cleanclaim.rules.posting import crossed_over_to
from cleanclaim.values import remittance as values

PLACE_COLUMNS = (
    "position",
    "control_number",
    "payer_control_number",
    "status_code",
    "charge",
    "paid",
    "patient_responsibility",
    "crossed_over_to",
    "body",
)
PLACES_AT_ONCE = 5_000
AHEAD_APART = 1  # more would wait there in memory, ready
Place = tuple[int, str, str, str, Decimal, Decimal, Decimal, str, str]
_Span = tuple[int, tuple[int, int]]  # number of the first claim, rows
_Read = tuple[int, ReadyStatement, str]  # how many claims, what keeps them, why they cannot be kept


class UnfitError(Exception):
    """A claim brings an amount that no account can hold."""


def keep_message(
    file: MessageFile,
    head: values.Remittance,
    message: ReceivedMessage,
    *,
    position: int,
    received_on: date,
    repeat: int = 0,
) -> int:
    """Keep one payment of a file with all of its claims; returns the remittance's id.

    Raises:
        UnfitError: a claim brings an amount that no account can hold; nothing is kept.
    """
    spans = message.payment_spans(PLACES_AT_ONCE)
    if len(spans) > 1:
        return _keep_many(
            file, head, message, spans, position=position, received_on=received_on, repeat=repeat
        )
    places = list(_places(message))
    return keep_places(
        file, head, places, position=position, received_on=received_on, repeat=repeat
    )


def _places(
    message: ReceivedMessage, span: tuple[int, int] | None = None, *, first: int = 1
) -> Iterator[Place]:
    fit: set[Decimal] = set()
    for number, claim in enumerate(message.claim_payments(span), first):
        amounts = _claim_amounts(claim)
        if not fit.issuperset(amounts):
            where = f"claim {number}"
            if unfit := unfit_amount(((where, amount) for amount in amounts), fit):
                raise UnfitError(unfit)
        yield place_of(number, claim)


def keep_places(
    file: MessageFile,
    head: values.Remittance,
    places: Sequence[Place],
    *,
    position: int,
    received_on: date,
    repeat: int = 0,
) -> int:
    """Keep the head with these of its claims, in one go; returns the remittance's id."""
    payer_id = find_or_add_payers([head.payer])[payer_key(head.payer)]
    [remittance_id] = reserve_ids(Remittance, 1)
    columns: dict[str, Any] = {
        "id": remittance_id,
        "file_id": file.pk,
        "position": position,
        "repeat": repeat,
        "payer_id": payer_id,
        "payer_name": head.payer.name[:120],
        "payer_trace_id": head.payer_trace_id[:10],
        "trace_number": head.trace_number[:50],
        "paid": head.paid,
        "paid_on": head.paid_on,
        "payee_key": payee_key(head),
        "method": head.method[:3],
        "claim_count": len(places),
        "body": head_json(head),
        "received_on": received_on,
    }
    insert_rows(Remittance, tuple(columns), [tuple(columns.values())])
    _insertion_of(remittance_id, places).run()
    insert_rows(
        RemittanceAdjustment,
        ("remittance", "position", "reason", "reference", "amount"),
        [
            (remittance_id, place, one.reason[:2], one.reference[:50], one.amount)
            for place, one in enumerate(head.provider_adjustments, 1)
        ],
    )
    return remittance_id


@transaction.atomic
def _keep_many(
    file: MessageFile,
    head: values.Remittance,
    message: ReceivedMessage,
    spans: Sequence[tuple[int, int]],
    *,
    position: int,
    received_on: date,
    repeat: int,
) -> int:
    """As `keep_places`, every other span read by a copy of this process, and some claims written while the next are read.

    Nothing is kept where one claim does not fit.
    """
    remittance_id = keep_places(
        file, head, (), position=position, received_on=received_on, repeat=repeat
    )

    def read(task: _Span) -> _Read:
        first, span = task
        try:
            places = list(_places(message, span, first=first))
        except UnfitError as unfit:
            return 0, ReadyStatement("", []), str(unfit)
        return len(places), _insertion_of(remittance_id, places), ""

    tasks = [(1 + PLACES_AT_ONCE * place, span) for place, span in enumerate(spans)]
    count = 0
    with Apart(read) as apart, Beside(ahead=2) as beside:
        for found in _side_by_side(read, apart, tasks):
            some, statement, unfit = found
            if unfit:
                raise UnfitError(unfit)
            count += some
            beside.do(statement.run)
        beside.wait()
    Remittance.objects.filter(pk=remittance_id).update(claim_count=count)
    return remittance_id


def _side_by_side(
    read: Callable[[_Span], _Read], apart: Apart[_Span, _Read], tasks: Sequence[_Span]
) -> Iterator[_Read]:
    """The results in the order of the tasks, of which every other one is done apart."""
    theirs = iter(tasks[1::2])
    for task in islice(theirs, AHEAD_APART):
        apart.give(task)
    for mine in tasks[::2]:
        yield read(mine)
        if apart.waiting:
            for task in islice(theirs, 1):
                apart.give(task)
            yield apart.take()


def _insertion_of(remittance_id: int, places: Sequence[Place]) -> ReadyStatement:
    rows = [(remittance_id, *place) for place in places]
    return insertion(RemittanceClaim, ("remittance", *PLACE_COLUMNS), rows)


def place_of(position: int, claim: values.ClaimPayment) -> Place:
    """In the order of `PLACE_COLUMNS`."""
    return (
        position,
        claim.control_number[:80],
        claim.payer_control_number[:80],
        claim.status_code[:2],
        claim.charge,
        claim.paid,
        claim.patient_responsibility,
        crossed_over_to(claim)[:120],
        payment_json(claim),
    )


def _claim_amounts(claim: values.ClaimPayment) -> list[Decimal]:
    amounts = [claim.charge, claim.paid, claim.patient_responsibility]
    adjusted = [adjustment.amount for adjustment in claim.all_adjustments]
    if len(adjusted) > 1:  # each may fit, and what is denied in all may not
        amounts.append(total(map(abs, adjusted)))
    amounts += adjusted
    for line in claim.lines:
        amounts += (line.charge, line.paid)
    return amounts


def unfit_amount(amounts: Iterable[tuple[str, Decimal]], fit: set[Decimal]) -> str:
    """The first amount that no account can hold, with its place; empty if there is none. `fit` are known to."""
    for where, amount in amounts:
        if amount not in fit:
            if not fits_ledger(amount):
                return f"{where}: {amount}, expected whole cents below a trillion dollars"
            fit.add(amount)
    return ""
