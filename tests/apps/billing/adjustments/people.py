"""People with money limits, and an answered visit to adjust."""

from decimal import Decimal
from itertools import count

from tests.apps.billing.world import TYPICAL, claim, line, pay, remittance

PATIENT = "receivable:patient"
PAYER = "receivable:payer:1"
files = count(1_000)  # above the numbers that tests choose themselves


def person(organization_id: int, name: str, role: str = "Practice biller") -> int:
    """A person of this role there; a biller may move 250.00 alone, a lead 10,000.00."""
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.services import add_user, ensure_default_roles, join

    user = add_user(email=f"{name}@harbor.example".lower(), name=name)
    join(user, Organization.objects.get(pk=organization_id), ensure_default_roles()[role])
    return user.pk


def visit(desk, number: str = "A1", charge: str = "120.00", answer=None, trace: str = "") -> int:
    """A visit that the payer has answered; the item's id. Of 120.00 the patient owes 10.00."""
    from cleanclaim.apps.shared.ledger.models import Item

    one = claim(number, line(charge=charge))
    [claim_id] = desk.take(one, source_file_id=next(files))
    if answer is None:
        answer = TYPICAL
    desk.post(remittance(pay(one, answer, number=f"ICN{number}"), trace=trace or f"T{number}"))
    return Item.objects.get(claim_id=claim_id).pk


def owed(charge: str, patient: str) -> tuple:
    """An answer that leaves `patient` of `charge` to the patient and pays the rest."""
    paid = Decimal(charge) - Decimal(patient)
    return (str(paid), (("PR", "1", patient),))


def balance(item_id: int, account: str = PATIENT) -> Decimal:
    from cleanclaim.apps.shared.ledger.selectors import item_balances

    return item_balances([item_id]).get((item_id, account), Decimal("0.00"))
