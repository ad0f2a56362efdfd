"""App registration."""

from typing import Any

from django.apps import AppConfig


class DepositsConfig(AppConfig):
    """Bank statements against remittances and batches, and the daily proof."""

    name = "cleanclaim.apps.billing.deposits"
    label = "deposits"

    def ready(self) -> None:
        """Place waiting money when a remittance comes; have the ledger's proof compare lines with legs."""
        from cleanclaim.apps.billing.deposits import proving  # models are loaded now
        from cleanclaim.apps.shared.ledger.provers import register
        from cleanclaim.apps.shared.outbox.services import subscribe

        register("deposits", proving.prove_deposits, check=proving.CHECK)
        subscribe("remittances.received", _place_waiting)


def _place_waiting(payload: dict[str, Any]) -> None:
    """Readers of banks' files are loaded where the event is heard, not by every process that starts."""
    from cleanclaim.apps.billing.deposits.services import place_after_remittances

    place_after_remittances(payload)
