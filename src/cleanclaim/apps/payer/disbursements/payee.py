"""Rows as the parties of a remittance: who pays, who is paid, and what a payee carries."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.apps.payer.disbursements.models import PayeeBalance
from cleanclaim.apps.payer.plans.models import PlanProvider
from cleanclaim.apps.payer.plans.selectors import payer_profile
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.adjudication import ForwardBalance
from cleanclaim.values.party import Address, Contact, Payer, Provider, Role

Bank = tuple[str, str, str]  # routing number, account kind, account


@dataclass(frozen=True, slots=True)
class PayerParty:
    """The plan as it stands on an 835. `trace_id` is TRN03: 1 and the taxpayer number."""

    payer: Payer
    contact: Contact
    trace_id: str
    bank: Bank


@dataclass(frozen=True, slots=True)
class Payee:
    """A provider as it is paid. `owes` is what it carries from an earlier remittance."""

    id: int
    provider: Provider
    method: str
    bank: Bank
    partner_id: int | None
    owes: ForwardBalance | None


def payer_party() -> PayerParty:
    """The plan's own identity."""
    row = payer_profile()
    contact = Contact(row.contact_name, (("TE", row.contact_phone),))
    payer = Payer(
        name=row.payer_name,
        payer_id=row.payer_id,
        address=Address(row.address_line, "", row.city, row.state, row.zip_code),
        contact=contact,
    )
    return PayerParty(payer, contact, f"1{row.tin}", (row.bank_routing, "DA", row.bank_account))


def payees(provider_ids: Collection[int]) -> dict[int, Payee]:
    """The providers to be paid, by id."""
    owed = _owed(provider_ids)
    rows = PlanProvider.objects.filter(id__in=list(provider_ids))
    return {row.pk: _payee(row, owed.get(row.pk)) for row in rows}


def _payee(row: PlanProvider, owes: ForwardBalance | None) -> Payee:
    has_bank = bool(row.bank_routing and row.bank_account)
    provider = Provider(
        role=Role.BILLING,
        last_name=row.name,
        npi=row.npi,
        tin=row.tin,
        address=Address(row.address_line, "", row.city, row.state, row.zip_code),
    )
    return Payee(
        id=row.pk,
        provider=provider,
        method="ACH" if row.pays_by == "ACH" and has_bank else "CHK",
        bank=(row.bank_routing, "DA", row.bank_account),
        partner_id=row.partner_id,
        owes=owes,
    )


def _owed(provider_ids: Collection[int]) -> dict[int, ForwardBalance]:
    """What each payee carries; the reference is that of the remittance that carried it last."""
    sums: dict[int, Decimal] = {}
    references: dict[int, str] = {}
    rows = PayeeBalance.objects.filter(provider_id__in=list(provider_ids)).order_by("id")
    for provider_id, amount, reference in rows.values_list("provider_id", "amount", "reference"):
        sums[provider_id] = sums.get(provider_id, ZERO) + amount
        if amount > 0:
            references[provider_id] = reference
    return {
        key: ForwardBalance(amount, references[key]) for key, amount in sums.items() if amount > 0
    }
