"""App registration."""

from django.apps import AppConfig


class DepositsConfig(AppConfig):
    """Bank statements against remittances and batches, and the daily proof."""

    name = "cleanclaim.apps.billing.deposits"
    label = "deposits"

    def ready(self) -> None:
        """Place waiting money when a remittance comes; have the ledger's proof compare lines with legs."""
        from cleanclaim.apps.billing.deposits import proving, services  # models are loaded now
        from cleanclaim.apps.shared.ledger.provers import register
        from cleanclaim.apps.shared.outbox.services import subscribe

        register("deposits", proving.prove_deposits, check=proving.CHECK)
        subscribe("remittances.received", services.place_after_remittances)
