"""To whom a refund goes, as it stood when the credit was identified."""

from typing import Any

from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.kernel.errors import InputError


def payee_of(owner: str, owner_id: int) -> dict[str, Any]:
    """Name and address; keys: name, lines (of the address, as an envelope has them)."""
    if owner == "payer":
        payer = Payer.objects.filter(pk=owner_id).first()
        if payer is None:
            raise InputError(f"payer {owner_id}: not found")
        return {"name": payer.name, "lines": _lines(payer.address)}
    patient = Patient.objects.filter(pk=owner_id).first()
    if patient is None:
        raise InputError(f"patient {owner_id}: not found")
    address = {
        name: getattr(patient, name) for name in ("line_1", "line_2", "city", "state", "zip_code")
    }
    name = " ".join(filter(None, (patient.first_name, patient.middle_name, patient.last_name)))
    return {"name": name, "lines": _lines(address)}


def _lines(address: dict[str, Any]) -> list[str]:
    place = " ".join(filter(None, (address.get("state"), address.get("zip_code"))))
    town = ", ".join(filter(None, (address.get("city"), place)))
    return [line for line in (address.get("line_1"), address.get("line_2"), town) if line]
