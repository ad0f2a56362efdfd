"""The demo practice's own record of its contract with the plan, which promises a little more than the plan pays.

So Contracts has something to read, and Variances the lines that were paid short, each with its clause.
"""

from datetime import date

from cleanclaim.apps.billing.contracts.loading import load_contract
from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.billing.variances.services import compare_remittance
from cleanclaim.project.demo.claims import PAYER

TERMS = (
    {"method": "flat", "amount": "139.12", "codes": ["G0439"], "clause": "4.3"},
    {"method": "flat", "amount": "0.11", "codes": ["J1100"], "clause": "4.4"},
    {"method": "percent_of_charge", "rate": "72", "codes": ["99214"], "clause": "4.2"},
    {"method": "percent_of_charge", "rate": "70", "clause": "4.1"},
)


def sign_contract(first: date) -> None:
    """Put the contract on record before the first claim; in the practice's tenant block."""
    load_contract(
        {
            "code": f"COA-{first.year}",
            "name": PAYER.name,
            "edition": "v2",
            "payer": {"id": PAYER.payer_id, "name": PAYER.name},
            "valid_from": date(first.year, 1, 1),
            "tolerance": "0.01",
            "terms": [dict(term) for term in TERMS],
            "obligations": [
                {"words": "Give notice of renewal or end", "due_on": date(first.year + 1, 10, 1), "clause": "9.1"}
            ],
        },
        on=first,
    )  # fmt: skip


def compare_payments(today: date) -> None:
    """Compare every posted payment with what was expected, as the worker does while the demo is served."""
    posted = Remittance.objects.filter(state=State.POSTED).order_by("id")
    for remittance_id in posted.values_list("pk", flat=True):
        compare_remittance(remittance_id, on=today)
