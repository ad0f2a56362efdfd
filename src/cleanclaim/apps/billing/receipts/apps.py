"""App registration."""

from django.apps import AppConfig


class ReceiptsConfig(AppConfig):
    """Receipts of patients' money."""

    name = "cleanclaim.apps.billing.receipts"
    label = "receipts"
