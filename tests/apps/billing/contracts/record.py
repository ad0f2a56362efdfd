"""The practice's contract with the tests' plan."""

from datetime import date

from tests.apps.billing.world import DAY, PAYER


def raw_contract(**more: object) -> dict[str, object]:
    """A contract as its file has it: 75 % of the charge unless told otherwise, so 90.00 of 120.00."""
    return {
        "code": "COASTAL",
        "name": "Coastal Alliance",
        "edition": "2026",
        "payer": {"id": PAYER.payer_id, "name": PAYER.name},
        "valid_from": date(2026, 1, 1),
        "terms": [{"method": "percent_of_charge", "rate": 75, "clause": "exhibit A"}],
        **more,
    }


def put_on_record(**more: object):
    """Keep it; returns the edition."""
    from cleanclaim.apps.billing.contracts.loading import load_contract

    return load_contract(raw_contract(**more), on=DAY)
