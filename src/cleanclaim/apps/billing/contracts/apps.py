"""App registration."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """The provider's own record of its contracts, and what they say a line should bring."""

    name = "cleanclaim.apps.billing.contracts"
    label = "contracts"

    def ready(self) -> None:
        """Open an obligation's work on its contract's page."""
        from cleanclaim.apps.shared.work.links import link_subject

        link_subject("contract", "contracts:contract")
