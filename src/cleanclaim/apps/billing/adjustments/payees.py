"""To whom a refund goes, as it stood when the credit was identified, and the account that its request named."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cleanclaim.apps.billing.adjustments.payment_files import check_account
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.kernel.errors import InputError


@dataclass(frozen=True, slots=True)
class PayeeBank:
    """The account that a transfer goes to: named with the request, approved with it, and never typed again."""

    routing: str
    account: str
    is_savings: bool = False

    def __str__(self) -> str:
        kind = "savings account" if self.is_savings else "account"
        return f"{kind} {self.account} at bank {self.routing}"


def bank_of(payee: Mapping[str, Any]) -> PayeeBank | None:
    """The account of a refund's payee; None where its request named none."""
    return PayeeBank(**payee["bank"]) if payee.get("bank") else None


def with_bank(payee: Mapping[str, Any], bank: PayeeBank | None, *, what: str) -> dict[str, Any]:
    """The payee with this account in place of any other.

    Raises:
        InputError: no transfer can reach the account.
    """
    plain = {name: value for name, value in payee.items() if name != "bank"}
    if bank is None:
        return plain
    check_account(what, bank.routing, bank.account)
    return {**plain, "bank": asdict(bank)}


def payee_of(owner: str, owner_id: int) -> dict[str, Any]:
    """Name and address; keys: name, lines (of the address, as an envelope has them)."""
    if owner == "payer":
        payer = Payer.objects.filter(pk=owner_id).first()
        if payer is None:
            raise InputError(
                f"owner: payer {owner_id} not found",
                hint="Name a payer or patient by their number.",
            )
        return {"name": payer.name, "lines": _lines(payer.address)}
    patient = Patient.objects.filter(pk=owner_id).first()
    if patient is None:
        raise InputError(
            f"owner: patient {owner_id} not found", hint="Name a patient or payer by their number."
        )
    address = {
        name: getattr(patient, name) for name in ("line_1", "line_2", "city", "state", "zip_code")
    }
    name = " ".join(filter(None, (patient.first_name, patient.middle_name, patient.last_name)))
    return {"name": name, "lines": _lines(address)}


def _zip(code: str) -> str:
    """Nine digits as an envelope has them."""
    return f"{code[:5]}-{code[5:]}" if len(code) == 9 and code.isdigit() else code


def _lines(address: dict[str, Any]) -> list[str]:
    place = " ".join(filter(None, (address.get("state"), _zip(address.get("zip_code") or ""))))
    town = ", ".join(filter(None, (address.get("city"), place)))
    return [line for line in (address.get("line_1"), address.get("line_2"), town) if line]
