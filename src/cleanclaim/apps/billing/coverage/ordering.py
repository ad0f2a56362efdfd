"""A patient's payers in the order in which they are billed: by rule, or as a person said with a reason.

The facts stand on the coverages; the rules are `rules.cob.order`. A person's order is dated, kept with its reason and
undone by another row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cleanclaim.apps.billing.coverage.models import Coverage, PayerOrder
from cleanclaim.apps.billing.coverage.selectors import coverages_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.cob.order import (
    Facts,
    Kind,
    Ranked,
    Ranking,
    is_for_injuries,
    kind_of,
    rank,
    rules_since,
)
from cleanclaim.values.claim import Subscriber
from cleanclaim.values.codec import from_json

CUSTODY = {"together": 0, "custodial": 1, "spouse": 2, "other": 3, "other_wife": 4}
CHILD = "19"


@dataclass(frozen=True, slots=True)
class Order:
    """The coverages in force on a day, first to last, with what the rules say of them.

    `override` is the person's word where one counts; `ranking` holds the rules' own order, or what they ask for.
    Where the rules ask, `coverages` stand as they were entered.
    """

    on: date
    coverages: tuple[Coverage, ...]
    ranking: Ranking
    override: PayerOrder | None = None

    @property
    def is_decided(self) -> bool:
        """Whether a rule or a person made the order; else it is as entered."""
        return self.override is not None or bool(self.ranking.order)

    @property
    def for_injuries(self) -> frozenset[int]:
        """The coverages that are first only for an injury that they are liable for."""
        return frozenset(
            one.pk for one in self.coverages if is_for_injuries(facts_of(one, on=self.on).kind)
        )

    def why(self, coverage: Coverage) -> Ranked | None:
        """What the rules say of this coverage."""
        return next((one for one in self.ranking.order if one.key == coverage.pk), None)


def facts_of(coverage: Coverage, *, on: date) -> Facts:
    """What is known of the coverage, as the rules take it."""
    holder = from_json(coverage.subscriber, Subscriber).person if coverage.subscriber else None
    is_own = coverage.relationship in ("18", "")
    born = holder.born_on if holder and not is_own else None
    kind = (
        Kind(coverage.plan_kind)
        if coverage.plan_kind
        else kind_of(coverage.filing_indicator, on=on)
    )
    return Facts(
        key=coverage.pk,
        name=coverage.payer.name,
        kind=kind,
        is_own=is_own,
        holder_birthday=(born.month, born.day) if born else None,
        is_child=coverage.relationship == CHILD,
        is_decreed=coverage.is_decreed,
        custody=CUSTODY.get(coverage.custody),
        is_active={"active": True, "retired": False, "cobra": False}.get(coverage.employment),
        is_cobra=coverage.employment == "cobra" if coverage.employment else None,
        employees=coverage.employees,
        entitlement=coverage.entitlement,
        esrd_since=coverage.esrd_since,
        since=coverage.valid_from,
    )


def order_of(patient_id: int, *, on: date) -> Order:
    """The patient's payers on a day of service."""
    rows = [one for one in coverages_of(patient_id) if in_force(one, on) and one.payer_order != "U"]
    return ordered(patient_id, rows, on=on)


def ordered(patient_id: int, rows: Sequence[Coverage], *, on: date) -> Order:
    """As `order_of`, where the coverages are at hand."""
    if on < rules_since():
        asks = (f"The rules on record begin on {rules_since()}, the service was before",)
        return Order(on, tuple(rows), Ranking(asks=asks))
    ranking = rank([facts_of(one, on=on) for one in rows], on=on) if rows else Ranking()
    said = order_said(patient_id, on=on) if len(rows) > 1 else None
    keys = [one.key for one in ranking.order]
    places = {pk: place for place, pk in enumerate(said.coverage_ids if said else keys)}
    found = sorted(rows, key=lambda one: places.get(one.pk, len(places)))
    return Order(on, tuple(found), ranking, said)


def order_said(patient_id: int, *, on: date) -> PayerOrder | None:
    """The order that a person said for this day; None where the rules count."""
    rows = PayerOrder.objects.filter(patient_id=patient_id, valid_from__lte=on)
    row = rows.order_by("-id").first()
    return row if row is not None and row.coverage_ids else None


def orders_said(patient_id: int) -> list[PayerOrder]:
    """Everything that people said of the order, newest first."""
    return list(PayerOrder.objects.filter(patient_id=patient_id).order_by("-id"))


def in_force(coverage: Coverage, on: date | None) -> bool:
    """Whether it covers the day; a day that is not known is covered by what has not ended."""
    if on is None:
        return coverage.valid_to is None
    started = coverage.valid_from is None or coverage.valid_from <= on
    return started and (coverage.valid_to is None or on < coverage.valid_to)


@transaction.atomic
def say_order(
    patient_id: int, coverage_ids: Sequence[int], *, valid_from: date, reason: str, by: int | None
) -> PayerOrder:
    """Keep the order that a person says, against the rules; it counts for services from the day on.

    Raises:
        InputError: no reason, or not each coverage of the day exactly once.
    """
    known = {one.pk for one in order_of(patient_id, on=valid_from).coverages}
    if len(known) < 2 or sorted(coverage_ids) != sorted(known):
        raise InputError(
            f"patient {patient_id}: order of {len(coverage_ids)} coverages, "
            f"expected each of the {len(known)} in force on {valid_from} once",
            hint="Reload the page: a coverage was added or ended meanwhile.",
        )
    return _keep(patient_id, list(coverage_ids), valid_from=valid_from, reason=reason, by=by)


@transaction.atomic
def follow_rules(patient_id: int, *, valid_from: date, reason: str, by: int | None) -> PayerOrder:
    """Undo a person's order: the rules count again for services from the day on.

    Raises:
        InputError: no reason, or there is nothing to undo.
    """
    if order_said(patient_id, on=valid_from) is None:
        raise InputError(f"patient {patient_id}: no order was said for {valid_from}")
    return _keep(patient_id, [], valid_from=valid_from, reason=reason, by=by)


def _keep(
    patient_id: int, coverage_ids: list[Any], *, valid_from: date, reason: str, by: int | None
) -> PayerOrder:
    if not reason.strip():
        raise InputError(f"patient {patient_id}: no reason, expected why the order is another")
    row = PayerOrder.objects.create(
        patient_id=patient_id,
        coverage_ids=coverage_ids,
        valid_from=valid_from,
        reason=reason.strip()[:300],
        entered_by=by,
    )
    what = "say order of payers" if coverage_ids else "follow rules for order of payers"
    record_audit("change", patient_ids=[patient_id], by=by, what=what, detail=f"from {valid_from}")
    return row
