"""Entries as people read them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Min, QuerySet

from cleanclaim.apps.shared.ledger.models import Entry, Leg
from cleanclaim.apps.shared.tenancy.prepared import is_one_of, prepared
from cleanclaim.values.accounts import BY_CODE, PATIENT_PREPAYMENT


@dataclass(frozen=True, slots=True)
class LegView:
    """One leg with its account's name."""

    account: str
    account_name: str
    amount: Decimal
    item_id: int
    claim_id: int
    line_number: int
    patient_id: int
    reason: str
    trace: str
    entity: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry with its legs; `reverses` and `reversed_by` are entry ids or None."""

    id: int
    kind: str
    key: str
    effective_on: date
    accounting_on: date
    recorded_at: datetime
    posted_by: int | None
    memo: str
    reverses: int | None
    reversed_by: int | None
    legs: tuple[LegView, ...]


def has_entries(*, more_than: int) -> bool:
    """Whether the ledger holds more entries than these; reads no more of it than that takes."""
    return len(Entry.objects.values_list("pk")[: more_than + 1]) > more_than


def has_entries_between(first: date, last: date) -> bool:
    """Whether the books of these days, both included, have any entry."""
    return Entry.objects.filter(accounting_on__gte=first, accounting_on__lte=last).exists()


def first_recorded_at() -> datetime | None:
    """When the first entry was recorded here, whatever day it counts on; None in an empty ledger. Reads all entries."""
    found: datetime | None = Entry.objects.aggregate(first=Min("recorded_at"))["first"]
    return found


def entries_of_claim(
    claim_id: int, *, effective_on: date | None = None, recorded_by: datetime | None = None
) -> list[EntryView]:
    """The entries that touch the claim, with the claim's own legs, in the order of its story."""
    return entries_of_claims([claim_id], effective_on=effective_on, recorded_by=recorded_by)


def entries_of_claims(
    claim_ids: Sequence[int],
    *,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> list[EntryView]:
    """The entries that touch any of the claims (a patient's account), with these claims' legs."""
    legs = _legs_of_claims(
        claim_ids=list(claim_ids), effective_on=effective_on, recorded_by=recorded_by
    )
    return _views(legs)


def entries_of_account(
    patient_id: int,
    claim_ids: Sequence[int],
    *,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> list[EntryView]:
    """The entries that touch a patient's claims or prepayments, with the legs of both, in the order of their story."""
    dates = {"effective_on": effective_on, "recorded_by": recorded_by}
    legs = _legs_of_claims(claim_ids=list(claim_ids), **dates)
    on_hand = _legs_of_prepayments(patient_id=patient_id, **dates)
    return _views([*legs, *on_hand])


def entry_view(entry_id: int) -> EntryView | None:
    """One entry with all its legs."""
    return entry_views([entry_id]).get(entry_id)


def entry_views(entry_ids: Sequence[int], *, claim_id: int | None = None) -> dict[int, EntryView]:
    """{entry id: the entry with all its legs, or with those of one claim}."""
    legs = _legs_of_entries(entry_ids=list(entry_ids), claim_id=claim_id)
    return {view.id: view for view in _views(legs)}


_LEG = (
    "account",
    "amount",
    "item_id",
    "claim_id",
    "line_number",
    "patient_id",
    "reason",
    "trace",
    "entity",
)
_ENTRY = (
    "id",
    "kind",
    "idempotency_key",
    "effective_on",
    "accounting_on",
    "recorded_at",
    "posted_by",
    "memo",
    "reverses_id",
)


@prepared
def _legs_of_claims(claim_ids: Any, effective_on: Any, recorded_by: Any) -> QuerySet[Leg, Any]:
    legs = Leg.objects.filter(is_one_of("claim_id", claim_ids)).exclude(claim_id=0)
    if effective_on is not None:
        legs = legs.filter(entry__effective_on__lte=effective_on)
    if recorded_by is not None:
        legs = legs.filter(entry__recorded_at__lte=recorded_by)
    return legs.order_by("entry_id", "id").values_list("entry_id", *_LEG)


@prepared
def _legs_of_prepayments(
    patient_id: Any, effective_on: Any, recorded_by: Any
) -> QuerySet[Leg, Any]:
    """Legs on no claim of entries that take a patient's own money in, or out again."""
    touched = Leg.objects.filter(account=PATIENT_PREPAYMENT.code, patient_id=patient_id)
    legs = Leg.objects.filter(patient_id=patient_id, claim_id=0, entry__in=touched.values("entry"))
    if effective_on is not None:
        legs = legs.filter(entry__effective_on__lte=effective_on)
    if recorded_by is not None:
        legs = legs.filter(entry__recorded_at__lte=recorded_by)
    return legs.order_by("entry_id", "id").values_list("entry_id", *_LEG)


@prepared
def _legs_of_entries(entry_ids: Any, claim_id: Any) -> QuerySet[Leg, Any]:
    legs = Leg.objects.filter(is_one_of("entry_id", entry_ids))
    if claim_id is not None:
        legs = legs.filter(claim_id=claim_id)
    return legs.order_by("entry_id", "id").values_list("entry_id", *_LEG)


@prepared
def _entries(ids: Any) -> QuerySet[Entry, Any]:
    found = Entry.objects.filter(is_one_of("id", ids)).order_by("effective_on", "id")
    return found.values_list(*_ENTRY)


@prepared
def _reversals(ids: Any) -> QuerySet[Entry, Any]:
    return Entry.objects.filter(is_one_of("reverses_id", ids)).values_list("reverses_id", "id")


def _views(legs: Iterable[tuple[Any, ...]]) -> list[EntryView]:
    """Plain tuples, not models: every claim and account page reads them."""
    by_entry: dict[int, list[LegView]] = defaultdict(list)
    for entry_id, account, *leg in legs:
        by_entry[entry_id].append(LegView(account, BY_CODE[account].name, *leg))
    ids = list(by_entry)
    if not ids:
        return []
    reversed_by = dict(_reversals(ids=ids))
    return [
        EntryView(*row, reversed_by=reversed_by.get(row[0]), legs=tuple(by_entry[row[0]]))
        for row in _entries(ids=ids)
    ]
