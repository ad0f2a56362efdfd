"""Questions to the ledger about one patient's account."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from cleanclaim.apps.billing.claims.amounts import COLUMN_OF, COLUMNS, Amounts, amounts_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.patients.selectors import by_name
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.ledger.selectors import (
    EntryView,
    entries_of_claims,
    item_balances,
    responsible_buckets,
)
from cleanclaim.apps.shared.tenancy.prepared import prepared
from cleanclaim.kernel.money import total

MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Balance:
    """A patient's claims in sum."""

    claims: int = 0
    amounts: Amounts = field(default_factory=Amounts)


def patients(*, text: str = "", owes: bool = False) -> QuerySet[Patient]:
    """Patients by the start of their name (`okafor, ch`) or their outside number; those who owe now."""
    found = Patient.objects.all()
    if text.strip():
        found = found.filter(by_name(text) | Q(external_id=text.strip()))
    if owes:
        open_ones = Claim.objects.filter(patient=OuterRef("pk"), patient_owes__gt=0)
        found = found.filter(Exists(open_ones))
    return found


def patient(patient_id: int) -> Patient | None:
    """One patient of this tenant."""
    return next(iter(_patient(patient_id=patient_id)), None)


@prepared
def _patient(patient_id: Any) -> QuerySet[Patient]:
    return Patient.objects.filter(pk=patient_id)


def balances_of(
    patient_ids: Sequence[int],
    *,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> dict[int, Balance]:
    """{patient id: claims and amounts}; kept amounts for now, summed legs for any other day."""
    rows = Claim.objects.filter(patient_id__in=list(patient_ids))
    if effective_on is None and recorded_by is None:
        sums = rows.values("patient_id").annotate(
            number=Count("id"), **{f"sum_{name}": Sum(name) for name in COLUMNS}
        )
        return {
            row["patient_id"]: Balance(
                row["number"], Amounts(**{name: row[f"sum_{name}"] for name in COLUMNS})
            )
            for row in sums
        }
    owners = dict(rows.values_list("id", "patient_id"))
    amounts = amounts_of(list(owners), effective_on=effective_on, recorded_by=recorded_by)
    found: dict[int, list[Amounts]] = {}
    for claim_id, patient_id in owners.items():
        found.setdefault(patient_id, []).append(amounts[claim_id])
    return {pk: Balance(len(ones), sum_of(ones)) for pk, ones in found.items()}


def amounts_in(
    claims: Sequence[Claim],
    *,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> Amounts:
    """These claims' amounts in sum; kept amounts for now, summed legs for any other day."""
    if effective_on is None and recorded_by is None:
        return sum_of(Amounts(**{name: getattr(one, name) for name in COLUMNS}) for one in claims)
    ids = [claim.pk for claim in claims]
    return sum_of(amounts_of(ids, effective_on=effective_on, recorded_by=recorded_by).values())


def sum_of(amounts: Iterable[Amounts]) -> Amounts:
    """Several amounts as one."""
    ones = list(amounts)
    return Amounts(*(total(getattr(one, name) for one in ones) for name in COLUMNS))


def claims_of(patient_id: int) -> list[Claim]:
    """The patient's claims, newest first."""
    return _claims(patient_id=patient_id)


@prepared
def _claims(patient_id: Any) -> QuerySet[Claim]:
    return Claim.objects.filter(patient_id=patient_id).order_by("-id")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One charge line: where its dollars are, who is asked for the rest, and for how many days."""

    item: Item
    claim: Claim | None
    amounts: Amounts
    bucket: str
    since: date
    age_days: int

    @property
    def balance(self) -> Decimal:
        """What payers and patient owe on it; negative where they are owed."""
        return self.amounts.open_amount + self.amounts.patient_owes


def items_of(
    patient_id: int,
    *,
    on: date,
    claims: Sequence[Claim] | None = None,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> list[ItemRow]:
    """The patient's items that have any amount as of the dates, newest service first; the newest 500.

    `claims` are the patient's, where the caller has read them already.
    """
    found = _items(patient_id=patient_id)
    ids = [item.pk for item in found]
    amounts: dict[int, Amounts] = {}
    balances = item_balances(ids, effective_on=effective_on, recorded_by=recorded_by)
    for (item_id, account), balance in balances.items():
        amounts.setdefault(item_id, Amounts()).add(account, balance)
    places = responsible_buckets(ids, effective_on=effective_on, recorded_by=recorded_by)
    by_id = {claim.pk: claim for claim in (claims_of(patient_id) if claims is None else claims)}
    return [
        ItemRow(
            item,
            by_id.get(item.claim_id),
            amounts[item.pk],
            places[item.pk].bucket,
            places[item.pk].since,
            (on - places[item.pk].since).days,
        )
        for item in found
        if item.pk in amounts and item.pk in places
    ]


@prepared
def _items(patient_id: Any) -> QuerySet[Item]:
    found = Item.objects.filter(patient_id=patient_id)
    return found.order_by("-service_on", "claim_id", "line_number")[:MOST_ITEMS]


@dataclass(frozen=True, slots=True)
class Cause:
    """One leg behind an item's amount, signed as the amount counts it."""

    entry: EntryView
    words: str
    amount: Decimal


def item_causes(
    item: Item,
    columns: Sequence[str],
    *,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> list[Cause]:
    """The legs on an item that make up these columns of its amounts, oldest first."""
    causes = []
    for entry in entries_of_claims(
        [item.claim_id], effective_on=effective_on, recorded_by=recorded_by
    ):
        for leg in entry.legs:
            column = COLUMN_OF[leg.account]
            if leg.item_id == item.pk and column in columns:
                words = f"{leg.account_name}: {leg.reason}" if leg.reason else leg.account_name
                causes.append(
                    Cause(entry, words, -leg.amount if column == "charge" else leg.amount)
                )
    return causes
