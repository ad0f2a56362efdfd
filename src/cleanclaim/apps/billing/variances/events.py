"""What the apps below announce: answers that moved, contracts that changed; and a chance that was set here."""

from datetime import date
from typing import Any

from cleanclaim.apps.billing.variances import chances
from cleanclaim.apps.billing.variances.pricing import reprice_contract
from cleanclaim.apps.billing.variances.services import compare_remittance


def compare_posted(payload: dict[str, Any]) -> None:
    """A remittance was posted, taken back, or one of its held payments applied."""
    compare_remittance(payload["remittance_id"], on=date.fromisoformat(payload["on"]))


def price_anew(payload: dict[str, Any]) -> None:
    """A contract has a new edition, or ended."""
    reprice_contract(payload["contract_id"], on=date.fromisoformat(payload["on"]))


def rank_anew(payload: dict[str, Any]) -> None:
    """A person set how likely differences of a kind come in: those of the payer, or of all, count anew."""
    chances.rank_open(
        on=date.fromisoformat(payload["on"]), kind=payload["kind"], payer_id=payload["payer_id"]
    )
