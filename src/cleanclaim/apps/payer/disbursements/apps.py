"""App registration."""

from django.apps import AppConfig


class DisbursementsConfig(AppConfig):
    """Check runs: pre-check list, payments, balanced 835 files, member payments."""

    name = "cleanclaim.apps.payer.disbursements"
    label = "disbursements"
