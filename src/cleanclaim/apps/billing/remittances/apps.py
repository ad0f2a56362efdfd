"""App registration."""

from django.apps import AppConfig


class RemittancesConfig(AppConfig):
    """What payers say they paid: received, matched, posted, reversed."""

    name = "cleanclaim.apps.billing.remittances"
    label = "remittances"
