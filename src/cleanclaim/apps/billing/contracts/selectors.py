"""Questions about contracts: which one prices a line, and what was expected of an item."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from cleanclaim.apps.billing.contracts.models import (
    Contract,
    ContractEdition,
    ExpectedLine,
    Obligation,
)
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.rules.pricing import Contract as Terms
from cleanclaim.values.codec import from_json


@dataclass(frozen=True, slots=True)
class InForce:
    """One edition with the days on which it holds: it ends where the next begins, or with the contract."""

    id: int
    contract: Contract
    valid_from: date
    valid_to: date | None
    terms: Terms

    def holds(self, on: date) -> bool:
        """Whether it is in force on the day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    @property
    def title(self) -> str:
        """As people name it: `SUM-2026 v3`."""
        return f"{self.contract.code} {self.terms.edition}"


def editions_of(contracts: Iterable[Contract]) -> dict[int, list[InForce]]:
    """{contract id: its editions, oldest first}."""
    by_id = {contract.pk: contract for contract in contracts}
    found: dict[int, list[InForce]] = {contract_id: [] for contract_id in by_id}
    rows = ContractEdition.objects.filter(is_one_of("contract_id", list(by_id)))
    for row in rows.order_by("contract_id", "valid_from", "id"):
        contract = by_id[row.contract_id]
        chain = found[contract.pk]
        if chain and (chain[-1].valid_to is None or chain[-1].valid_to > row.valid_from):
            last = chain.pop()
            if last.valid_from < row.valid_from:  # an edition of the same day replaces it whole
                chain.append(
                    InForce(last.id, contract, last.valid_from, row.valid_from, last.terms)
                )
        end = min((d for d in (row.valid_to, contract.ended_on) if d), default=None)
        chain.append(InForce(row.pk, contract, row.valid_from, end, from_json(row.body, Terms)))
    return found


def editions_by_payer(payer_ids: Collection[int]) -> dict[int, list[InForce]]:
    """{payer id: every edition of its contracts}; one query where there is no contract."""
    contracts = list(Contract.objects.filter(is_one_of("payer_id", list(payer_ids))).order_by("id"))
    if not contracts:
        return {}
    found: dict[int, list[InForce]] = {}
    for editions in editions_of(contracts).values():
        for one in editions:
            found.setdefault(one.contract.payer_id, []).append(one)
    return found


def edition_for(editions: Iterable[InForce], *, npi: str, on: date) -> InForce | None:
    """The edition that prices a line: a contract of the provider's own goes before one for all."""
    held = [one for one in editions if one.holds(on) and one.contract.provider_npi in ("", npi)]
    return max(held, key=lambda one: (bool(one.contract.provider_npi), one.id), default=None)


def expected_of(
    item_ids: Collection[int], *, priced_by: date | None = None
) -> dict[int, ExpectedLine]:
    """{item id: what is expected of it, as worked out by a day or now}; items of which nothing is are left out."""
    if not item_ids:
        return {}
    rows = ExpectedLine.objects.filter(is_one_of("item_id", list(item_ids)))
    if priced_by is not None:
        rows = rows.filter(priced_on__lte=priced_by)
    newest = rows.order_by("item_id", "-id").distinct("item_id")
    return {
        row.item_id: row
        for row in newest.select_related("contract")
        if row.method != ExpectedLine.WITHDRAWN
    }


def lines_under(contract_id: int, *, since: date, until: date) -> QuerySet[ExpectedLine]:
    """What is expected now of the lines of these days of service (both included) that the contract prices."""
    newer = ExpectedLine.objects.filter(item_id=OuterRef("item_id"), id__gt=OuterRef("id"))
    found = ExpectedLine.objects.filter(
        contract_id=contract_id, service_from__gte=since, service_from__lte=until
    )
    return found.filter(~Exists(newer))


def expected_history(item_id: int) -> list[ExpectedLine]:
    """Every expectation of an item, newest first."""
    rows = ExpectedLine.objects.filter(item_id=item_id).select_related("contract")
    return list(rows.order_by("-id"))


def contracts() -> list[Contract]:
    """All contracts, those in force first, by payer and code."""
    return list(Contract.objects.order_by("ended_on", "payer_name", "code"))


def open_obligations(*, until: date | None = None) -> list[Obligation]:
    """What contracts ask of us and is not done, the next due first."""
    found = Obligation.objects.filter(done_on=None).select_related("contract")
    if until is not None:
        found = found.filter(due_on__lte=until)
    return list(found.order_by("due_on", "id"))


def payers_without_contract() -> list[Payer]:
    """Payers of the directory that no contract is with, by name: new plans first show up here."""
    known = Contract.objects.values_list("payer_id", flat=True)
    return list(Payer.objects.exclude(pk__in=list(known)).order_by("name"))


@dataclass(frozen=True, slots=True)
class LineExpectation:
    """What one line of a claim should bring; `expected` is None where no contract with the payer prices it."""

    line_number: int
    expected: ExpectedLine | None

    @property
    def amount(self) -> Decimal | None:
        """The contract's allowed amount with the patient's part, else what the payer promised to pay."""
        if self.expected is None:
            return None
        one = self.expected
        return one.allowed if one.allowed is not None else one.promised

    @property
    def words(self) -> str:
        """Why: `75 % of the charge`."""
        if self.expected is None:
            return "no contract in force prices it: a person must say what is due"
        return self.expected.term or "promised by the payer at the counter"

    @property
    def contract(self) -> str:
        """Where it stands: `COASTAL 2026, exhibit A`."""
        one = self.expected
        if one is None or one.contract is None:
            return ""
        return ", ".join(
            part for part in (f"{one.contract.code} {one.edition}", one.clause) if part
        )


def claim_expectations(
    lines: Mapping[int, int], *, payer_id: int, priced_by: date | None = None
) -> list[LineExpectation]:
    """What each of a claim's lines should bring, by {line number: item}; empty where no contract is with the payer.

    Args:
        priced_by: as it was worked out by this day; as it is now where not given.
    """
    found = expected_of(list(lines.values()), priced_by=priced_by)
    if not found and not Contract.objects.filter(payer_id=payer_id, ended_on=None).exists():
        return []
    return [
        LineExpectation(number, found.get(item_id)) for number, item_id in sorted(lines.items())
    ]
