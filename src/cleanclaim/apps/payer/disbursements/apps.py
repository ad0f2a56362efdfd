"""App registration."""

from django.apps import AppConfig


class DisbursementsConfig(AppConfig):
    """Check runs: pre-check list, payments, balanced 835 files, member payments."""

    name = "cleanclaim.apps.payer.disbursements"
    label = "disbursements"

    def ready(self) -> None:
        """Tell payments on the page of each case."""
        from cleanclaim.apps.payer.adjudication.history import add_source
        from cleanclaim.apps.payer.disbursements.moments import payments_told  # models are loaded

        add_source(payments_told)
