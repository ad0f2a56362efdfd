"""Questions about claims: lists, one claim's lines, amounts and story."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cleanclaim.apps.billing.charges.selectors import Line
from cleanclaim.apps.billing.claims.amounts import COLUMN_OF, Amounts
from cleanclaim.apps.billing.claims.models import (
    Claim,
    ClaimEvent,
    ClaimFinding,
    Submission,
    SubmissionClaim,
)
from cleanclaim.apps.shared.ledger.selectors import (
    EntryView,
    entries_of_claims,
)
from cleanclaim.apps.shared.tenancy.prepared import is_one_of, prepared
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO

MOST_COUNTED = 10_000
_SUMMED = ("charge", "paid", "patient_owes", "open_amount")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which claims a list shows; empty = all. `text` is a control number, a payer's number or the start of a name."""

    states: tuple[str, ...] = ()
    payer_id: int | None = None
    patient_id: int | None = None
    service_from: date | None = None  # services on or after
    service_to: date | None = None  # services on or before
    text: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What stands under the list; counted up to 10,000 claims, `is_more` says that there are others."""

    count: int
    charge: Decimal
    paid: Decimal
    patient_owes: Decimal
    open_amount: Decimal
    is_more: bool


def claims(filters: Filters) -> QuerySet[Claim]:
    """The filtered claims, unordered; page them by key (`order=("-id",)`)."""
    found = Claim.objects.all()
    if filters.states:
        found = found.filter(state__in=filters.states)
    if filters.payer_id is not None:
        found = found.filter(payer_id=filters.payer_id)
    if filters.patient_id is not None:
        found = found.filter(patient_id=filters.patient_id)
    if filters.service_from is not None:
        found = found.filter(service_to__gte=filters.service_from)
    if filters.service_to is not None:
        found = found.filter(service_from__lte=filters.service_to)
    if text := filters.text.strip():
        found = found.filter(
            Q(control_number=text)
            | Q(payer_control_number=text)
            | Q(patient_name__istartswith=text)
        )
    return found


def totals(filters: Filters) -> Totals:
    """The totals of the whole filtered list, newest 10,000 claims at most."""
    newest = claims(filters).order_by("-id").values(*_SUMMED)[: MOST_COUNTED + 1]
    # By hand around it: Django takes 1 ms to word an aggregate over a cut list.
    sql, parameters = newest.query.sql_with_params()
    sums = ", ".join(f"coalesce(sum({name}), 0.00)" for name in _SUMMED)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), {sums} FROM ({sql}) AS newest", parameters)
        count, *amounts = cursor.fetchone()
    return Totals(
        min(count, MOST_COUNTED),
        **dict(zip(_SUMMED, amounts, strict=True)),
        is_more=count > MOST_COUNTED,
    )


def held_count() -> int:
    """Claims that wait for a person before they can go out."""
    return Claim.objects.filter(state__in=("held", "rejected")).count()


def ready_count() -> int:
    """Claims in line to be sent."""
    return Claim.objects.filter(state="ready").count()


def numbered(number: str) -> Claim:
    """The one claim with a number of ours, as a person names it.

    Raises:
        InputError: none has it.
        StateError: several have it.
    """
    found = list(Claim.objects.filter(control_number=number)[:2]) if number else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            f"claim {number!r}: not found", hint="Give the claim's number as the list shows it."
        )
    raise StateError(
        f"several claims have the number {number!r}",
        hint="Correct the number of one of them, then apply the payment.",
    )


def control_numbers(claim_ids: Iterable[int]) -> dict[int, str]:
    """{claim: its control number}, by which people know it; 0 is no claim."""
    if not (wanted := sorted(set(claim_ids) - {0})):
        return {}
    found = Claim.objects.filter(is_one_of("pk", wanted))
    return dict(found.values_list("pk", "control_number"))


def claim_with_patient(claim_id: int) -> Claim | None:
    """One claim of this tenant and whose it is."""
    return next(iter(_claim(claim_id=claim_id)), None)


@prepared
def _claim(claim_id: Any) -> QuerySet[Claim]:
    return Claim.objects.filter(pk=claim_id).select_related("patient")


def timeline(claim_id: int) -> list[ClaimEvent]:
    """What happened to the claim, oldest first."""
    return _events(claim_id=claim_id)


@prepared
def _events(claim_id: Any) -> QuerySet[ClaimEvent]:
    return ClaimEvent.objects.filter(claim_id=claim_id).order_by("id")


def open_findings(claim_id: int) -> list[ClaimFinding]:
    """What the edits say of it now, worst first."""
    found = ClaimFinding.objects.filter(claim_id=claim_id, cleared_at=None)
    return sorted(found, key=lambda one: ({"hold": 0, "warn": 1}.get(one.severity, 2), one.pk))


@dataclass(slots=True)
class LineView:
    """A line of the claim with what became of its dollars; `is_live`: on the current version."""

    charge: Line
    amounts: Amounts
    is_live: bool


def lines(charges: Sequence[Line], entries: Sequence[EntryView]) -> list[LineView]:
    """Every line that the claim ever had, live ones first, with the amounts that its entries make.

    `charges` are the claim's (`charges_of`), `entries` too, as of the dates wanted (`entries_of_claim`).
    """
    by_item: dict[int, Amounts] = defaultdict(Amounts)
    for entry in entries:
        for leg in entry.legs:
            if leg.item_id:
                by_item[leg.item_id].add(leg.account, leg.amount)
    last = {  # a line that went on to the next payer is still one line
        (charge.item_id or -place): charge for place, charge in enumerate(charges, 1)
    }
    views = [
        LineView(charge, by_item[charge.item_id], charge.last_version is None)
        for charge in last.values()
    ]
    return sorted(views, key=lambda view: (not view.is_live, view.charge.line_number))


def amounts_in(entries: Sequence[EntryView]) -> Amounts:
    """The claim's amounts that these entries make."""
    amounts = Amounts()
    for entry in entries:
        for leg in entry.legs:
            amounts.add(leg.account, leg.amount)
    return amounts


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One leg that makes up an amount, signed as the amount counts it."""

    on: date
    entry_id: int
    kind: str
    words: str
    amount: Decimal
    line_number: int


@dataclass(frozen=True, slots=True)
class AmountTrace:
    """Why an amount is what it is: the legs, and their sum."""

    column: str
    lines: tuple[TraceLine, ...]
    total: Decimal = ZERO


def amount_trace(
    entries: Sequence[EntryView], column: str, *, line_number: int | None = None
) -> AmountTrace:
    """The legs behind one of a claim's amounts (`amounts.COLUMNS`), of one line or of all.

    Args:
        entries: the claim's, as of the dates wanted (`entries_of_claim`).

    Raises:
        KeyError: no such column.
    """
    if column not in set(COLUMN_OF.values()):
        raise KeyError(column)
    found = []
    for entry in entries:
        for leg in entry.legs:
            if COLUMN_OF[leg.account] != column:
                continue
            if line_number is not None and leg.line_number != line_number:
                continue
            signed = -leg.amount if column == "charge" else leg.amount
            words = f"{leg.account_name}: {leg.reason}" if leg.reason else leg.account_name
            found.append(
                TraceLine(entry.effective_on, entry.id, entry.kind, words, signed, leg.line_number)
            )
    return AmountTrace(column, tuple(found), sum((one.amount for one in found), ZERO))


@dataclass(slots=True)
class AccountLine:
    """One entry on a patient's account: what it did to what payers and the patient owe, and both after it."""

    entry: EntryView
    claim_ids: tuple[int, ...]
    payer: Decimal
    patient: Decimal
    payer_after: Decimal = ZERO
    patient_after: Decimal = ZERO


@dataclass(slots=True)
class Account:
    """A patient's account as of two dates."""

    claims: list[Claim]
    lines: list[AccountLine] = field(default_factory=list)
    payer: Decimal = ZERO
    patient: Decimal = ZERO


def account(
    patient_id: int, *, effective_on: date | None = None, recorded_by: datetime | None = None
) -> Account:
    """Every entry on the patient's claims with running balances, oldest first."""
    found = Account(list(Claim.objects.filter(patient_id=patient_id).order_by("id")))
    entries = entries_of_claims(
        [claim.pk for claim in found.claims], effective_on=effective_on, recorded_by=recorded_by
    )
    for entry in entries:
        line = AccountLine(
            entry,
            tuple(dict.fromkeys(leg.claim_id for leg in entry.legs)),
            payer=_moved(entry, "receivable:payer"),
            patient=_moved(entry, "receivable:patient"),
        )
        found.payer += line.payer
        found.patient += line.patient
        line.payer_after, line.patient_after = found.payer, found.patient
        found.lines.append(line)
    return found


def _moved(entry: EntryView, account_prefix: str) -> Decimal:
    return sum((leg.amount for leg in entry.legs if leg.account.startswith(account_prefix)), ZERO)


def submissions(*, before_id: int | None = None, limit: int = 50) -> list[Submission]:
    """Batches sent, newest first; `before_id` is the last id of the page before."""
    found = Submission.objects.all()
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return list(found.order_by("-id")[:limit])


def submission_claims(submission_id: int) -> list[tuple[SubmissionClaim, Claim]]:
    """The claims of a batch at their places, each with the payer's answer."""
    places = list(SubmissionClaim.objects.filter(submission_id=submission_id).order_by("position"))
    rows = Claim.objects.in_bulk([place.claim_id for place in places])
    return [(place, rows[place.claim_id]) for place in places]


def files_of(events: Sequence[ClaimEvent]) -> list[int]:
    """The files that these events name, each once, in order."""
    return list(dict.fromkeys(event.file_id for event in events if event.file_id))
