"""Questions about contracts: which one prices a line, and what was expected of an item."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

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


def expected_of(item_ids: Collection[int]) -> dict[int, ExpectedLine]:
    """{item id: what is expected of it now}; items of which nothing is expected are left out."""
    if not item_ids:
        return {}
    rows = ExpectedLine.objects.filter(is_one_of("item_id", list(item_ids)))
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
