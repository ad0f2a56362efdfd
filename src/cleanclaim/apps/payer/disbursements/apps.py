"""App registration."""

from django.apps import AppConfig


class DisbursementsConfig(AppConfig):
    """Check runs: pre-check list, payments, balanced 835 files, member payments."""

    name = "cleanclaim.apps.payer.disbursements"
    label = "disbursements"

    def ready(self) -> None:
        """Tell payments on the page of each case; open the run that a work item is about."""
        from cleanclaim.apps.payer.adjudication.history import add_source
        from cleanclaim.apps.payer.disbursements.moments import payments_told  # models are loaded
        from cleanclaim.apps.shared.work.links import link_subject

        add_source(payments_told)
        link_subject("check_run", "check_runs:run")
