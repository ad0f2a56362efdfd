"""App registration."""

from django.apps import AppConfig


class AgingConfig(AppConfig):
    """Pages only: aging is a question to ledger and claims."""

    name = "cleanclaim.apps.reports.aging"
    label = "aging"
